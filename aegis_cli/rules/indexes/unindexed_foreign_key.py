"""AEG1203: a foreign key without an index on its columns."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options, RunContext
from aegis_cli.engine.options import narrow
from aegis_cli.indexing.heuristic.knowledge import CLUSTERED
from aegis_cli.indexing.names import index_name
from aegis_cli.indexing.spelling import PartitionTree, create_statement, validity_check
from aegis_cli.indexing.spelling_other import create_statement_of
from aegis_cli.model.evidence import Evidence, estimated, measured
from aegis_cli.model.facts.catalog import Constraint, ConstraintKind, Table
from aegis_cli.model.facts.index_advice import Dialect, TableHealth
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod, TableName
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import size
from aegis_cli.model.text import Text
from aegis_cli.rules.indexes._wording import lines, places, size_basis

RULE = Rule(
    code="AEG1203",
    name="unindexed-foreign-key",
    section="1.2",
    title=Text(en="A foreign key without an index", ko="인덱스가 없는 외래 키"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)

# Defaults of PostgreSQL for one page read in sequence, and one row with one comparison.
_PAGE_COST = 1.0
_ROW_COST = 0.0125


@dataclass(frozen=True, slots=True, kw_only=True)
class UnindexedForeignKeyOptions(Options):
    """How large the referencing table must be."""

    min_rows: int = 1000
    """Below, a scan of the table is as good as an index."""
    min_distinct: int = 10
    """Keys with fewer distinct values in the table are reported with low confidence."""


class UnindexedForeignKey(Detector[TableHealth]):
    """Listen for foreign keys that no index of their table serves."""

    rule = RULE
    consumes = TableHealth
    options_type = UnindexedForeignKeyOptions

    def __init__(self, options: Options, context: RunContext) -> None:
        """Start without partitions that wait for their parents."""
        super().__init__(options, context)
        self._partitions: list[TableHealth] = []
        self._known: set[tuple[TableName, tuple[str, ...]]] = set()

    def observe(self, fact: TableHealth) -> Iterator[Finding]:
        """Report foreign keys of a table; those of a partition wait for the parent's."""
        keys = _foreign_keys(fact.table)
        self._known.update((fact.table.name, each.columns) for each in keys)
        if fact.table.partition_bound is not None:
            self._partitions.append(fact)
            return
        yield from self._reports(fact, keys)

    def finish(self) -> Iterator[Finding]:
        """Report foreign keys that a partition has and its parent has not."""
        for fact in self._partitions:
            own = [
                each
                for each in _foreign_keys(fact.table)
                if not any((parent, each.columns) in self._known for parent in fact.table.parents)
            ]
            yield from self._reports(fact, own)

    def _reports(self, fact: TableHealth, keys: Iterable[Constraint]) -> Iterator[Finding]:
        options = narrow(self._options, UnindexedForeignKeyOptions)
        if not fact.partitions and _rows(fact.table) < options.min_rows:
            return
        advised = [each for each in fact.advised if _serves(each, fact.table)]
        existing = [each.definition for each in fact.table.indexes if each.is_valid]
        for key in keys:
            if not any(_covers(each, key.columns) for each in (*existing, *advised)):
                yield self._report(fact, key, options)

    def _report(
        self, fact: TableHealth, key: Constraint, options: UnindexedForeignKeyOptions
    ) -> Finding:
        table = fact.table
        is_narrow = _distinct(fact, key.columns) < options.min_distinct
        return self.finding(
            message=_message(table, key),
            identity=(str(table.name), ",".join(key.columns)),
            locations=places(fact.model, fact.server, "table", table.name),
            evidence=tuple(_evidence(fact, key)),
            impact=_impact(fact, key),
            fix=Fix(
                summary=Text(
                    en=f"Index the foreign key ({', '.join(key.columns)}).",
                    ko=f"외래 키({', '.join(key.columns)})에 인덱스를 만듭니다.",
                ),
                kind=FixKind.DDL,
                text=_ddl(fact, key.columns),
                recheck=self.context.recheck,
            ),
            severity=_severity(fact, key),
            confidence=Confidence.LOW if is_narrow else Confidence.HIGH,
        )


def _foreign_keys(table: Table) -> Sequence[Constraint]:
    return [each for each in table.constraints if each.kind is ConstraintKind.FOREIGN_KEY]


def _serves(definition: IndexDefinition, table: Table) -> bool:
    return definition.table == table.name


