"""Events counted by what they say, within bounds, and merged in log order."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.model.facts.log_events import EventKind, EventProfile
from aegis_cli.model.location import LogLocation
from aegis_cli.workload.events import OTHER_MESSAGES, EventLog


@dataclass(frozen=True)
class Entry:
    """What the log says at one place."""

    severity: str
    message: str
    statement: str | None = None
    detail: str | None = None
    context: str | None = None


def place(line: int) -> LogLocation:
    return LogLocation(path="postgresql.log", line=line)


def read(entries: Sequence[Entry], first_line: int = 1) -> EventLog:
    log = EventLog()
    for line, entry in enumerate(entries, first_line):
        log.observe(
            severity=entry.severity,
            message=entry.message,
            sqlstate=None,
            statement=entry.statement,
            detail=entry.detail,
            context=entry.context,
            location=place(line),
        )
    return log


def waiting(process: int, ms: int) -> Entry:
    return Entry(
        "LOG",
        f"process {process} still waiting for ShareLock on transaction 731 after {ms}.000 ms",
        "UPDATE t SET v = 1 WHERE i = 7",
    )


def acquired(process: int, ms: int) -> Entry:
    return Entry(
        "LOG",
        f"process {process} acquired ShareLock on transaction 731 after {ms}.000 ms",
        "UPDATE t SET v = 1 WHERE i = 7",
    )


def waits(log: EventLog) -> tuple[int, int]:
    found = [each for each in log.profiles() if each.kind is EventKind.LOCK_WAIT]
    return sum(each.count for each in found), sum(each.total_wait_us for each in found)


def test_counts_failures_by_message_and_statement_without_their_values() -> None:
    log = read(
        [
            Entry("ERROR", "duplicate key 1", "INSERT INTO t VALUES (1, 'a')"),
            Entry("ERROR", "duplicate key 2", "INSERT INTO t VALUES (2, 'secret')"),
            Entry("ERROR", "duplicate key 2", "INSERT INTO u VALUES (2)"),
            Entry("FATAL", "the database system is starting up"),
        ]
    )

    first, second, third = log.profiles()
    assert first.statement is not None
    assert first == EventProfile(
        kind=EventKind.ERROR,
        message="duplicate key ?",
        sqlstate=None,
        count=2,
        statement=first.statement,
        examples=(place(1), place(2)),
    )
    assert (first.statement.text, first.statement.shape.tables_written) == (
        "INSERT INTO t VALUES (?, ?)",
        ("t",),
    )
    assert (second.kind, second.count) == (EventKind.ERROR, 1)
    assert (third.kind, third.statement) == (EventKind.FATAL, None)


def test_a_wait_told_twice_is_one_wait_of_its_whole_time() -> None:
    log = read([waiting(1, 1000), waiting(2, 1000), acquired(1, 2500), acquired(2, 1100)])

    assert waits(log) == (2, 3_600_000)
    (profile,) = log.profiles()
    assert profile.message == "waiting for ShareLock on transaction ?"
    assert profile.examples == (place(1), place(2))


def test_a_wait_without_end_counts_with_the_time_told() -> None:
    log = read([waiting(1, 1000), Entry("ERROR", "canceling statement due to lock timeout")])

    assert waits(log) == (1, 1_000_000)
    assert waits(log) == (1, 1_000_000)


def test_a_deadlock_is_told_once_with_the_statement_of_its_victim() -> None:
    detail = (
        "Process 7 waits for ShareLock on transaction 757; blocked by process 8.\n"
        "Process 8 waits for ShareLock on transaction 758; blocked by process 7.\n"
        "Process 7: update t set v=v+1 where i=2\n"
        "Process 8: update u set v=v+1 where i=1"
    )
    noticed = (
        "process 7 detected deadlock while waiting for ShareLock on transaction 757 after 50.1 ms"
    )
    log = read([Entry("LOG", noticed), Entry("ERROR", "deadlock detected", detail=detail)])

    (profile,) = log.profiles()
    assert (profile.kind, profile.sqlstate, profile.count) == (EventKind.DEADLOCK, "40P01", 1)
    assert profile.statement is not None
    assert profile.statement.shape.tables_written == ("t",)


def test_adds_up_temporary_files_of_a_statement() -> None:
    log = read(
        [
            Entry("LOG", f'temporary file: path "base/{size}", size {size}', "SELECT 1 ORDER BY 1")
            for size in (100, 300, 200)
        ]
    )

    (profile,) = log.profiles()
    assert (profile.count, profile.total_bytes, profile.max_bytes) == (3, 600, 300)


def test_leaves_out_what_is_no_event() -> None:
    log = read(
        [
            Entry("LOG", "duration: 1.000 ms"),
            Entry("LOG", "database system is ready to accept connections"),
            Entry("WARNING", "there is already a transaction in progress"),
        ]
    )

    assert log.profiles() == ()


def test_counts_every_message_however_many_kinds_there_are() -> None:
    names = [
        f"{a}{b}{c}"
        for a in "abcdefghijklmno"
        for b in "abcdefghijklmno"
        for c in "abcdefghijklmno"
    ]
    log = read([Entry("ERROR", f"trouble with {name}") for name in names])

    profiles = log.profiles()
    assert sum(profile.count for profile in profiles) == len(names)
    assert (profiles[0].message, profiles[0].count) == (OTHER_MESSAGES, len(names) - 2000)


@pytest.mark.parametrize("statement", ["", "  ", "SELECT 'open", "x" * 300_000, "\0"])
def test_bears_any_statement(statement: str) -> None:
    (profile,) = read([Entry("ERROR", "no", statement)]).profiles()

    assert profile.count == 1


entries = st.sampled_from(
    [
        waiting(1, 1000),
        acquired(1, 1500),
        waiting(2, 1000),
        acquired(2, 1700),
        Entry("ERROR", "division by zero", "SELECT 1 / 0"),
        Entry("LOG", 'temporary file: path "x", size 10', "SELECT 2"),
        Entry("LOG", "checkpoint starting: wal"),
    ]
)


def _is_possible(log: Sequence[Entry]) -> bool:
    """Tell whether every end of a wait follows its beginning, as a server writes them."""
    open_waits: set[str] = set()
    for entry in log:
        process = entry.message.split()[1]
        if "still waiting" in entry.message:
            if process in open_waits:
                return False
            open_waits.add(process)
        elif "acquired" in entry.message:
            if process not in open_waits:
                return False
            open_waits.remove(process)
    return True


@given(st.lists(entries, max_size=12).filter(_is_possible), st.integers(0, 12), st.integers(0, 12))
def test_parts_merged_in_order_equal_the_whole(log: list[Entry], one: int, other: int) -> None:
    first, second = sorted((one, other))
    parts = [
        read(log[:first]),
        read(log[first:second], 1 + len(log[:first])),
        read(log[second:], 1 + len(log[:second])),
    ]

    left, right = parts[0], parts[1]
    left.merge(right)
    left.merge(parts[2])

    assert _counts(left) == _counts(read(log))


def _counts(log: EventLog) -> list[tuple[EventKind, str, int, int, int]]:
    return [
        (each.kind, each.message, each.count, each.total_wait_us, each.total_bytes)
        for each in log.profiles()
    ]
