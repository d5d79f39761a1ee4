"""Walk the queries of a statement: which tables each one names, and whose a column is."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from sqlglot import exp

from aegis_cli.model.facts.accesses import SortKey
from aegis_cli.model.facts.index_advice import Dialect
from aegis_cli.sqltext.dialect_appearances import Appearance
from aegis_cli.sqltext.dialect_conditions import Compared, conditions_of, join_sides

ColumnsOf: TypeAlias = Callable[[str], frozenset[str] | None]


class Block:
    """One SELECT, UPDATE or DELETE: its tables, and the query around it."""

    def __init__(self, outer: "Block | None", hidden: frozenset[str]) -> None:
        """Start without tables; `hidden` are names of common table expressions."""
        self.outer = outer
        self.hidden = hidden
        self.appearances: list[Appearance] = []
        self.derived: set[str] = set()
        self.named: dict[str, exp.Expr] = {}

    def resolve(self, column: exp.Column) -> Appearance | None:
        """Return whose column it is, looking outwards; None where that is not certain."""
        block: Block | None = self
        while block is not None:
            found = block.resolve_here(column)
            if found is not None or column.table.lower() in block.derived:
                return found
            block = block.outer
        return None

    def resolve_here(self, column: exp.Column) -> Appearance | None:
        """Return whose column it is among this block's own tables."""
        if column.table:
            return self._named(column.table.lower())
        having = [each for each in self.appearances if each.has(column.name)]
        if len(having) == 1:
            return having[0]
        unknown = [each for each in self.appearances if each.columns is None]
        is_clear = not having and len(unknown) == 1 and not self.derived
        return unknown[0] if is_clear else None

    def spelled(self, column: exp.Column) -> str:
        """Return a column's name as its table spells it."""
        appearance = self.resolve(column)
        return appearance.spelled(column.name) if appearance else str(column.name)

    def _named(self, name: str) -> Appearance | None:
        tables = (each for each in self.appearances if name == each.alias.lower())
        return next(tables, None)


class Query:
    """Everything a statement reads, at any depth."""

    def __init__(self, *, dialect: Dialect, columns_of: ColumnsOf) -> None:
        """Prepare for reading one statement."""
        self.appearances: list[Appearance] = []
        self._dialect = dialect
        self._columns_of = columns_of

    def read(
        self,
        tree: exp.Expr,
        outer: Block | None = None,
        hidden: frozenset[str] = frozenset(),
    ) -> Block | None:
        """Read a query or a change and return its block; None for what consists of several."""
        hidden = self._read_common_tables(tree, outer, hidden)
        match tree:
            case exp.Subquery():
                return self.read(tree.this, outer, hidden)
            case exp.SetOperation():
                self.read(tree.this, outer, hidden)
                self.read(tree.expression, outer, hidden)
                return None
            case exp.Insert():
                if isinstance(tree.expression, exp.Query):
                    self.read(tree.expression, outer, hidden)
                return None
            case exp.Select() | exp.Update() | exp.Delete():
                return self._read_block(tree, Block(outer, hidden))
            case _:
                return None

    def _read_common_tables(
        self, tree: exp.Expr, outer: Block | None, hidden: frozenset[str]
    ) -> frozenset[str]:
        clause = tree.args.get("with_") or tree.args.get("with")
        for each in clause.expressions if clause is not None else ():
            hidden |= {each.alias.lower()}
            self.read(each.this, outer, hidden)
        return hidden

    def _read_block(self, tree: exp.Expr, block: Block) -> Block:
        joins = self._read_tables(tree, block)
        _read_limit(tree, block)
        block.named = _named_expressions(tree)
        compared = Compared(dialect=self._dialect, block=block)
        for clause, joined, names in joins:
            conditions_of(clause, compared, only=joined)
            for name in names:
                _join_by_name(block, joined, name)
        where = tree.args.get("where")
        if where is not None:
            conditions_of(where.this, compared)
        self._read_columns(tree, block)
        self._read_order(tree, block)
        if not isinstance(tree, exp.Select):
            for each in block.appearances[:1]:
                each.reads_all = True
        return block

    def _read_tables(
        self, tree: exp.Expr, block: Block
    ) -> list[tuple[exp.Expr | None, Appearance | None, tuple[str, ...]]]:
        """Add the tables of FROM and JOIN; return the joins' conditions, tables and USING.

        The table is given only where the join keeps rows without a match: conditions on the
        other side then select nothing.
        """
        joins = []
        for source in _sources(tree):
            self._add_source(source, block)
        for join in _joins(tree):
            before = len(block.appearances)
            self._add_source(join.this, block)
            joined = block.appearances[before] if len(block.appearances) > before else None
            names = tuple(each.name for each in join.args.get("using") or ())
            is_outer = str(join.args.get("side") or "").upper() in ("LEFT", "FULL")
            joins.append((join.args.get("on"), joined if is_outer or names else None, names))
        return joins

    def _add_source(self, source: exp.Expr, block: Block) -> None:
        if not isinstance(source, exp.Table) or not source.name:
            if source.alias:
                block.derived.add(source.alias.lower())
            inner = source.this if isinstance(source, exp.Subquery) else source
            if isinstance(inner, exp.Query):
                self.read(inner, block.outer, block.hidden)
            return
        alias = source.alias or source.name
        if not source.db and source.name.lower() in block.hidden:
            block.derived.add(alias.lower())
            return
        name = ".".join(part for part in (source.db, source.name) if part)
        columns = self._columns_of(name)
        known = None if columns is None else {each.lower(): each for each in columns}
        appearance = Appearance(table=name, alias=alias, columns=known)
        block.appearances.append(appearance)
        self.appearances.append(appearance)

    def _read_columns(self, tree: exp.Expr, block: Block) -> None:
        for node in _own_nodes(tree):
            match node:
                case exp.Query():
                    self.read(node, block, block.hidden)
                case exp.Column(this=exp.Star()):
                    for each in block.appearances:
                        each.reads_all |= node.table.lower() == each.alias.lower()
                case exp.Star() if not isinstance(node.parent, exp.Count | exp.Column):
                    for each in block.appearances:
                        each.reads_all = True
                case exp.Column():
                    self._read_column(node, block)
                case _:
                    pass

    @staticmethod
    def _read_column(column: exp.Column, block: Block) -> None:
        appearance = block.resolve(column)
        if appearance is not None:
            appearance.read[appearance.spelled(column.name)] = None
        elif not column.table and column.name.lower() not in block.named:
            # It may belong to any table whose columns we do not know.
            for each in block.appearances:
                each.reads_all |= each.columns is None

    def _read_order(self, tree: exp.Expr, block: Block) -> None:
        group, order = tree.args.get("group"), tree.args.get("order")
        terms = list(group.expressions) if group is not None else _distinct_terms(tree)
        if terms:
            _set_group(block, [_meant(each, tree, block) for each in terms])
        if order is not None and not terms:
            keys = [(_meant(each.this, tree, block), each) for each in order.expressions]
            _set_order(block, keys, self._dialect)


