"""What comes out of a wrapper is the log that went in, every byte accounted for."""

import json
import random
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aegis_cli.sources.logs.wrappers import Unwrapped, Wrapper, detect_wrapper

RECORDED = Path(__file__).parents[4] / "data" / "logs"
RDS = (RECORDED / "prefix-rds.log").read_bytes()
DEBIAN = (RECORDED / "prefix-debian.log").read_bytes()
WHEN = "2026-11-23T20:00:00.123456789Z"

KEYS = (
    "events",
    "record",
    "message",
    "timestamp",
    "textPayload",
    "properties",
    "error_severity",
    "errorLevel",
    "MESSAGE",
    "__REALTIME_TIMESTAMP",
    "_COMM",
    "log",
    "process_id",
    "connection_from",
)


def messages(log: bytes) -> list[str]:
    """Cut a log into messages of one or several lines."""
    return [found.decode() for found in re.findall(rb"[^\n]+(?:\n\t[^\n]*)*", log)]


def unwrap_all(log: bytes, chunks: int = 1, modified_at: datetime | None = None) -> list[Unwrapped]:
    """Unwrap a log in chunks of whole lines."""
    wrapper = detect_wrapper(log, modified_at=modified_at)
    assert wrapper is not None
    return run(wrapper, log, chunks)


