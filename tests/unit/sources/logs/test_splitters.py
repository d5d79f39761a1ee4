"""Every byte of a log becomes part of an entry or is counted as unparsed, in every format."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aegis_cli.sources.logs.entries import Severity
from tests.unit.sources.logs.log_writer import WRITERS, Entry, csvlog, jsonlog, stderr
from tests.unit.sources.logs.pipeline import SPLITTERS, Gathered, read, stderr_splitter

FORMATS = st.sampled_from(sorted(SPLITTERS))
TEXTS = (
    "duration: 1.500 ms  statement: SELECT a FROM t WHERE b = 'x'",
    "duration: 0.020 ms  statement: SELECT a\nFROM t\n\tWHERE b = 'LOG:  x'",
    "duration: 2.000 ms  execute <unnamed>: INSERT INTO t VALUES ($1)",
    "statement: COMMIT",
    "duration: 0.500 ms",
    "connection authorized: user=alice database=shop",
    'could not "quote", \\escape\\ or\n2026-11-23 20:00:00.000 UTC,,,1,,65f.1,\nthis',
    "",
)


def entries(max_size: int = 30) -> st.SearchStrategy[list[Entry]]:
    """Return messages of a few sessions with what may be attached to them."""
    return st.lists(
        st.builds(
            Entry,
            message=st.sampled_from(TEXTS),
            ms=st.integers(0, 5000),
            pid=st.integers(1, 4),
            severity=st.sampled_from(("LOG", "LOG", "LOG", "ERROR", "FATAL", "WARNING")),
            detail=st.sampled_from(("", "", "parameters: $1 = 'a\nb'")),
            context=st.sampled_from(("", "", "PL/pgSQL function f()")),
            statement=st.sampled_from(("", "", "SELECT bad\nstatement")),
        ),
        max_size=max_size,
    )


PIECES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            b"2026-11-23 20:00:00.123 UTC [1] a@b LOG:  duration: 1.5",
            b'2026-11-23 20:00:00.123 UTC,"a","b",1,"h:1",65f.1,1,"S",',
            b'{"timestamp":"2026-11-23 20:00:00.123 UTC","pid":1,"error_severity":"LOG"',
            b',"message":"',
            b'"}\n', b'","message":"duration: ', b"\\u0000", b"\\ud800", b"\\", b'"', b"'", b",",
            b"\n", b"\r\n", b"\n\t", b"\0", b"LOG:  ", b"STATEMENT:  ", b"DETAIL:  ", b"ERROR:  ",
            b"duration: 99999999999999999999.123 ms  statement: SELECT 1", b"\x01\x02\x03\x04",
            b"offset 99999999999999999999999999999999", b"/* c", b"*/", b"\xff\xfe", b"\x1f",
        ]
    ),
    st.sampled_from(
        [
            writer([Entry(message=text, detail="d", ms=7)])
            for writer in WRITERS.values()
            for text in TEXTS
        ]
    ),
)  # fmt: skip


def books(found: Gathered) -> tuple[int, int]:
    """Return the bytes and the lines of a log as they were counted."""
    return found.books.bytes_read, found.books.lines


def lines_of(data: bytes) -> int:
    """Return the lines of a text, a last one without line break included."""
    return data.count(b"\n") + (bool(data) and not data.endswith(b"\n"))


@settings(max_examples=300, deadline=None)
@example(b'"\n\0', "csvlog", [])
@given(
    st.lists(PIECES, max_size=25).map(b"".join), FORMATS, st.lists(st.integers(1, 300), max_size=4)
)
def test_any_bytes_are_read_without_exception_and_accounted_for(
    data: bytes, log_format: str, sizes: list[int]
) -> None:
    found = read(data, SPLITTERS[log_format], sizes=sizes)

    assert books(found) == (len(data), lines_of(data))
    assert 0 <= found.books.unparsed_bytes <= len(data)
    assert 0 <= found.books.unparsed_lines <= lines_of(data)
    assert (found.books.unparsed_lines == 0) == (found.books.unparsed_bytes == 0)


@settings(max_examples=100, deadline=None)
@given(
    entries(),
    st.sampled_from(sorted(WRITERS)),
    st.lists(st.integers(1, 700), min_size=1, max_size=5),
    st.integers(1, 3),
)
def test_neither_the_cuts_nor_the_number_of_parsers_change_what_is_read(
    written: list[Entry], log_format: str, sizes: list[int], parsers: int
) -> None:
    data = WRITERS[log_format](written)

    whole = read(data, SPLITTERS[log_format])
    parted = read(data, SPLITTERS[log_format], sizes=sizes, parsers=parsers)

    assert parted.facts() == whole.facts()
    assert parted.books.unparsed_lines == whole.books.unparsed_lines == 0
    assert parted.books.other_entries == whole.books.other_entries
    assert books(parted) == books(whole) == (len(data), lines_of(data))


@settings(max_examples=60, deadline=None)
@given(entries())
def test_every_format_tells_the_same(written: list[Entry]) -> None:
    found = [read(WRITERS[name](written), SPLITTERS[name]) for name in sorted(WRITERS)]

    assert found[0].times() == found[1].times() == found[2].times()
    assert len({each.books.other_entries for each in found}) == 1


@pytest.mark.parametrize("log_format", sorted(WRITERS))
def test_windows_line_ends_do_no_harm(log_format: str) -> None:
    data = WRITERS[log_format]([Entry(message=TEXTS[0]), Entry(message="duration: 0.500 ms")])

    found = read(data.replace(b"\n", b"\r\n"), SPLITTERS[log_format])

    assert found.times() == {"SELECT a FROM t WHERE b = ?": (1, 1500)}
    assert found.books.unparsed_lines == 0


@pytest.mark.parametrize("log_format", sorted(WRITERS))
@pytest.mark.parametrize("keep", range(1, 400, 13))
def test_a_log_cut_anywhere_loses_at_most_the_entry_that_was_cut(
    log_format: str, keep: int
) -> None:
    whole = WRITERS[log_format]([Entry(message=TEXTS[0], ms=each) for each in range(3)])
    last = WRITERS[log_format]([Entry(message=TEXTS[1], ms=9)])

    found = read(whole + last[:keep], SPLITTERS[log_format])

    assert found.calls()["SELECT a FROM t WHERE b = ?"] >= 3
    assert found.absorber.digest.executions <= 4
    assert found.books.unparsed_bytes <= min(keep, len(last))


@pytest.mark.parametrize("columns", [23, 24, 26])
def test_csvlog_of_every_version_is_read(columns: int) -> None:
    data = csvlog([Entry(message=TEXTS[1], application='my "app", too')], columns)

    found = read(data, SPLITTERS["csvlog"])

    assert found.times() == {"SELECT a FROM t WHERE b = ?": (1, 20)}
    assert found.absorber.actors.origins() == [("alice", "shop", 'my "app", too')]


@pytest.mark.parametrize("order", [(23, 24, 26), (26, 23, 24), (24, 26, 23)])
def test_records_of_several_versions_may_stand_in_one_csvlog(order: tuple[int, ...]) -> None:
    data = b"".join(
        csvlog([Entry(message=TEXTS[1], application=f"web {columns}")], columns)
        for columns in order
    )

    found = read(data, SPLITTERS["csvlog"])

    assert found.calls() == {"SELECT a FROM t WHERE b = ?": 3}
    assert found.absorber.actors.origins() == [
        ("alice", "shop", f"web {columns}") for columns in order
    ]
    assert found.books.unparsed_bytes == 0


def test_csv_records_with_a_comma_more_and_a_comma_less_are_lost_for_themselves() -> None:
    good = csvlog([Entry(message=TEXTS[0])])
    more, less = good.replace(b",LOG,", b",,LOG,"), good.replace(b",LOG,", b"LOG,")

    found = read(good + more + less + good, SPLITTERS["csvlog"])

    assert found.calls() == {"SELECT a FROM t WHERE b = ?": 2}
    assert found.books.unparsed_lines == 2
    assert found.books.unparsed_bytes == len(more) + len(less)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_lines_inside_csv_messages_are_counted_where_they_stand(end: bytes) -> None:
    lost = b"no record\n"
    last = csvlog([Entry(message=TEXTS[0])]).rstrip(b"\n") + end

    found = read(csvlog([Entry(message=TEXTS[1])]) + lost + last, SPLITTERS["csvlog"])

    assert books(found) == (found.books.bytes_read, 5)
    assert [(first + each.line, each.sample) for first, each in found.books.leftovers] == [
        (3, "no record")
    ]


def test_a_csv_record_cut_off_inside_quotes_does_not_swallow_those_behind() -> None:
    """A crash leaves half a record; the server then goes on in a line of its own."""
    cut = csvlog([Entry(message=TEXTS[1])])
    half = cut[: cut.index(b"\nFROM t")] + b"\n"
    good = csvlog([Entry(message=TEXTS[0], ms=each) for each in range(4)])

    found = read(good + half + good + half + good, SPLITTERS["csvlog"])

    assert found.calls() == {"SELECT a FROM t WHERE b = ?": 12}
    assert found.books.unparsed_bytes == 2 * len(half)


def test_a_log_pasted_into_a_message_stays_in_it() -> None:
    inner = csvlog([Entry(message="duration: 9.000 ms  statement: SELECT z")])
    outer = (
        "duration: 1.000 ms  statement: INSERT INTO logs VALUES ('\n" + inner.decode() * 40 + "')"
    )
    data = csvlog([Entry(message=outer), Entry(message=TEXTS[0])])

    found = read(data, SPLITTERS["csvlog"], sizes=[500])

    assert found.calls() == {"INSERT INTO logs VALUES (?)": 1, "SELECT a FROM t WHERE b = ?": 1}


@pytest.mark.parametrize("bad", ['\r"', "\x1f", '""x', "[" * 3000])
def test_odd_names_do_not_stop_the_reading(bad: str) -> None:
    rows = csvlog([Entry(message=TEXTS[0])]).replace(b'"alice"', bad.encode())
    lines = jsonlog([Entry(message=TEXTS[0])]).replace(b'"alice"', bad.encode())

    for data, log_format in ((rows, "csvlog"), (lines, "jsonlog")):
        found = read(data, SPLITTERS[log_format])

        assert found.books.bytes_read == len(data)


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        (rb"a\\nb", rb"a\nb"),
        (rb"a\"b\\", rb'a"b' + b"\\"),
        (rb"\u0041\u00e9", "Aé".encode()),
        (rb"x\u0000y", b"x y"),
        (rb"\ud83d\ude00", "😀".encode()),
        (rb"\ud800", b"?"),
        (rb"a\/b\tc", b"a/b\tc"),
    ],
)
def test_json_escapes_are_undone(escaped: bytes, text: bytes) -> None:
    data = jsonlog([Entry(message="duration: 1.000 ms  statement: SELECT 'X'")])

    found = read(data.replace(b"X", escaped), SPLITTERS["jsonlog"])
    slowest = found.absorber.examples.slowest(0)

    assert slowest is not None
    assert slowest.text.encode() == b"SELECT '" + text + b"'"


def test_lines_of_other_programs_between_entries_are_counted_and_shown() -> None:
    good = stderr([Entry(message=TEXTS[1])])
    data = good + b"cp: cannot stat 'x'\n" + good + b"\tmore of cp\n"

    found = read(data[: data.index(b"cp:")] + b"cp: no\n\n" + good, SPLITTERS["stderr"])

    assert found.absorber.digest.executions == 2
    assert (found.books.unparsed_lines, found.books.unparsed_bytes) == (1, 7)
    assert [each.sample for _, each in found.books.leftovers] == ["cp: no"]


def test_what_is_attached_stays_with_its_own_entry() -> None:
    data = stderr(
        [
            Entry(
                message="boom",
                severity="ERROR",
                detail="why",
                context="where",
                statement="SELECT x",
            ),
            Entry(message="bang", severity="ERROR", statement="SELECT\ny"),
        ]
    )

    entries_read = SPLITTERS["stderr"]().split(data).entries
    text = entries_read.buffer.data
    attached = [
        tuple(
            text[a:b]
            for a, b in zip(
                (
                    entries_read.detail_start[at],
                    entries_read.context_start[at],
                    entries_read.statement_start[at],
                ),
                (
                    entries_read.detail_end[at],
                    entries_read.context_end[at],
                    entries_read.statement_end[at],
                ),
                strict=True,
            )
        )
        for at in range(2)
    ]

    assert entries_read.severity.tolist() == [Severity.ERROR, Severity.ERROR]
    assert attached == [(b"why", b"where", b"SELECT x"), (b"", b"", b"SELECT\n\ty")]


def test_a_log_without_prefix_gives_counts() -> None:
    data = b"LOG:  duration: 1.000 ms  statement: SELECT 1\n\tFROM t\nLOG:  duration: 2.000 ms\n"

    assert read(data, stderr_splitter("")).times() == {"SELECT ? FROM t": (1, 1000)}


def test_a_long_text_before_the_time_is_no_obstacle() -> None:
    make = stderr_splitter("x" * 70 + " %m %p ")

    assert read(b"LOG:  a\n", make).books.unparsed_lines == 1