def _read_limit(tree: exp.Expr, block: Block) -> None:
    limit = tree.args.get("limit")
    # A LIMIT of groups or of one aggregate does not let a scan of rows stop early.
    if limit is None or tree.args.get("group") is not None or _aggregates(tree):
        return
    number = limit.expression
    is_number = isinstance(number, exp.Literal) and not number.is_string
    for each in block.appearances:
        each.has_limit = True
        each.limit = int(float(number.this)) if is_number else None


def _aggregates(tree: exp.Expr) -> bool:
    terms = tree.expressions if isinstance(tree, exp.Select) else []
    return any(isinstance(each.unalias(), exp.AggFunc) for each in terms)


def _sources(tree: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(tree, exp.Update | exp.Delete) and isinstance(tree.this, exp.Table):
        yield tree.this
    clause = tree.args.get("from_") or tree.args.get("from")
    if clause is not None:
        yield clause.this
    using = tree.args.get("using")
    yield from using if isinstance(using, list) else ()


def _joins(tree: exp.Expr) -> Iterator[exp.Join]:
    yield from tree.args.get("joins") or ()
    for source in _sources(tree):
        yield from source.args.get("joins") or ()


def _join_by_name(block: Block, joined: Appearance | None, name: str) -> None:
    if joined is None:
        return
    for other in block.appearances[: block.appearances.index(joined)]:
        if other.has(name) or other.columns is None:
            join_sides(joined, joined.spelled(name), other, other.spelled(name))
            return


def _own_nodes(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the nodes of a block, nested queries without what is in them."""
    skipped = {id(each) for each in (*_sources(tree), *(join.this for join in _joins(tree)))}
    pending = [*tree.iter_expressions()]
    while pending:
        node = pending.pop()
        if isinstance(node, exp.With) or id(node) in skipped:
            continue
        yield node
        if not isinstance(node, exp.Query):
            pending.extend(node.iter_expressions())


def _named_expressions(tree: exp.Expr) -> dict[str, exp.Expr]:
    if not isinstance(tree, exp.Select):
        return {}
    return {each.alias.lower(): each.this for each in tree.expressions if each.alias}


def _distinct_terms(tree: exp.Expr) -> list[exp.Expr]:
    if not isinstance(tree, exp.Select) or tree.args.get("distinct") is None:
        return []
    return [each.unalias() for each in tree.expressions]


def _meant(term: exp.Expr, tree: exp.Expr, block: Block) -> exp.Expr:
    """Return what a term of ORDER BY or GROUP BY stands for: a number or alias, or itself."""
    if isinstance(term, exp.Literal) and not term.is_string and isinstance(tree, exp.Select):
        at = int(float(term.this)) - 1
        return tree.expressions[at].unalias() if 0 <= at < len(tree.expressions) else term
    if isinstance(term, exp.Column) and not term.table and block.resolve_here(term) is None:
        return block.named.get(term.name.lower(), term)
    return term


def _set_group(block: Block, terms: list[exp.Expr]) -> None:
    columns = [each for each in terms if isinstance(each, exp.Column)]
    owners = [block.resolve_here(each) for each in columns]
    owner = owners[0] if owners else None
    if owner is None or len(columns) < len(terms) or any(each is not owner for each in owners):
        return
    owner.group_by = tuple(owner.spelled(each.name) for each in columns)


def _set_order(block: Block, terms: list[tuple[exp.Expr, exp.Expr]], dialect: Dialect) -> None:
    keys, owners = [], []
    for meant, term in terms:
        column = meant.find(exp.Column)
        owner = block.resolve_here(column) if column is not None else None
        if owner is None:
            return
        is_plain = isinstance(meant, exp.Column)
        text = owner.spelled(meant.name) if is_plain else meant.sql(dialect=dialect.value)
        keys.append(
            SortKey(
                text=text,
                is_expression=not is_plain,
                descending=bool(term.args.get("desc")),
            )
        )
        owners.append(owner)
    if keys and all(each is owners[0] for each in owners):
        owners[0].order_by = tuple(keys)
