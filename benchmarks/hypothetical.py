"""HypoPG, as the peers use it: hypothetical indexes in the session of the target itself."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg2

from aegis_cli.embedded.session import Session, open_session
from aegis_cli.indexing.spelling import create_one
from aegis_cli.model.facts.indexes import IndexDefinition
from benchmarks.real_indexes import explained, plan_of, shape_of_plan, total_cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A plan with hypothetical indexes."""

    cost: float
    used: frozenset[IndexDefinition]
    shape: str


class HypoPg:
    """Hypothetical indexes of one session; counts its EXPLAINs."""

    def __init__(self, session: Session) -> None:
        """Take a session of a database that has the extension."""
        self._session = session
        self.explains = 0

    @contextmanager
    def having(
        self, definitions: Iterable[IndexDefinition]
    ) -> Iterator[Mapping[str, IndexDefinition]]:
        """Pretend that indexes are there; give them by HypoPG's names for them.

        What HypoPG cannot make is left out.
        """
        names = {}
        for each in definitions:
            name = self._create(each)
            if name is not None:
                names[name] = each
        try:
            yield names
        finally:
            self._session.execute("SELECT hypopg_reset()")

    def guess(self, statement: str, names: Mapping[str, IndexDefinition]) -> Guess:
        """Return the plan of a statement with the indexes that are there."""
        self.explains += 1
        plan = plan_of(self._session, statement)
        document = json.dumps(plan)
        used = frozenset(each for name, each in names.items() if f'"{name}"' in document)
        spelling = {name: create_one(each, "index", "") for name, each in names.items()}
        return Guess(cost=total_cost(plan), used=used, shape=shape_of_plan(plan, spelling))

    def text(self, statement: str) -> str:
        """Return the plan of a statement as text, with the indexes that are there."""
        self.explains += 1
        return explained(self._session, statement)

    def total(self, statements: Iterable[str], definitions: Iterable[IndexDefinition]) -> float:
        """Return what statements cost with hypothetical indexes."""
        with self.having(definitions) as names:
            return sum(self.guess(each, names).cost for each in statements)

    def _create(self, definition: IndexDefinition) -> str | None:
        try:
            ((name,),) = self._session.execute(
                "SELECT indexname FROM hypopg_create_index(%s)",
                [create_one(definition, "index", "").rstrip(";")],
            )
        except psycopg2.Error:
            return None
        return str(name)


@contextmanager
def hypopg(dsn: str) -> Iterator[HypoPg]:
    """Open a session with the extension."""
    with open_session(dsn) as session:
        session.execute("CREATE EXTENSION IF NOT EXISTS hypopg")
        yield HypoPg(session)
