"""Read the FROM of a query: its tables, views and subqueries, and the conditions of its joins."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias

from aegis_cli.sqltext import tree
from aegis_cli.sqltext.access.drafts import ColumnsOf, Place, StatementDraft, ViewOf
from aegis_cli.sqltext.access.levels import Level
from aegis_cli.sqltext.access.scopes import Outputs, Relation, Scope
from aegis_cli.sqltext.tree import Json, Node, names, node, text, unwrap

_MOST_NESTED_VIEWS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """What is known of the names of tables and views."""

    columns_of: ColumnsOf
    view_of: ViewOf


class Purpose(StrEnum):
    """What becomes of a query's columns."""

    RESULT = "result"
    """All of them are needed."""
    SOURCE = "source"
    """It stands in FROM or WITH: needed is what the query around it names."""
    MEMBERSHIP = "membership"
    """`x IN (SELECT …)`."""
    TEST = "test"
    """`EXISTS (SELECT …)`: none is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What surrounds a query."""

    draft: StatementDraft
    catalog: Catalog
    read_statement: "Callable[[Json, Setting], Outputs | None]"
    """Reads a statement in WITH that changes rows."""
    outer: Scope | None = None
    common: Mapping[str, Outputs] = field(default_factory=dict)
    """The queries of WITH that can be seen."""
    purpose: Purpose = Purpose.RESULT
    views: int = 0
    """How many views this is inside of."""

    @property
    def is_filter(self) -> bool:
        """Tell whether a row around the query is kept only if the query finds some (or none)."""
        return self.purpose in (Purpose.TEST, Purpose.MEMBERSHIP)


QueryReader: TypeAlias = Callable[[Json, Setting], Outputs]
"""Reads a query inside another one and returns its columns."""


@dataclass(slots=True, kw_only=True, eq=False)
class FromReader:
    """Fills a level with what stands in FROM."""

    level: Level
    setting: Setting
    read_query: QueryReader
    conditions: list[Json] = field(default_factory=list)
    """Those of JOIN … ON."""
    expressions: list[Json] = field(default_factory=list)
    """Arguments of functions in FROM."""

    def read(self, sources: Iterable[Json]) -> None:
        """Read the entries of a FROM or USING."""
        for each in sources:
            self._source(each)

    def table(self, body: Node) -> tuple[Relation, ...]:
        """Read a RangeVar's body: a table, a view, or a query of WITH."""
        name, schema = text(body, "relname"), text(body, "schemaname")
        alias = text(node(body, "alias"), "aliasname") or name
        if not schema and (common := self.setting.common.get(name)) is not None:
            return self._derived(alias, body, common)
        full = f"{schema}.{name}" if schema else name
        view = self.setting.catalog.view_of(full)
        if view is not None and self.setting.views < _MOST_NESTED_VIEWS:
            return self._derived(alias, body, self._view(view))
        columns = self.setting.catalog.columns_of(full)
        access = self.level.draft.table(full, alias, columns)
        relation = Relation(alias=alias, access=access)
        self.level.scope.relations.append(relation)
        return (relation,)

    def _source(self, source: Json) -> tuple[Relation, ...]:
        kind, body = unwrap(source)
        match kind:
            case "RangeVar":
                return self.table(body)
            case "JoinExpr":
                return self._join(body)
            case "RangeSubselect":
                return self._subquery(body)
            case "RangeTableSample":
                return self._source(body.get("relation"))
            case _:
                self.expressions += [
                    value for key, value in body.items() if key not in ("alias", "coldeflist")
                ]
                return self._derived(text(node(body, "alias"), "aliasname"), body, Outputs())

    def _join(self, body: Node) -> tuple[Relation, ...]:
        left, right = self._source(body.get("larg")), self._source(body.get("rarg"))
        shared = names(body, "usingClause") or (
            _common_names(left, right) if body.get("isNatural") else ()
        )
        for name in shared:
            self._equate(name, left, right)
        if "quals" in body:
            self.conditions.append(body["quals"])
        if "alias" in body:
            alias = text(node(body, "alias"), "aliasname")
            joined = Outputs(columns=_merged(left + right), whole=left + right)
            return self._derived(alias, body, joined)
        return left + right

    def _equate(self, name: str, left: tuple[Relation, ...], right: tuple[Relation, ...]) -> None:
        one, other = _placed(name, left), _placed(name, right)
        if one is not None and other is not None:
            one.note()
            other.note()
            if one.expression is None and other.expression is None:
                self.level.equalities.append((one, other))

    def _subquery(self, body: Node) -> tuple[Relation, ...]:
        outer = self.level.scope if body.get("lateral") else self.setting.outer
        inner = replace(self.setting, outer=outer, purpose=Purpose.SOURCE)
        outputs = self.read_query(body.get("subquery"), inner)
        return self._derived(text(node(body, "alias"), "aliasname"), body, outputs)

    def _view(self, ddl: str) -> Outputs:
        statements = tree.parse(ddl)
        kind, body = unwrap(statements[0]) if statements else ("", {})
        query = body.get("query")
        if kind != "ViewStmt" or query is None:
            return Outputs()
        inside = replace(
            self.setting,
            outer=None,
            common={},
            purpose=Purpose.SOURCE,
            views=self.setting.views + 1,
        )
        outputs = self.read_query(query, inside)
        return outputs.renamed(text(node(body, "view"), "relname"), names(body, "aliases"))

    def _derived(self, alias: str, body: Node, outputs: Outputs) -> tuple[Relation, ...]:
        renamed = outputs.renamed(alias, names(node(body, "alias"), "colnames"))
        relation = Relation(alias=alias, outputs=renamed)
        self.level.scope.relations.append(relation)
        return (relation,)


def _placed(name: str, relations: tuple[Relation, ...]) -> Place | None:
    known = [place for each in relations if (place := each.find(name))]
    guesses = known or [place for each in relations if (place := each.guess(name))]
    return guesses[0] if guesses else None


def _common_names(left: tuple[Relation, ...], right: tuple[Relation, ...]) -> tuple[str, ...]:
    """Return the names that a NATURAL JOIN equates, as far as all columns are known."""
    known = [[name for each in side for name in each.names() or ()] for side in (left, right)]
    others = frozenset(known[1])
    return tuple(dict.fromkeys(name for name in known[0] if name in others))


def _merged(relations: tuple[Relation, ...]) -> dict[str, Place]:
    columns: dict[str, Place] = {}
    for each in relations:
        for name in each.names() or ():
            place = each.find(name)
            if place is not None:
                columns.setdefault(name, place)
    return columns
