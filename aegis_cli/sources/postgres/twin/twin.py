"""The planner of the twin behind the port that index advice asks."""

from collections.abc import Iterable
from pathlib import Path

import psycopg2

from aegis_cli.embedded.session import Session
from aegis_cli.indexing.planner import (
    NOTHING_CHANGED,
    Configuration,
    IndexNotSupported,
    PlanEstimate,
    StatementNotPlanned,
)
from aegis_cli.model.facts.indexes import HypotheticalIndex, TableName
from aegis_cli.model.facts.snapshot import SnapshotLack
from aegis_cli.model.quantity import Basis
from aegis_cli.sources.postgres.plan_json import estimate_of, rows_of
from aegis_cli.sources.postgres.twin.asking import PlanAsker, PlanOptions, twin_is_gone
from aegis_cli.sources.postgres.twin.hypothetical import HypotheticalIndexes, MadeIndex
from aegis_cli.sources.postgres.twin.index_names import IndexNames
from aegis_cli.sources.postgres.twin.visibility import Visibility
from aegis_cli.sqltext.identifiers import qualified


class Twin:
    """A throw-away server that plans as the target would; see `start_twin`."""

    def __init__(
        self,
        *,
        planner: Session,
        indexes: HypotheticalIndexes,
        visibility: Visibility,
        names: IndexNames,
        major: int,
        directory: Path,
        lacks: Iterable[SnapshotLack],
    ) -> None:
        """Take the parts that `start_twin` has built."""
        self._asker = PlanAsker(planner, major=major)
        self._indexes = indexes
        self._visibility = visibility
        self._made: dict[str, tuple[MadeIndex, ...]] = {}
        self._names = names
        self.directory = directory
        """Private directory of the twin's server."""
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
        if index.name in self._made or self._names.is_taken(index.name):
            raise IndexNotSupported(index.name, "there is an index of this name already")
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
        words = ["SELECT 1 FROM", qualified(table.schema, table.name)]
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