def run(wrapper: Wrapper, log: bytes, chunks: int) -> list[Unwrapped]:
    """Feed a log to a wrapper in chunks of whole lines."""
    lines = log.splitlines(keepends=True)
    step = max(1, len(lines) // chunks)
    parts = [b"".join(lines[at : at + step]) for at in range(0, len(lines), step)]
    return [*map(wrapper.unwrap, parts), wrapper.finish()]


def data(results: Iterable[Unwrapped]) -> bytes:
    """Join the plain log."""
    return b"".join(each.data for each in results)


def accounted(results: Iterable[Unwrapped]) -> int:
    """Return how many input bytes the results account for."""
    return sum(int(each.size_of.sum()) + each.foreign_bytes for each in results)


def cloudwatch_tail(log: bytes) -> str:
    """Wrap as `aws logs tail` prints."""
    return "".join(
        f"2026-11-23T20:00:00.123000+00:00 instance.0 {each}\n" for each in messages(log)
    )


def cloudwatch_short(log: bytes) -> str:
    """Wrap as `aws logs tail --format short` prints."""
    return "".join(f"2026-11-23T20:00:00 {each}\n" for each in messages(log))


def cloudwatch_text(log: bytes) -> str:
    """Wrap as `aws logs get-log-events --output text` prints."""
    events = (f"EVENTS\t1795464005000\t{each}\t1795464000123\n" for each in messages(log))
    return "b/37123\tf/37456\n" + "".join(events)


def cloudwatch_filter_text(log: bytes) -> str:
    """Wrap as `aws logs filter-log-events --output text` prints."""
    number = "36901234567890123456789012345678901234567890123456789012"
    return "".join(
        f"EVENTS\t{number}\t1795464005000\tshop-db.0\t{each}\t1795464000123\n"
        for each in messages(log)
    )


def cloudwatch_json(log: bytes) -> str:
    """Wrap as `aws logs get-log-events` prints."""
    events = [
        {"timestamp": 1_795_464_000_123, "message": each, "ingestionTime": 1_795_464_005_000}
        for each in messages(log)
    ]
    return json.dumps({"events": events}, indent=4) + "\n"


def cloudwatch_compact(log: bytes) -> str:
    """Wrap as the interface itself answers, in a single line."""
    return json.dumps(json.loads(cloudwatch_json(log)))


def cloud_sql_lines(log: bytes) -> str:
    """Wrap as Google Cloud Logging exports to storage."""
    return "".join(
        json.dumps(
            {
                "insertId": "s=1",
                "labels": {"instance": "shop"},
                "logName": "projects/shop/logs/cloudsql.googleapis.com%2Fpostgres.log",
                "textPayload": each,
                "timestamp": WHEN,
            }
        )
        + "\n"
        for each in messages(log)
    )


def cloud_sql_array(log: bytes) -> str:
    """Wrap as `gcloud logging read --format json` prints."""
    return json.dumps([json.loads(line) for line in cloud_sql_lines(log).splitlines()], indent=2)


def azure_lines(log: bytes) -> str:
    """Wrap as Azure exports to storage."""
    return "".join(
        json.dumps({"time": WHEN, "category": "PostgreSQLLogs", "properties": {"message": each}})
        + "\n"
        for each in messages(log)
    )


def azure_records(log: bytes) -> str:
    """Wrap as Azure sends to an event hub."""
    return json.dumps({"records": [json.loads(each) for each in azure_lines(log).splitlines()]})


def docker(log: bytes) -> str:
    """Wrap as Docker's json-file driver writes, a record per line."""
    return "".join(
        json.dumps({"log": f"{line}\n", "stream": "stderr", "time": WHEN}, separators=(",", ":"))
        + "\n"
        for line in log.decode().splitlines()
    )


def cri(log: bytes) -> str:
    """Wrap as containerd and CRI-O write; long lines come in parts."""
    parts = []
    for line in log.decode().splitlines():
        parts += [f"{WHEN} stderr P {line[at : at + 60]}" for at in range(0, len(line) - 60, 60)]
        at = max(0, (len(line) - 1) // 60 * 60)
        parts.append(f"{WHEN} stderr F {line[at:]}")
    return "\n".join(parts) + "\n"


def journal_short(log: bytes) -> str:
    """Wrap as `journalctl` prints what the server wrote to stderr."""
    lines = log.decode().splitlines()
    return "".join(f"Nov 23 20:00:00 db1 postgres[812]: {line}\n" for line in lines)


def journal_json(log: bytes) -> str:
    """Wrap as `journalctl -o json` prints."""
    return "".join(
        json.dumps(
            {
                "__REALTIME_TIMESTAMP": "1795464000123456",
                "SYSLOG_IDENTIFIER": "postgres",
                "_PID": "812",
                "MESSAGE": line if line.isascii() else list(line.encode()),
            }
        )
        + "\n"
        for line in log.decode().splitlines()
    )


def journal_export(log: bytes) -> str:
    """Wrap as `journalctl -o export` prints; messages of several lines are binary."""
    entries = []
    for each in messages(log):
        size = len(each.encode()).to_bytes(8, "little").decode("utf-8", "surrogateescape")
        field = f"MESSAGE\n{size}{each}" if "\n" in each else f"MESSAGE={each}"
        head = "__REALTIME_TIMESTAMP=1795464000123456\n_COMM=postgres\n_PID=812\n"
        entries.append(f"{head}{field}\n\n")
    return "".join(entries)


WRAPPINGS: Sequence[tuple[str, Callable[[bytes], str]]] = (
    ("CloudWatch", cloudwatch_tail),
    ("CloudWatch", cloudwatch_short),
    ("CloudWatch", cloudwatch_text),
    ("CloudWatch", cloudwatch_filter_text),
    ("CloudWatch", cloudwatch_json),
    ("CloudWatch", cloudwatch_compact),
    ("Cloud SQL", cloud_sql_lines),
    ("Cloud SQL", cloud_sql_array),
    ("Azure", azure_lines),
    ("Azure", azure_records),
    ("container", docker),
    ("container", cri),
    ("syslog", journal_short),
    ("syslog in journal", journal_json),
    ("syslog in journal", journal_export),
)


@pytest.mark.parametrize("chunks", [1, 7])
@pytest.mark.parametrize(("name", "wrap"), WRAPPINGS)
@pytest.mark.parametrize("log", [RDS, DEBIAN])
def test_gives_back_the_log(
    name: str, wrap: Callable[[bytes], str], log: bytes, chunks: int
) -> None:
    wrapped = wrap(log).encode("utf-8", "surrogateescape")

    wrapper = detect_wrapper(wrapped)

    assert wrapper is not None
    results = run(wrapper, wrapped, chunks)
    assert wrapper.name == name
    assert data(results) == log
    assert accounted(results) == len(wrapped)


@pytest.mark.parametrize("kind", ["traditional", "iso", "rfc5424"])
@pytest.mark.parametrize("chunks", [1, 9])
def test_regroups_what_a_real_syslog_split(kind: str, chunks: int) -> None:
    log = (RECORDED / f"syslog-{kind}.log").read_bytes()
    plain = (RECORDED / "syslog-plain.log").read_bytes().splitlines()

    results = unwrap_all(log, chunks, datetime(2026, 11, 24, tzinfo=UTC))

    found = [
        re.sub(rb"^2026-11-23 \d\d:\d\d:\d\d\.\d{3} \S+ \[\d+\] ", b"", line)
        for line in data(results).splitlines()
    ]
    assert found[found.index(plain[0]) :] == plain
    assert accounted(results) == len(log)
    assert sum(each.foreign_lines for each in results) > 0


def test_every_line_knows_where_it_came_from() -> None:
    log = b"".join(
        b"Nov 23 20:00:00 db1 %s\n" % line
        for line in (
            b"cron[9]: job",
            b"postgres[1]: [5-1] 2026-11-23 20:00:00 UTC [1] LOG:  statement: SELECT",
            b"postgres[2]: [8-1] 2026-11-23 20:00:00 UTC [2] LOG:  statement: SELECT 2",
            b"postgres[1]: [5-2] #0111",
            b"postgres[1]: [6-1] 2026-11-23 20:00:00 UTC [1] LOG:  duration: 1.000 ms",
        )
    )
    sizes = [len(line) for line in log.splitlines(keepends=True)]

    whole, rest = unwrap_all(log)

    assert data([whole, rest]).splitlines() == [
        b"2026-11-23 20:00:00 UTC [1] LOG:  statement: SELECT",
        b"\t1",
        b"2026-11-23 20:00:00 UTC [2] LOG:  statement: SELECT 2",
        b"2026-11-23 20:00:00 UTC [1] LOG:  duration: 1.000 ms",
    ]
    assert [*whole.line_of, *rest.line_of] == [1, 3, 2, 4]
    assert [*whole.size_of, *rest.size_of] == [sizes[1], sizes[3], sizes[2], sizes[4]]
    assert (whole.foreign_lines, whole.foreign_bytes) == (1, sizes[0])
    assert whole.samples == ("Nov 23 20:00:00 db1 cron[9]: job",)


@pytest.mark.parametrize(
    ("modified_at", "stamp"),
    [
        (datetime(2027, 1, 2, tzinfo=UTC), b"2026-12-31 23:59:59.000 LOCAL [42] "),
        (datetime(2026, 12, 31, tzinfo=UTC), b"2026-12-31 23:59:59.000 LOCAL [42] "),
        (None, b"[42] "),
    ],
)
def test_a_year_comes_from_the_file_or_not_at_all(
    modified_at: datetime | None, stamp: bytes
) -> None:
    log = b"Dec 31 23:59:59 db1 postgres[42]: [1-1] user=a,db=b LOG:  statement: x\n" * 3

    results = unwrap_all(log, modified_at=modified_at)

    assert data(results).splitlines() == [stamp + b"user=a,db=b LOG:  statement: x"] * 3


def test_heroku_lends_time_and_process() -> None:
    log = b"".join(
        b"2026-11-23T20:00:00+00:00 app[%s\n" % rest
        for rest in (
            b"postgres.97]: [DATABASE] [5-1]  sql_error_code = 00000 LOG:  duration: 1.0 ms  x",
            b"postgres.97]: [DATABASE] [5-2]  \tFROM t",
            b"heroku-postgres]: source=DATABASE sample#db_size=1",
        )
    )

    results = unwrap_all(log)

    assert data(results).splitlines() == [
        b"2026-11-23 20:00:00.000 +00:00 [97] sql_error_code = 00000 LOG:  duration: 1.0 ms  x",
        b"\tFROM t",
    ]
    assert accounted(results) == len(log)


def test_cloud_native_pg_becomes_jsonlog() -> None:
    record = {
        "log_time": "2026-11-23 20:00:00.123 UTC",
        "user_name": "app",
        "database_name": "shop",
        "process_id": "42",
        "connection_from": "10.0.0.1:4711",
        "session_id": "655f3c1a.2a",
        "session_line_num": "3",
        "error_severity": "LOG",
        "sql_state_code": "00000",
        "message": "duration: 1.000 ms  statement: SELECT 1\nFROM t",
        "query_id": "-12",
    }
    lines = [
        json.dumps({"level": "info", "logger": "postgres", "msg": "record", "record": record}),
        json.dumps({"level": "info", "logger": "instance-manager", "msg": "hello"}),
    ]
    log = "".join(f"{WHEN} stdout F {line}\n" for line in lines).encode()

    wrapper = detect_wrapper(log)

    assert wrapper is not None
    results = run(wrapper, log, 1)
    assert wrapper.name == "CloudNativePG in container"
    assert [json.loads(line) for line in data(results).splitlines()] == [
        {
            "timestamp": "2026-11-23 20:00:00.123 UTC",
            "user": "app",
            "dbname": "shop",
            "pid": 42,
            "remote_host": "10.0.0.1",
            "remote_port": 4711,
            "session_id": "655f3c1a.2a",
            "line_num": 3,
            "error_severity": "LOG",
            "state_code": "00000",
            "message": "duration: 1.000 ms  statement: SELECT 1\nFROM t",
            "query_id": -12,
        }
    ]
    assert sum(each.foreign_lines for each in results) == 1
    assert accounted(results) == len(log)


def test_azure_puts_prefix_and_message_together() -> None:
    properties = {
        "prefix": "2026-11-23 20:00:00 UTC-655f3c1a.2a-",
        "errorLevel": "ERROR",
        "message": 'relation "x" does not exist',
        "detail": "It is gone.",
    }
    log = (json.dumps({"properties": properties}) + "\n").encode()

    results = unwrap_all(log)

    assert data(results).splitlines() == [
        b'2026-11-23 20:00:00 UTC-655f3c1a.2a-ERROR:  relation "x" does not exist',
        b"2026-11-23 20:00:00 UTC-655f3c1a.2a-DETAIL:  It is gone.",
    ]


@pytest.mark.parametrize("path", sorted(RECORDED.glob("prefix-*.log")), ids=lambda path: path.stem)
def test_a_plain_log_has_no_wrapper(path: Path) -> None:
    assert detect_wrapper(path.read_bytes()) is None


@pytest.mark.parametrize(
    "sample",
    [
        b"",
        b"\n",
        b"\x00\xff" * 100,
        b"{" * 5000,
        b'{"timestamp":"2026-11-23 20:00:00.000 UTC","error_severity":"LOG","message":"x"}\n',
        b"Nov 23 20:00:00 db1 sshd[1]: Accepted publickey\n" * 9,
        b'{"timestamp": 1795464000123, "message": "GET / 200"}\n' * 9,
        b'2026-11-23 20:00:00.000 UTC,"a","b",42,"",655f3c1a.2a,1,"SELECT",,3/4,0,LOG,00000,"x"\n',
    ],
)
def test_other_text_is_not_wrapped(sample: bytes) -> None:
    assert detect_wrapper(sample) is None


def test_a_document_cut_in_the_middle_loses_only_its_last_record() -> None:
    wrapped = cloud_sql_array(RDS).encode()
    cut = wrapped[: len(wrapped) * 2 // 3]

    results = unwrap_all(cut)

    assert RDS.startswith(data(results))
    assert data(results).count(b"\n") > 10
    assert accounted(results) == len(cut)


@settings(max_examples=150, deadline=None)
@given(
    wrap=st.sampled_from([wrap for _, wrap in WRAPPINGS]),
    garbage=st.lists(st.binary(max_size=60), max_size=8),
    chunks=st.integers(min_value=1, max_value=20),
    chance=st.randoms(use_true_random=False),
)
def test_garbage_within_is_accounted_for(
    wrap: Callable[[bytes], str], garbage: list[bytes], chunks: int, chance: random.Random
) -> None:
    clean = wrap(RDS[:2000] + b"\n").encode()
    wrapper = detect_wrapper(clean)
    lines = clean.splitlines(keepends=True)
    for each in garbage:
        lines.insert(chance.randrange(len(lines) + 1), each + b"\n")
    dirty = b"".join(lines)

    assert wrapper is not None
    assert accounted(run(wrapper, dirty, chunks)) == len(dirty)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("LOG:  x"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=12,
)


@settings(deadline=None)
@given(records=st.lists(st.dictionaries(st.sampled_from(KEYS), JSON), min_size=1, max_size=5))
def test_records_of_any_shape_are_accounted_for(records: list[dict[str, object]]) -> None:
    log = "".join(json.dumps(each) + "\n" for each in records).encode()

    wrapper = detect_wrapper(log)

    assert wrapper is None or accounted(run(wrapper, log, 2)) == len(log)


@given(sample=st.binary(max_size=300))
def test_never_fails_on_any_bytes(sample: bytes) -> None:
    wrapper = detect_wrapper(sample + b"\nNov 23 20:00:00 db1 postgres[1]: LOG:  x\n")

    assert wrapper is None or accounted(run(wrapper, sample, 3)) == len(sample)
