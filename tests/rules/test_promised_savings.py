"""What the model promises for a loop is less than what a real server gives back."""

from collections.abc import Callable, Sequence
from time import perf_counter

import pytest

from aegis_cli.embedded.session import Session, open_session
from aegis_cli.rules.queries._savings import batching_saves_ms, loop_of
from aegis_cli.testing.builders import a_burst, a_repetition
from tests.servers.postgres import PostgresUnderTest

LOOKUP = "SELECT id, note FROM aegis_savings WHERE id = %s"
CHILDREN = "SELECT id, note FROM aegis_savings WHERE parent_id = %s"
ROUNDS = 40


@pytest.mark.parametrize("sql", [LOOKUP, CHILDREN], ids=["to one", "to many"])
@pytest.mark.parametrize("rows", [10, 100])
def test_no_more_time_is_promised_than_a_batch_gives_back(
    postgres_server: PostgresUnderTest, sql: str, rows: int
) -> None:
    with open_session(postgres_server.dsn) as session:
        _fill(session)
        loop_ms = _best_ms(lambda keys: _run_loop(session, sql, keys), rows)
        batch_ms = _best_ms(lambda keys: _run_batch(session, sql, keys), rows)

    assert 0 < _promised_ms(loop_ms, rows) < loop_ms - batch_ms


def _fill(session: Session) -> None:
    session.execute(
        "CREATE TEMPORARY TABLE aegis_savings (id int PRIMARY KEY, parent_id int, note text)"
    )
    session.execute(
        "INSERT INTO aegis_savings SELECT n, n / 8, 'note ' || n FROM generate_series(1, 8000) n"
    )
    session.execute("CREATE INDEX ON aegis_savings (parent_id)")
    session.execute("ANALYZE aegis_savings")


def _run_loop(session: Session, sql: str, keys: Sequence[int]) -> None:
    for key in keys:
        session.execute(sql, (key,))


def _run_batch(session: Session, sql: str, keys: Sequence[int]) -> None:
    session.execute(sql.replace("= %s", "= ANY(%s)"), (list(keys),))


def _best_ms(run: Callable[[Sequence[int]], None], rows: int) -> float:
    """Return the time of the run that the rest of the machine disturbed least."""
    return min(_timed_ms(run, range(1 + turn, 1 + turn + rows)) for turn in range(ROUNDS))


def _timed_ms(run: Callable[[Sequence[int]], None], keys: Sequence[int]) -> float:
    before = perf_counter()
    run(keys)
    return (perf_counter() - before) * 1000


def _promised_ms(loop_ms: float, rows: int) -> float:
    """Ask the model, with all the time in executions: gaps are halved just the same."""
    repetition = a_repetition(
        "SELECT 1 FROM t WHERE id = 1", sizes=[a_burst(rows, time_ms=loop_ms)]
    )
    promised = batching_saves_ms(loop_of([repetition]), 0)
    assert promised is not None
    return promised
