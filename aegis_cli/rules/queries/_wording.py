"""Numbers and statements as people read them in a message."""

from collections.abc import Iterable
from itertools import chain
from typing import assert_never

from aegis_cli.model.evidence import QuerySample
from aegis_cli.model.facts.executions import Attribution, Clock, Statement, StatementProfile
from aegis_cli.model.location import CodeLocation, Location, LogLocation
from aegis_cli.model.spoken_numbers import duration
from aegis_cli.model.text import Text

US_PER_MS = 1000
_MAX_CODE_PLACES = 5


def ms(microseconds: float) -> float:
    """Return microseconds as milliseconds."""
    return microseconds / US_PER_MS


def time_spent(microseconds: float, clock: Clock) -> Text:
    """Return the time of executions as an aside; empty where nothing tells it.

    What a loop costs its caller is more than the server's time: it also waits between the
    executions.
    """
    if microseconds <= 0:
        return Text.same("")
    spent = duration(ms(microseconds))
    match clock:
        case Clock.SERVER:
            return Text(en=f" ({spent} on the server)", ko=f" (서버에서 {spent})")
        case Clock.CLIENT:
            return Text(en=f" ({spent} waiting for the database)", ko=f" (DB 대기 {spent})")
        case _:
            assert_never(clock)


def share_detail(fact: StatementProfile) -> str:
    """Say what a statement's share is a share of."""
    whole = "log" if fact.clock is Clock.SERVER else "run"
    return f"of all execution time in the {whole}"


def tables(statement: Statement) -> str:
    """Return the tables that a statement names, for a message."""
    shape = statement.shape
    names = shape.tables_written or shape.tables_read
    return ", ".join(names) or statement.text[:60]


def sample(role: str, statement: Statement) -> QuerySample:
    """Build the evidence that shows a statement in its role."""
    return QuerySample(role=role, fingerprint=statement.fingerprint, statement=statement.text)


def places(
    attributions: Iterable[Attribution], examples: Iterable[LogLocation | None]
) -> tuple[Location, ...]:
    """Return where to look: the application's code first where it is known, then the log.

    Behind the lines that run the statement stand those that call them: the loop is often there.
    """
    known = [each for each in attributions if each.code is not None]
    code = dict.fromkeys(each.code for each in known if each.code is not None)
    callers = dict.fromkeys(chain.from_iterable(each.callers for each in known))
    found: list[CodeLocation] = list(code | callers)[:_MAX_CODE_PLACES]
    return (*found, *(each for each in examples if each is not None))


def origin(attributions: Iterable[Attribution]) -> str:
    """Return the routes that run a statement, or an empty text."""
    routes = dict.fromkeys(each.route for each in attributions if each.route)
    return ", ".join(list(routes)[:_MAX_CODE_PLACES])