def _covers(definition: IndexDefinition, columns: tuple[str, ...]) -> bool:
    """Tell whether an index finds the rows of a key: its first keys are the columns, any order."""
    first = definition.keys[: len(columns)]
    names = {each.text for each in first if not each.is_expression}
    is_sorted = definition.method is IndexMethod.BTREE or (
        definition.method is IndexMethod.HASH and len(columns) == 1
    )
    return is_sorted and names == set(columns) and _is_complete(definition.predicate, columns)


def _is_complete(predicate: str | None, columns: tuple[str, ...]) -> bool:
    """Tell whether a predicate leaves out NULLs of the key at most, which refer to nothing."""
    bare = (predicate or "").strip().removeprefix("(").removesuffix(")")
    return not predicate or bare in {f"{each} IS NOT NULL" for each in columns}


def _rows(table: Table) -> float:
    if table.rows >= 0:
        return table.rows
    return float(table.activity.live_rows) if table.activity is not None else 0.0


def _distinct(fact: TableHealth, columns: tuple[str, ...]) -> float:
    """Return the distinct values of the column with most of them; infinite when unknown."""
    known = [
        each.distinct_of(_rows(fact.table)) for each in fact.statistics if each.column in columns
    ]
    return max((each for each in known if each is not None), default=float("inf"))


def _parent(fact: TableHealth, key: Constraint) -> Table | None:
    return next((each for each in fact.referenced if each.name == key.referenced_table), None)


def _parent_writes(fact: TableHealth, key: Constraint) -> int | None:
    """Return the parent's deleted rows; None when hidden from us."""
    parent = _parent(fact, key)
    return None if parent is None or parent.activity is None else parent.activity.rows_deleted


def _severity(fact: TableHealth, key: Constraint) -> Severity:
    """Grade by what is known of deletes in the parent, each of which reads this whole table."""
    deleted = _parent_writes(fact, key)
    if deleted is None:
        return Severity.MEDIUM
    return Severity.HIGH if deleted > 0 else Severity.LOW


def _impact(fact: TableHealth, key: Constraint) -> Impact:
    """Return the rows that the parent's deletes read in vain, where we know of any."""
    deleted = _parent_writes(fact, key)
    rows = round(deleted * _rows(fact.table)) if deleted else None
    return Impact(basis=Basis.HEURISTIC, rows_saved=rows)


def _message(table: Table, key: Constraint) -> Text:
    columns, parent = ", ".join(key.columns), key.referenced_table
    extent = f"{_rows(table):,.0f} rows, {size(table.size_bytes)}"
    extent_ko = f"{_rows(table):,.0f}행, {size(table.size_bytes)}"
    return Text(
        en=f"{table.name}: no index on the foreign key ({columns}); a delete in {parent}, or a "
        f"change of its key, reads all of {table.name.name} ({extent})",
        ko=f"{table.name}: 외래 키({columns})에 인덱스가 없어, {parent}에서 행을 삭제하거나 키를 "
        f"바꿀 때마다 {table.name.name} 전체({extent_ko})를 읽습니다",
    )


def _evidence(fact: TableHealth, key: Constraint) -> Iterator[Evidence]:
    table, rows = fact.table, _rows(fact.table)
    cost = table.pages * _PAGE_COST + rows * _ROW_COST
    yield estimated("table_rows", round(rows), Unit.ROWS, Basis.PLANNER)
    yield estimated("table_size", table.size_bytes, Unit.BYTES, size_basis(fact.dialect))
    if fact.dialect is Dialect.POSTGRESQL:
        yield estimated(
            "cost_per_parent_delete", cost, Unit.COST, Basis.HEURISTIC, "of one whole scan"
        )
    deleted = _parent_writes(fact, key)
    if deleted is not None:
        yield measured("parent_rows_deleted", deleted, Unit.ROWS, str(key.referenced_table))


def _ddl(fact: TableHealth, columns: tuple[str, ...]) -> str:
    table = fact.table.name
    taken = {each.name for each in fact.table.indexes}
    definition = IndexDefinition(table=table, keys=tuple(IndexKey(text=each) for each in columns))
    name = index_name(definition, taken)
    if fact.dialect is not Dialect.POSTGRESQL:
        is_online = CLUSTERED in fact.table.options
        return create_statement_of(fact.dialect, name, definition, fact.table, is_online=is_online)
    tree = _tree(table, fact.partition_links)
    return lines(create_statement(definition, name, tree, taken), validity_check(table, name))


def _tree(table: TableName, links: Sequence[tuple[TableName, TableName]]) -> PartitionTree:
    children = tuple(_tree(child, links) for parent, child in links if parent == table)
    return PartitionTree(table=table, children=children)
