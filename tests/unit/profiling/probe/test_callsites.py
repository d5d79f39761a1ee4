"""Which frames count as the user's, and how call sites are numbered."""

import sys
from types import CodeType, FrameType
from typing import Any

from aegis_cli.profiling.probe.callsites import CallSites
from aegis_cli.profiling.probe.relationships import Relationships


def _sites() -> CallSites:
    return CallSites(Relationships())


def _through(path: str, call: Any, name: str = "library") -> Any:
    """Call something from a function that seems to be defined in a file of that path."""
    source = f"def {name}(call):\n    return call()\n"
    space: dict[str, Any] = {"__name__": "library"}
    exec(compile(source, path, "exec"), space)  # noqa: S102  # stands in for a library
    return space[name](call)


def _here() -> FrameType:
    return sys._getframe(1)


def test_one_line_has_one_number_and_two_lines_have_two() -> None:
    sites = _sites()

    numbers = [sites.number(sys._getframe()) for _ in range(3)]
    other = sites.number(sys._getframe())

    assert len(set(numbers)) == 1
    assert other not in numbers


def test_library_frames_are_skipped() -> None:
    sites = _sites()

    for path in (
        "/venv/lib/python3.11/site-packages/orm/query.py",
        "/usr/lib/python3/dist-packages/orm.py",
        f"{sys.base_prefix}/lib/python{sys.version_info[0]}.{sys.version_info[1]}/contextlib.py",
        "<frozen importlib._bootstrap>",
        "<string>",
    ):
        _through(path, lambda: sites.number(sys._getframe().f_back))

    frames = [each[1] for each in sites.fresh]
    paths = {str(frame[0][0]) for frame in frames if isinstance(frame, list)}
    assert all(path.endswith("test_callsites.py") for path in paths)


def test_at_most_three_user_frames_are_told_the_innermost_first() -> None:
    sites = _sites()

    def innermost() -> int:
        return sites.number(sys._getframe())

    def middle() -> int:
        return innermost()

    def outer() -> int:
        return middle()

    def outermost() -> int:
        return outer()

    outermost()

    ((_, frames, _),) = sites.fresh
    assert isinstance(frames, list)
    names = [str(each[2]).rpartition(".")[2] for each in frames]
    assert names == ["innermost", "middle", "outer"]


def test_a_stack_without_user_frames_has_no_call_site() -> None:
    sites = _sites()
    code: CodeType = compile("frame = sys._getframe()", "<frozen boot>", "exec")
    space: dict[str, Any] = {"sys": sys}
    exec(code, space)  # noqa: S102  # stands in for a library
    frame = space["frame"]

    assert sites.number(None) == 0
    assert frame.f_code is code


def test_a_command_line_program_is_the_users() -> None:
    sites = _sites()
    space: dict[str, Any] = {"__name__": "__main__", "number": lambda: sites.number(_here())}
    exec(compile("def run():\n    return number()\nrun()", "<string>", "exec"), space)  # noqa: S102  # stands in for a library

    ((_, frames, _),) = sites.fresh
    assert isinstance(frames, list)
    assert len(frames) >= 1


def test_a_child_after_a_fork_tells_its_call_sites_again() -> None:
    sites = _sites()
    before = [sites.number(sys._getframe()) for _ in range(1)]
    sites.forget()
    for _ in range(2):
        sites.number(sys._getframe())

    assert before
    assert len(sites.fresh) == 1


def test_the_relationship_of_a_lazy_load_belongs_to_the_call_site() -> None:
    sites = _sites()

    class Author:
        """A mapped class."""

    class Property:
        """What SQLAlchemy knows of a relationship."""

        class parent:  # noqa: N801  # SQLAlchemy's name
            """A mapper."""

            class_ = Author

        key = "books"
        uselist = True

    class Strategy:
        """A loader strategy."""

        parent_property = Property

    source = "def _emit_lazyload(self, call):\n    return call()\n"
    space: dict[str, Any] = {"__name__": "sqlalchemy.orm.strategies"}
    path = "/venv/lib/python3.11/site-packages/sqlalchemy/orm/strategies.py"
    exec(compile(source, path, "exec"), space)  # noqa: S102  # stands in for a library
    space["_emit_lazyload"](Strategy(), lambda: _number_behind(sites))

    assert sites.fresh[0][2] == ("sqlalchemy", "Author", "books", True)


