"""Asks the target's own planner about hypothetical indexes, through the extension HypoPG.

Only on request: the twin is more exact (HypoPG estimates sizes 1.12 to 8.15 times too large) and
leaves the target alone.
"""

import json
from collections.abc import Mapping, Sequence

from aegis_cli.indexing.planner import (
    NOTHING_CHANGED,
    Configuration,
    IndexNotSupported,
    PlanEstimate,
    StatementNotPlanned,
)
from aegis_cli.indexing.spelling import create_one
from aegis_cli.model.errors import SourceError, SourceUnavailable, UsageError
from aegis_cli.model.facts.indexes import HypotheticalIndex, TableName
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.model.quantity import Basis
from aegis_cli.sources.postgres.capabilities import Capabilities, InstalledExtension
from aegis_cli.sources.postgres.plan_json import estimate_of, rows_of
from aegis_cli.sources.postgres.record import Record
from aegis_cli.sources.postgres.session import ReadOnlySession
from aegis_cli.sqltext.identifiers import qualified
from aegis_cli.sqltext.plannable import SingleStatement, single_statement

_EXTENSION = "hypopg"
_HIDING_SINCE = (1, 4)
_GENERIC_SINCE = 160_000


class HypoPgPlanner:
    """The target's planner, with hypothetical indexes in the memory of one session."""

    def __init__(
        self, session: ReadOnlySession, capabilities: Capabilities, snapshot: Snapshot
    ) -> None:
        """Take a session with the target.

        Raises:
            SourceUnavailable: The extension is not installed, or a pooler changes sessions.
        """
        extension = _extension(capabilities)
        self._session = session
        self.can_hide = _version(extension.version) >= _HIDING_SINCE
        """Whether it can answer what would be without an existing index."""
        self._schemas = [*snapshot.search_path, extension.schema]
        self._existing = {
            each.name: f"{table.name.schema}.{each.name}"
            for table in snapshot.tables
            for each in table.indexes
        }
        self._known: dict[str, str] = {}
        self._shown: dict[str, tuple[int, str]] = {}
        self._hidden: frozenset[str] = frozenset()
        self.explains = 0
        """How many plans were made so far."""

    @property
    def basis(self) -> Basis:
        """Tell how good the answers are."""
        return Basis.PLANNER

    def add(self, index: HypotheticalIndex) -> None:
        """Make a hypothetical index known, invisible at first; its size is HypoPG's.

        Raises:
            IndexNotSupported: HypoPG refuses it, or it could crash the target.
        """
        if index.name in self._known:
            raise IndexNotSupported(index.name, "there is an index of this name already")
        if index.definition.predicate is not None:
            # HypoPG's issue 116: planning a statement that reaches the table through a view
            # ends the server, and with it every session.
            raise IndexNotSupported(
                index.name,
                "a partial index in HypoPG can crash the server",
                "Use the twin, which stands for the target.",
            )
        statement = create_one(index.definition, index.name, "")
        found = single_statement(statement)
        if not isinstance(found, SingleStatement) or found.node != "IndexStmt":
            raise IndexNotSupported(index.name, "not one CREATE INDEX")
        self._known[index.name] = statement
        try:
            self._show(index.name)
        except SourceUnavailable:
            raise
        except SourceError as error:
            self._known.pop(index.name)
            raise IndexNotSupported(index.name, error.reason) from error
        self._forget(index.name)

    def remove(self, name: str) -> None:
        """Forget a hypothetical index."""
        if name in self._shown:
            self._forget(name)
        self._known.pop(name, None)

    def estimate(self, statement: str, configuration: Configuration) -> PlanEstimate:
        """Return the cost of a statement and the indexes used.

        Raises:
            StatementNotPlanned: The planner refuses the statement, its parameters are open on a
                server before 16, or HypoPG is too old to hide an index.
            SourceUnavailable: The target is lost.
        """
        return estimate_of(self._plan(statement, configuration), self._name_of)

    def explain(self, statement: str, configuration: Configuration) -> str:
        """Return the plan as text, for people: the JSON that the server answers.

        Raises:
            StatementNotPlanned: As `estimate`.
        """
        return json.dumps(self._plan(statement, configuration), indent=2)

    def rows(self, table: TableName, predicate: str | None) -> float:
        """Return how many rows the planner expects to satisfy a predicate.

        Raises:
            StatementNotPlanned: The planner refuses the predicate.
        """
        words = ["SELECT 1 FROM", qualified(table.schema, table.name)]
        query = " ".join([*words, "WHERE", predicate] if predicate else words)
        return rows_of(self._plan(query, NOTHING_CHANGED))

    def _plan(self, statement: str, configuration: Configuration) -> object:
        found = single_statement(statement)
        is_generic = isinstance(found, SingleStatement) and found.parameters > 0
        if is_generic and self._session.version < _GENERIC_SINCE:
            raise StatementNotPlanned(
                "statement", "a server before 16 makes no plan while parameters are open"
            )
        self._switch(configuration)
        self.explains += 1
        try:
            return json.loads(self._session.explain(statement, is_generic=is_generic))
        except SourceUnavailable:
            raise
        except (SourceError, UsageError) as error:
            raise StatementNotPlanned("statement", error.reason) from error

    def _switch(self, configuration: Configuration) -> None:
        unknown = configuration.visible - self._known.keys()
        if unknown:
            raise StatementNotPlanned("statement", f"index {min(unknown)} was never added")
        if configuration.hidden and not self.can_hide:
            raise StatementNotPlanned("statement", "hiding an index needs HypoPG 1.4")
        for name in sorted(self._shown.keys() - configuration.visible):
            self._forget(name)
        for name in sorted(configuration.visible - self._shown.keys()):
            self._show(name)
        self._hide(configuration.hidden)

    def _show(self, name: str) -> None:
        (made,) = self._call("hypopg_create", {"statement": self._known[name]})
        self._shown[name] = (made.integer("number"), made.text("name"))

    def _forget(self, name: str) -> None:
        number, _ = self._shown.pop(name)
        self._call("hypopg_drop", {"number": number})

    def _hide(self, hidden: frozenset[str]) -> None:
        for name in sorted(hidden - self._hidden):
            self._call("hypopg_hide", {"index": _as_sql(name)})
        for name in sorted(self._hidden - hidden):
            self._call("hypopg_unhide", {"index": _as_sql(name)})
        self._hidden = hidden

    def _call(self, query: str, parameters: Mapping[str, object]) -> Sequence[Record]:
        """Call a function of the extension, which may be in any schema."""
        with self._session.group():
            self._session.query("hypopg_path", {"schemas": self._schemas})
            return self._session.query(query, parameters)

    def _name_of(self, schema: str, name: str) -> str:
        for known, (_, shown) in self._shown.items():
            if shown == name:
                return known
        return self._existing.get(name, f"{schema}.{name}")


def _extension(capabilities: Capabilities) -> InstalledExtension:
    found = capabilities.extension(_EXTENSION)
    if found is None:
        can_be = _EXTENSION in capabilities.available
        raise SourceUnavailable(
            "HypoPG",
            "the extension is not installed in the target's database",
            "CREATE EXTENSION hypopg; or use the twin, which needs nothing there."
            if can_be
            else "Use the twin, which needs nothing on the target.",
        )
    if capabilities.is_pooled:
        raise SourceUnavailable(
            "HypoPG",
            "a pooler between us and the target hands each transaction to another session",
            "Connect to the server directly, or use the twin.",
        )
    return found


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in text.split(".") if each.isdecimal())


def _as_sql(full_name: str) -> str:
    schema, _, name = full_name.partition(".")
    return qualified(schema, name)
