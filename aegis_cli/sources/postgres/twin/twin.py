"""The planner of the twin behind the port that index advice asks."""

from collections import Counter
from collections.abc import Iterable, Sequence

import psycopg2

from aegis_cli.embedded.session import Session
from aegis_cli.indexing.planner import (
    NOTHING_CHANGED,
    Configuration,
    IndexNotSupported,
    PlanEstimate,
    StatementNotPlanned,
)
from aegis_cli.model.facts.catalog import Table
from aegis_cli.model.facts.indexes import HypotheticalIndex, TableName
from aegis_cli.model.facts.snapshot import SnapshotLack
from aegis_cli.model.quantity import Basis
from aegis_cli.sources.postgres.twin.asking import PlanAsker, PlanOptions, twin_is_gone
from aegis_cli.sources.postgres.twin.hypothetical import HypotheticalIndexes, MadeIndex
from aegis_cli.sources.postgres.twin.plans import estimate_of, rows_of
from aegis_cli.sources.postgres.twin.visibility import Visibility


class Twin:
    """A throw-away server that plans as the target would; see `start_twin`."""

    def __init__(
        self,
        *,
        planner: Session,
        indexes: HypotheticalIndexes,
        visibility: Visibility,
        tables: Sequence[Table],
        major: int,
        lacks: Iterable[SnapshotLack],
    ) -> None:
        """Take the parts that `start_twin` has built."""
        self._asker = PlanAsker(planner, major=major)
        self._indexes = indexes
        self._visibility = visibility
        self._made: dict[str, tuple[MadeIndex, ...]] = {}
        self._names = IndexNames(tables)
        self._quote = planner.quoted
        self.version = major
        """Major version of the twin's server."""
        self.lacks = tuple(lacks)
        """What of the snapshot the twin could not be given."""

    @property
    def basis(self) -> Basis:
        """Tell how good the answers are."""
        return Basis.PLANNER

    @property
    def explains(self) -> int:
        """Return how many plans were made so far."""
        return self._asker.asked

    def add(self, index: HypotheticalIndex) -> None:
        """Make a hypothetical index known, invisible at first.

        Raises:
            IndexNotSupported: The server refuses it.
            SourceUnavailable: The twin's server is gone, or its disk is full.
        """
        if index.name in self._made:
            raise IndexNotSupported(index.name, "an index of this name was added already")
        try:
            made = self._indexes.make(index)
        except psycopg2.Error as error:
            raise twin_is_gone(error) from error
        self._made[index.name] = made
        self._visibility.add(index.name, (each.oid for each in made))
        self._names.add(index.name, made)

    def remove(self, name: str) -> None:
        """Forget a hypothetical index; a name that was never added is none."""
        made = self._made.pop(name, ())
        try:
            self._visibility.switch(NOTHING_CHANGED)
            self._indexes.drop(made)
        except psycopg2.Error as error:
            raise twin_is_gone(error) from error
        self._visibility.remove(name)
        self._names.remove(made)

    def estimate(self, statement: str, configuration: Configuration) -> PlanEstimate:
        """Return the cost of a statement, whose parameters may be open, and the indexes used.

        Raises:
            StatementNotPlanned: The planner refuses the statement.
            SourceUnavailable: The twin's server is gone.
        """
        options = PlanOptions(with_schemas=self._names.are_ambiguous)
        return estimate_of(self._plan(statement, configuration, options), self._names.name_of)

    def explain(self, statement: str, configuration: Configuration) -> str:
        """Return the plan as text, for people.

        Raises:
            StatementNotPlanned: The planner refuses the statement.
            SourceUnavailable: The twin's server is gone.
        """
        return str(self._plan(statement, configuration, PlanOptions(as_json=False)))

    def rows(self, table: TableName, predicate: str | None) -> float:
        """Return how many rows the planner expects to satisfy a predicate.

        Raises:
            StatementNotPlanned: The planner refuses the predicate.
            SourceUnavailable: The twin's server is gone.
        """
        words = ["SELECT 1 FROM", self._quote(table.schema, table.name)]
        query = " ".join([*words, "WHERE", predicate] if predicate else words)
        return rows_of(self._plan(query, NOTHING_CHANGED, PlanOptions()))

    def _plan(self, statement: str, configuration: Configuration, options: PlanOptions) -> object:
        try:
            self._visibility.switch(configuration)
        except KeyError as error:
            raise StatementNotPlanned("statement", f"index {error} was never added") from error
        except psycopg2.Error as error:
            raise twin_is_gone(error) from error
        return self._asker.ask(statement, options)


class IndexNames:
    """Names of indexes in plans, and those by which index advice knows them."""

    def __init__(self, tables: Sequence[Table]) -> None:
        """Gather the existing indexes."""
        self._schemas: dict[str, str] = {}
        self._hypothetical: dict[str, str] = {}
        names = [(each.name, table.name.schema) for table in tables for each in table.indexes]
        self._schemas.update(names)
        counted = Counter(name for name, _ in names)
        self.are_ambiguous = any(count > 1 for count in counted.values())
        """Whether indexes of several schemas share a name."""

    def add(self, name: str, parts: Iterable[MadeIndex]) -> None:
        """Note what a hypothetical index and its parts are called on the twin."""
        self._hypothetical.update((each.name, name) for each in parts)

    def remove(self, parts: Iterable[MadeIndex]) -> None:
        """Forget a hypothetical index."""
        for each in parts:
            self._hypothetical.pop(each.name, None)

    def name_of(self, schema: str, name: str) -> str:
        """Return the name of a hypothetical index, or an existing one's with its schema."""
        hypothetical = self._hypothetical.get(name)
        if hypothetical is not None:
            return hypothetical
        return f"{schema or self._schemas.get(name, '')}.{name}"