def _number_behind(sites: CallSites) -> int:
    """Return the number of the stack from the library's frame on, as a driver below it would."""
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_code.co_name != "_emit_lazyload":
        frame = frame.f_back
    return sites.number(frame)


def _library() -> dict[str, Any]:
    """Return functions of a library that call what they are given, through one, two and three."""
    source = (
        "def execute(call):\n    return call()\n"
        "def load(call):\n    return execute(call)\n"
        "def load_all(call):\n    return load(call)\n"
    )
    space: dict[str, Any] = {"__name__": "library"}
    exec(compile(source, "/venv/lib/python3.11/site-packages/orm.py", "exec"), space)  # noqa: S102  # stands in for a library
    return space


_LIBRARY = _library()


def _lines(sites: CallSites) -> dict[int, int]:
    """Return the line of the innermost frame of each site told so far."""
    told: dict[int, int] = {}
    for number, frames, _ in sites.fresh:
        assert isinstance(number, int)
        assert isinstance(frames, list)
        told[number] = frames[0][1]
    return told


def test_a_remembered_way_leads_to_the_line_that_runs_the_statement_now() -> None:
    sites = _sites()

    def run() -> int:
        return sites.number_at(2, 1)

    numbers = [_LIBRARY["load"](run) for _ in range(3)]
    elsewhere = _LIBRARY["load"](run)

    assert len(set(numbers)) == 1
    lines = _lines(sites)
    assert lines[elsewhere] == lines[numbers[0]] + 1


def test_another_way_to_the_same_statement_is_not_taken_for_the_known_one() -> None:
    sites = _sites()

    def run() -> int:
        return sites.number_at(2, 1)

    def numbers() -> list[int]:
        return [
            _LIBRARY["execute"](run),
            _LIBRARY["load"](run),
            _LIBRARY["load_all"](run),
        ]

    first, second = (numbers() for _ in range(2))
    assert first == second
    assert len(set(first)) == 3


def test_a_call_site_that_is_known_takes_a_relationship_found_elsewhere() -> None:
    sites = _sites()
    number = sites.number(sys._getframe())

    assert sites.again(number, 0) == number
    assert sites.again(1234, 1) == 1234, "a number that was never given stays"


class _Waiting:
    """Stands in for a greenlet that waits."""

    def __init__(self, gr_frame: FrameType) -> None:
        self.gr_frame = gr_frame


def test_the_stack_goes_on_in_the_greenlet_that_a_bridge_runs() -> None:
    sites = _sites()
    source = "def greenlet_spawn(context, call):\n    return call()\n"
    space: dict[str, Any] = {"__name__": "sqlalchemy.util.concurrency"}
    path = "/venv/lib/python3.11/site-packages/sqlalchemy/util/concurrency.py"
    exec(compile(source, path, "exec"), space)  # noqa: S102  # stands in for a library
    inside = _ended_at_a_user_frame()

    def number_behind_the_bridge() -> int:
        frame: FrameType | None = sys._getframe()
        while frame is not None and frame.f_code.co_name != "greenlet_spawn":
            frame = frame.f_back
        return sites.number(frame)

    space["greenlet_spawn"](_Waiting(inside), number_behind_the_bridge)

    ((_, frames, _),) = sites.fresh
    assert isinstance(frames, list)
    names = [str(each[2]) for each in frames]
    assert names[0] == "_ended_at_a_user_frame"
    assert names[1] == "test_the_stack_goes_on_in_the_greenlet_that_a_bridge_runs"


def _ended_at_a_user_frame() -> FrameType:
    """Return the frame of this call, which nobody is behind any more once it has returned."""
    return sys._getframe()


def test_a_stack_that_is_not_deep_enough_has_no_call_site() -> None:
    sites = _sites()

    assert sites.number_at(10_000, 1) == 0
