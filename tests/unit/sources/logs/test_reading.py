"""Serial and parallel reading of files give the identical facts, and books that add up."""

from pathlib import Path

import pytest

from aegis_cli.engine.progress import SilentProgress
from aegis_cli.model.facts.executions import StatementProfile
from aegis_cli.sources.logs.absorber import Absorber, Accounting, ParserNumbers
from aegis_cli.sources.logs.chunks import MAX_CHUNK_BYTES
from aegis_cli.sources.logs.inputs import find_inputs
from aegis_cli.sources.logs.parser import ChunkParser
from aegis_cli.sources.logs.profiles import Profiles
from aegis_cli.sources.logs.ranges import file_ranges
from aegis_cli.sources.logs.reader import LogReading, ReadOptions
from aegis_cli.sources.logs.time_window import TimeWindow, time_window
from aegis_cli.sources.logs.workers import FileRange, parse_in_parallel, parse_serially
from tests.unit.sources.logs.log_writer import WRITERS, Entry, stderr
from tests.unit.sources.logs.pipeline import SPLITTERS, Gathered, read

LIST = "SELECT id FROM orders WHERE state = 'new'"
LISTS = (
    "DELETE FROM cart WHERE id IN (1, 2)",
    "DELETE FROM cart WHERE id IN (1, 2, 3)",
    "DELETE FROM cart WHERE id IN (1)",
)


def entries(requests: int) -> list[Entry]:
    """Write requests of several sessions: a list, look-ups, lists of several lengths, writes."""
    found = []
    for number in range(requests):
        texts = [
            LIST,
            *(f"TABLE item OFFSET {100 * each + number}" for each in range(8)),
            LISTS[number % 3],
            "INSERT INTO log VALUES (1, 'a'), (2, '), (')" + ", (3, 'c')" * (number % 3),
        ]
        for at, text in enumerate(texts):
            message = f"duration: {1 + number % 7}.{at:03} ms  statement: {text}"
            found.append(Entry(message=message, ms=10 * number + at, pid=number % 4))
    return found


def _profiles(found: Gathered) -> list[StatementProfile]:
    return list(Profiles(found.absorber, show_literals=True).statements())


def facts(path: Path, form: str, jobs: int) -> tuple[list[object], Accounting]:
    """Read a file with one process, or with several."""

    def make_parser() -> ChunkParser:
        return ChunkParser(SPLITTERS[form]())

    absorber, books = Absorber(), Accounting()
    place = absorber.places.add_input(str(path))
    numbers: dict[int, ParserNumbers] = {}
    with path.open("rb") as file:
        pieces = file_ranges(file.fileno(), SPLITTERS[form]().cut)
        parsed = (
            parse_in_parallel(pieces, make_parser, jobs)
            if jobs > 1
            else parse_serially(pieces, make_parser)
        )
        for parser, chunk in parsed:
            absorber.absorb(chunk, numbers.setdefault(parser, ParserNumbers()), place, books)
    absorber.finish()
    return list(Profiles(absorber, show_literals=True).facts()), books


