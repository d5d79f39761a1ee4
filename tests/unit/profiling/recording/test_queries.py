"""What was recorded of SQL is read back, also where the recording is damaged."""

import json
from pathlib import Path

import pytest

from aegis_cli.model.facts.captured_queries import CapturedConnection, CapturedQueries, Column
from aegis_cli.model.facts.executions import Attribution, MappedClass, Mapper, Relationship
from aegis_cli.model.location import CodeLocation
from aegis_cli.profiling.probe.sqlcapture import WIDTH
from aegis_cli.profiling.recording.queries import read_queries
from aegis_cli.profiling.recording.run import read_run

PROCESS = {
    "pid": 7,
    "parent_pid": 1,
    "arguments": ["python", "app.py"],
    "executable": "/usr/bin/python",
    "python": "3.11.7",
    "is_forked": False,
    "started_at_ns": 0,
    "monotonic_ns": 0,
    "cpu_ns": 0,
}
READ = [1, 1, 1, 1, 1_700_000_000_000_000, 2500, 3, 99, 0, 1]
ROW = [1, 1, 1, 1, 500_000, 502_500, 3, 99, 0, 1]
"""As it was recorded: start and end on a clock of the program's own."""
EPOCH_NS = 1_700_000_000_000_000_000 - 500_000


def _read(folder: Path, *records: tuple[str, object], tail: bytes = b"") -> CapturedQueries | None:
    bodies = [json.dumps(each).encode() for each in (("process", PROCESS), *records)]
    frames = b"".join(len(each).to_bytes(4, "little") + each for each in bodies)
    (folder / "7-1.rec").write_bytes(frames + tail)
    (process,) = read_run(folder).processes
    return read_queries(process, "/srv/app")


def _told(**fields: object) -> tuple[str, object]:
    return "queries", {
        "texts": [],
        "sites": [],
        "connections": [],
        "lanes": [],
        "epoch_ns": EPOCH_NS,
        **fields,
    }


def test_a_column_stands_for_every_number_of_a_row() -> None:
    assert len(Column) == WIDTH == len(ROW)


def test_everything_told_is_read(tmp_path: Path) -> None:
    frames = [["/srv/app/shop/views.py", 12, "cart"], ["/elsewhere/run.py", 3, "<module>"]]
    read = _read(
        tmp_path,
        _told(
            texts=[[1, "SELECT 1"]],
            sites=[[1, frames, ["django", "Author", "books", True]]],
            connections=[
                [1, "sqlite3", ":memory:", 1, 500_000, 7000],
                [2, "psycopg", "", -1, 500_000, -1],
            ],
            closed=[[1, 900_000], [7, 1]],
            lanes=[
                [1, "MainThread", None, None],
                [2, "worker", "Task-1", None],
                [3, "MainThread", None, "GET /cart"],
            ],
            rows=ROW,
        ),
        _told(rows=[*ROW, *ROW]),
    )

    assert read is not None
    assert (len(read), read.pid) == (3, 7)
    assert read.numbers.tolist() == READ * 3
    assert read.texts == {1: "SELECT 1"}
    assert read.connections == {
        1: CapturedConnection(
            driver="sqlite3",
            database=":memory:",
            opened_us=READ[4],
            setup_us=7,
            closed_us=READ[4] + 400,
            attribution=read.sites[1],
        ),
        2: CapturedConnection(driver="psycopg", database="", opened_us=READ[4], is_inherited=True),
    }
    assert read.lanes == {1: "MainThread", 2: "worker, Task-1", 3: "MainThread"}
    assert read.units == {3: "GET /cart"}
    assert read.sites == {
        1: Attribution(
            code=CodeLocation(path="shop/views.py", line=12, function="cart"),
            callers=(CodeLocation(path="/elsewhere/run.py", line=3, function="<module>"),),
            relationship=Relationship(
                mapper=Mapper.DJANGO, owner="Author", name="books", to_many=True
            ),
        )
    }


def test_a_process_without_statements_has_none(tmp_path: Path) -> None:
    assert _read(tmp_path) is None


def test_a_record_that_was_cut_off_costs_only_itself(tmp_path: Path) -> None:
    body = json.dumps(_told(rows=ROW)).encode()
    cut = len(body).to_bytes(4, "little") + body[:-5]

    read = _read(tmp_path, _told(rows=ROW), tail=cut)

    assert read is not None
    assert len(read) == 1


def test_a_class_without_an_attribute_is_one_whose_objects_are_written(tmp_path: Path) -> None:
    site = [1, [["/srv/app/a.py", 1, "f"]], ["sqlalchemy", "Book", "", True]]

    read = _read(tmp_path, _told(sites=[site], rows=ROW))

    assert read is not None
    assert read.sites[1].relationship is None
    assert read.sites[1].written == MappedClass(mapper=Mapper.SQLALCHEMY, name="Book")


@pytest.mark.parametrize(
    "broken",
    [
        {"rows": ROW[:-1]},
        {"rows": [*ROW[:-1], 1 << 64]},
        {"rows": ROW, "epoch_ns": None},
        {"rows": "none"},
        {"texts": [[1]], "sites": [[1, "x", None]], "connections": [None], "rows": []},
        {"sites": [[1, [], None]], "rows": []},
    ],
)
def test_what_is_not_as_expected_is_left_out(tmp_path: Path, broken: dict[str, object]) -> None:
    read = _read(tmp_path, _told(**broken), _told(rows=ROW))

    assert read is not None
    assert read.numbers.tolist() == READ


@pytest.mark.parametrize(
    ("recorded", "shown"),
    [
        ("/srv/app/a.py", "a.py"),
        ("/srv/application/a.py", "/srv/application/a.py"),
        ("/srv/app/<string>", "<string>"),
    ],
)
def test_paths_are_shown_as_people_type_them(tmp_path: Path, recorded: str, shown: str) -> None:
    site = [1, [[recorded, 1, "f"]], None]
    read = _read(tmp_path, _told(sites=[site], rows=ROW))

    assert read is not None
    code = read.sites[1].code
    assert code is not None
    assert code.path == shown
