"""What py-spy writes becomes stacks with their times."""

import json
from pathlib import Path

import pytest

from aegis_cli.model.code_origin import CodeOrigin
from aegis_cli.model.errors import SourceError
from aegis_cli.model.facts.samples import (
    SampledTime,
)
from aegis_cli.profiling.attach.stacks import Functions, read_dumped, read_sampled

APP = """import functools

class Cart:
    @property
    @functools.cache
    def total(self):
        return [n for n in range(9)]

def outer():
    def inner():
        return 1
    return inner()
"""
LIBRARY = "/usr/lib/python3.12/threading.py"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """Return the path of a source file."""
    path = tmp_path / "app.py"
    path.write_text(APP)
    return path


def _frame(path: Path | str, name: str, line: int) -> dict[str, object]:
    return {"name": name, "file": str(path), "line": line, "col": None}


def _written(path: Path, frames: list[dict[str, object]], profiles: list[object]) -> Path:
    path.write_text(json.dumps({"shared": {"frames": frames}, "profiles": profiles}))
    return path


def _profile(name: str, samples: list[list[int]]) -> dict[str, object]:
    return {"name": name, "samples": samples, "weights": [0.01] * len(samples)}


def test_looks_at_equal_stacks_are_added_up(app: Path, tmp_path: Path) -> None:
    frames = [_frame(app, "<module>", 9), _frame(app, "outer", 12), _frame("", "process 1", 0)]
    profile = _profile('Thread 77 "MainThread"', [[2, 0, 1], [2, 0, 1], [0]])
    path = _written(tmp_path / "s.json", frames, [profile])

    twice, once = read_sampled(path, 77, Functions(str(tmp_path)), {77: 15_000})

    assert (twice.pid, twice.thread) == (77, "MainThread")
    assert [frame.function.name for frame in twice.frames] == ["<module>", "outer"]
    assert twice.time == SampledTime(looks=2, wall_us=20_000, cpu_us=10_000)
    assert once.time == SampledTime(looks=1, wall_us=10_000, cpu_us=5_000)


def test_a_thread_without_a_clock_counts_as_running(app: Path, tmp_path: Path) -> None:
    path = _written(
        tmp_path / "s.json", [_frame(app, "outer", 12)], [_profile("Thread 0x7F", [[0]])]
    )

    (stack,) = read_sampled(path, 77, Functions(str(tmp_path)), {})

    assert (stack.thread, stack.time.cpu_us) == ("0x7F", 10_000)


def test_a_thread_has_no_more_time_than_it_was_seen(app: Path, tmp_path: Path) -> None:
    path = _written(tmp_path / "s.json", [_frame(app, "outer", 12)], [_profile("Thread 8", [[0]])])

    (stack,) = read_sampled(path, 77, Functions(str(tmp_path)), {8: 99_000_000})

    assert stack.time.cpu_us == 10_000


@pytest.mark.parametrize(
    ("name", "line", "first"),
    [
        ("Cart.total", 7, 4),
        ("outer", 12, 9),
        ("outer.<locals>.inner", 11, 10),
        ("<module>", 9, 1),
        ("gone", 3, 0),
    ],
)
def test_a_function_is_known_by_the_line_of_its_definition(
    app: Path, tmp_path: Path, name: str, line: int, first: int
) -> None:
    frame = Functions(str(tmp_path)).frame(str(app), name, line)

    assert (frame.function.first_line, frame.line) == (first, line)
    assert frame.function.path == "app.py"


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        (LIBRARY, CodeOrigin.STANDARD),
        ("/usr/lib/python3.12/site-packages/flask/app.py", CodeOrigin.LIBRARY),
        ("/srv/app.py", CodeOrigin.USER),
    ],
)
def test_it_is_told_whose_code_it_is(path: str, origin: CodeOrigin) -> None:
    assert Functions("/srv").frame(path, "f", 1).function.origin is origin


def test_a_dump_says_where_every_thread_is(app: Path, tmp_path: Path) -> None:
    text = json.dumps(
        [
            {
                "pid": 77,
                "thread_id": 1,
                "os_thread_id": 78,
                "thread_name": None,
                "active": True,
                "owns_gil": False,
                "frames": [{"name": "outer", "filename": str(app), "line": 12}],
            }
        ]
    )

    (stack,) = read_dumped(text, 77, Functions(str(tmp_path)))

    assert (stack.thread, stack.is_active, stack.has_interpreter) == ("78", True, False)
    assert stack.frames[0].line == 12


@pytest.mark.parametrize("text", ["", "{}", '[{"pid": 1}]', "[3]"])
def test_what_is_not_of_py_spy_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "s.json"
    path.write_text(text)
    functions = Functions(str(tmp_path))

    with pytest.raises(SourceError):
        list(read_sampled(path, 1, functions, {}))
    if text != "{}":
        with pytest.raises(SourceError):
            read_dumped(text, 1, functions)