@pytest.mark.parametrize("form", sorted(WRITERS))
def test_several_processes_give_what_one_gives(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(WRITERS[form](entries(5000)))
    assert path.stat().st_size > 4 << 20

    serial, books = facts(path, form, 1)
    parallel, others = facts(path, form, 2)

    assert parallel == serial
    assert others == books
    assert (books.bytes_read, books.unparsed_bytes) == (path.stat().st_size, 0)


@pytest.mark.parametrize("form", sorted(WRITERS))
def test_a_loop_over_the_border_of_two_rotated_files_is_one(tmp_path: Path, form: str) -> None:
    runs = [Entry(message=f"duration: 0.100 ms  statement: {LIST}")] + [
        Entry(message=f"duration: 0.100 ms  statement: TABLE item OFFSET {each}", ms=each)
        for each in range(1, 13)
    ]
    (tmp_path / "a.1").write_bytes(WRITERS[form](runs[:6]))
    (tmp_path / "a.2").write_bytes(WRITERS[form](runs[6:]))
    found = find_inputs((str(tmp_path / "a.2"), str(tmp_path / "a.1")))
    reading = LogReading(found.inputs, ReadOptions(), SilentProgress())
    for _ in reading.batches():
        pass

    (group,) = reading.gathered.bursts.groups()

    assert [(size.rounds, size.bursts) for size in group.burst_sizes()] == [(12, 1)]


@pytest.mark.parametrize("left", [0, 1000, 3 << 20])
def test_of_a_file_that_was_cut_off_meanwhile_what_is_left_is_read(
    tmp_path: Path, left: int
) -> None:
    path = tmp_path / "postgresql.log"
    path.write_bytes(WRITERS["stderr"](entries(200)) * 25)
    whole = path.stat().st_size

    with path.open("rb+") as file:
        pieces = [FileRange(descriptor=file.fileno(), offset=0, size=whole)]
        file.truncate(left)
        chunks = parse_serially(pieces, lambda: ChunkParser(SPLITTERS["stderr"]()))
        sizes = [chunk.size for _, chunk in chunks]

    assert whole > 3 << 20
    assert sum(sizes) == left
    assert all(sizes)


def test_a_line_read_in_pieces_is_one_line() -> None:
    long = stderr([Entry(message="duration: 1.000 ms  statement: SELECT '" + "x" * 500)])
    data = long + stderr([Entry(message=f"duration: 1.000 ms  statement: {LIST}")])
    parser, absorber, books = ChunkParser(SPLITTERS["stderr"]()), Absorber(), Accounting()
    absorber.places.add_input("a.log")
    numbers = ParserNumbers()

    for begin, end in ((0, 100), (100, 300), (300, 400), (400, len(data))):
        absorber.absorb(parser.parse(data[begin:end]), numbers, 0, books)

    assert books.lines == 2
    assert books.unparsed_lines == 1
    assert books.bytes_read == len(data)


def test_an_endless_entry_is_read_in_bounded_memory() -> None:
    data = stderr([Entry(message="duration: 1.000 ms  statement: SELECT 1")])[:-1]
    found = read(data + b"x" * (MAX_CHUNK_BYTES + 5_000_000) + b"\n" + data, SPLITTERS["stderr"])

    assert found.absorber.digest.executions == 2
    assert (found.books.lines, found.books.unparsed_lines) == (2, 1)


def test_what_lies_outside_the_window_leaves_no_trace() -> None:
    texts = ["SELECT 1", "TABLE t OFFSET 7000", "DELETE FROM t WHERE a IN (1, 2, 3, 4)"]
    outside = [Entry(message=f"duration: 99.000 ms  statement: {text}", ms=1) for text in texts]
    others = ["SELECT 2", "TABLE t OFFSET 3", "DELETE FROM t WHERE a IN (1, 2)"]
    inside = [Entry(message=f"duration: 1.000 ms  statement: {text}", ms=9000) for text in others]
    window = time_window("2026-11-23 20:00:05", None)

    parted = read(stderr([*outside, *inside]), SPLITTERS["stderr"], window=window)
    alone = read(stderr(inside), SPLITTERS["stderr"])

    assert [each.example for each in _profiles(parted)] == [
        each.example for each in _profiles(alone)
    ]
    assert [each.offsets for each in _profiles(parted)] == [
        each.offsets for each in _profiles(alone)
    ]
    assert [each.max_list_items for each in _profiles(parted)] == [
        each.max_list_items for each in _profiles(alone)
    ]
    assert parted.times() == alone.times()
    assert parted.books.bytes_read == len(stderr([*outside, *inside]))


def test_an_open_window_holds_what_has_no_time() -> None:
    data = b"LOG:  duration: 1.000 ms  statement: SELECT 1\n"

    assert read(data, SPLITTERS["no prefix"], window=TimeWindow()).times() != {}
    assert read(data, SPLITTERS["no prefix"], window=TimeWindow(until_us=9)).times() == {}
