"""What is read from single messages, as PostgreSQL 15 and 18 wrote them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.model.facts.log_events import EventKind
from aegis_cli.workload.event_messages import (
    Event,
    LockMessage,
    interesting,
    mask_message,
    read_failure,
    read_lock_message,
    read_log_event,
)

CHECKPOINT = (
    "checkpoint complete: wrote 72 buffers (0.4%), wrote 3 SLRU buffers; 0 WAL file(s) added, "
    "0 removed, 0 recycled; write=0.002 s, sync=0.001 s, total=1.207 s; sync files=0, "
    "longest=0.000 s, average=0.000 s; distance=649 kB, estimate=649 kB; lsn=0/1791CA0"
)
VACUUM = (
    'automatic aggressive vacuum of table "shop.public.orders": index scans: 0\n'
    "pages: 0 removed, 14 remain, 14 scanned (100.00% of total)\n"
    "system usage: CPU: user: 0.00 s, system: 0.00 s, elapsed: 12.34 s"
)
ANALYZE = (
    'automatic analyze of table "shop.public.orders"\n'
    "avg read rate: 31.771 MB/s, avg write rate: 6.250 MB/s\n"
    "system usage: CPU: user: 0.00 s, system: 0.00 s, elapsed: 0.01 s"
)
ANALYZE_12 = 'automatic analyze of table "a.b.c" system usage: CPU: user: 0.0 s, elapsed: 0.20 s'
LOG_EVENTS = [
    (
        'temporary file: path "base/pgsql_tmp/pgsql_tmp26826.0", size 70000',
        Event(kind=EventKind.TEMPORARY_FILE, message="temporary file", size_bytes=70_000),
    ),
    (
        CHECKPOINT,
        Event(
            kind=EventKind.CHECKPOINT,
            message="checkpoint complete",
            time_us=1_207_000,
            size_bytes=72 * 8192,
        ),
    ),
    (
        "checkpoint starting: immediate force wait",
        Event(kind=EventKind.CHECKPOINT, message="checkpoint starting: immediate force wait"),
    ),
    (
        "checkpoints are occurring too frequently (9 seconds apart)",
        Event(
            kind=EventKind.CHECKPOINT,
            message="checkpoints are occurring too frequently (? seconds apart)",
        ),
    ),
    (
        VACUUM,
        Event(
            kind=EventKind.AUTOVACUUM,
            message='automatic aggressive vacuum of table "shop.public.orders"',
            time_us=12_340_000,
        ),
    ),
    (
        ANALYZE,
        Event(
            kind=EventKind.AUTOVACUUM,
            message='automatic analyze of table "shop.public.orders"',
            time_us=10_000,
        ),
    ),
    (
        ANALYZE_12,
        Event(
            kind=EventKind.AUTOVACUUM,
            message='automatic analyze of table "a.b.c"',
            time_us=200_000,
        ),
    ),
]


@pytest.mark.parametrize("prefix", ["", "00000: "])
@pytest.mark.parametrize(("message", "expected"), LOG_EVENTS)
def test_reads_upkeep_and_temporary_files(message: str, expected: Event, prefix: str) -> None:
    assert read_log_event(prefix + message) == expected
    assert interesting((prefix + message).encode())


@pytest.mark.parametrize(
    ("message", "context", "expected"),
    [
        (
            "process 26879 still waiting for ShareLock on transaction 731 after 50.141 ms",
            'while updating tuple (0,7) in relation "t"',
            LockMessage(
                process=26879,
                lock='ShareLock on transaction ? in relation "t"',
                waited_us=50_141,
                is_over=False,
                is_deadlock=False,
            ),
        ),
        (
            "process 1 acquired AccessShareLock on relation 16385 of database 5 after 1299.278 ms",
            None,
            LockMessage(
                process=1,
                lock="AccessShareLock on relation ? of database ?",
                waited_us=1_299_278,
                is_over=True,
                is_deadlock=False,
            ),
        ),
        (
            (
                "process 7 detected deadlock while waiting for ShareLock on transaction 757 "
                "after 50.110 ms"
            ),
            None,
            LockMessage(
                process=7,
                lock="ShareLock on transaction ?",
                waited_us=50_110,
                is_over=True,
                is_deadlock=True,
            ),
        ),
        (
            (
                "process 7 avoided deadlock for ShareLock on transaction 757 by rearranging queue "
                "order after 50.110 ms"
            ),
            None,
            LockMessage(
                process=7,
                lock="ShareLock on transaction ?",
                waited_us=50_110,
                is_over=False,
                is_deadlock=False,
            ),
        ),
        ("process 7 exited", None, None),
    ],
)
def test_reads_waits_for_locks(
    message: str, context: str | None, expected: LockMessage | None
) -> None:
    assert read_lock_message(message, context) == expected


@pytest.mark.parametrize(
    ("severity", "message", "sqlstate", "expected"),
    [
        ("ERROR", "division by zero", "22012", (EventKind.ERROR, "division by zero", "22012")),
        (
            "ERROR",
            'relation "nope2" does not exist at character 15',
            None,
            (EventKind.ERROR, 'relation "nope2" does not exist', None),
        ),
        (
            "ERROR",
            '22P02: invalid input syntax for type integer: "it\'s me"',
            None,
            (EventKind.ERROR, "invalid input syntax for type integer: ?", "22P02"),
        ),
        ("ERROR", "deadlock detected", None, (EventKind.DEADLOCK, "deadlock detected", "40P01")),
        (
            "ERROR",
            "canceling statement due to lock timeout",
            None,
            (EventKind.CANCELLED, "canceling statement due to lock timeout", "55P03"),
        ),
        (
            "ERROR",
            "abgebrochen",
            "57014",
            (EventKind.CANCELLED, "abgebrochen", "57014"),
        ),
        (
            "FATAL",
            "terminating connection due to idle-in-transaction timeout",
            None,
            (
                EventKind.FATAL,
                "terminating connection due to idle-in-transaction timeout",
                "25P03",
            ),
        ),
        (
            "PANIC",
            'could not write to file "pg_wal/xlogtemp.1": No space left on device',
            "53100",
            (EventKind.FATAL, "could not write to file ?: No space left on device", "53100"),
        ),
    ],
)
def test_tells_the_kind_of_a_failure_and_masks_it(
    severity: str, message: str, sqlstate: str | None, expected: tuple[EventKind, str, str | None]
) -> None:
    kind, text, state = expected

    event = read_failure(severity, message, sqlstate)

    assert event == Event(kind=kind, message=text, sqlstate=state)


@pytest.mark.parametrize(
    ("message", "masked"),
    [
        (
            'insert on table "t1" violates foreign key constraint "fk_2"',
            'insert on table "t1" violates foreign key constraint "fk_2"',
        ),
        (
            'password authentication failed for user "eve"',
            "password authentication failed for user ?",
        ),
        ("can't find 17 of 'x y' for me@example.com", "can't find ? of ? for ?"),
        ("no row 6f1b7a52-0c1e-4a2b-9a55-0242ac120002", "no row ?"),
        (
            "value too long for type character varying(10)",
            "value too long for type character varying(?)",
        ),
        ('invalid value: "first\nsecret"', "invalid value: ?"),
        ('invalid value: "' + "secret " * 1000 + '"', "invalid value: ?"),
    ],
)
def test_masks_values_and_keeps_the_names_of_objects(message: str, masked: str) -> None:
    assert mask_message(message) == masked


@pytest.mark.parametrize(
    "message",
    [
        b"duration: 1.000 ms  statement: SELECT 1",
        b"connection received: host=[local]",
        b"statement: SELECT 'temporary file: '",
        b"",
    ],
)
def test_passes_over_other_messages(message: bytes) -> None:
    assert not interesting(message)


@given(st.text(max_size=60), st.sampled_from(["", "process 1 acquired ", "temporary file: path "]))
def test_reads_any_text_without_an_error(text: str, start: str) -> None:
    message = start + text

    assert read_failure("ERROR", message, None).kind in EventKind
    assert read_log_event(message) is None or interesting(message.encode("utf-8", "replace"))
    assert read_lock_message(message, text) is None or " after " in message
