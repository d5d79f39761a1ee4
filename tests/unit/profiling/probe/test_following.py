"""The small parts of what is followed: tallies, names, places, patterns of targets."""

import asyncio.base_events
import sys
from collections.abc import Callable
from threading import Thread
from types import FrameType

import pytest

from aegis_cli.profiling.probe import constructions, runtime
from aegis_cli.profiling.probe.loop_code import UnknownSource, timed
from aegis_cli.profiling.probe.outgoing import path_pattern, url_pattern
from aegis_cli.profiling.probe.places import Places
from aegis_cli.profiling.probe.tally import Names, Tally
from aegis_cli.profiling.probe.wrapping import replace
from aegis_cli.profiling.probe.wrapping import timed as timed_call


def test_a_tally_adds_up_by_place_and_name() -> None:
    tally = Tally()

    tally.note(1, 2, 5_000, 0)
    tally.note(1, 2, 7_000, 1)
    tally.note(1, 3, 1_000, 0)

    assert sorted(tally.take()) == [[1, 2, 2, 12, 7, 1], [1, 3, 1, 1, 1, 0]]
    assert tally.take() == []


def test_no_note_of_any_thread_is_lost() -> None:
    tally = Tally()

    def note() -> None:
        for _ in range(15_000):
            tally.note(1, 1, 1000, 0)

    threads = [Thread(target=note) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    # Whoever found the lock taken left its notes to the next.
    (row,) = tally.take()
    assert row[2] == 60_000


def test_a_name_is_told_once_and_shortened() -> None:
    names = Names()

    numbers = [names.number("a" * 500), names.number("b"), names.number("a" * 500)]

    assert numbers == [1, 2, 1]
    assert names.fresh == [[1, "a" * 200], [2, "b"]]


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/users/17/orders?token=secret#top", "/users/*/orders"),
        ("/v1/things", "/v1/things"),
        ("/files/3fa85f64-5717-4562-b3fc-2c963f66afa6", "/files/*"),
        ("/", "/"),
        ("/a/b/c/d/e/f/g/h", "/a/b/c/d/e/f/…"),
        ("http://proxied.example/path/1", "/path/*"),
    ],
)
def test_paths_lose_what_tells_one_from_another(path: str, pattern: str) -> None:
    assert path_pattern(path) == pattern


def test_a_url_loses_its_password() -> None:
    assert url_pattern("https://user:secret@host:8443/a/1?x=y") == "host:8443/a/*"
    assert url_pattern("https://host?token=secret") == "host"


def frame_of() -> FrameType:
    """Return the frame of this function's caller."""
    return sys._getframe(1)


def test_places_are_told_once_with_the_innermost_frame_first() -> None:
    places = Places()

    def inner() -> int:
        return places.number(frame_of())

    numbers = [inner() for _ in range(2)]

    assert numbers == [1, 1]
    ((number, frames),) = places.fresh
    assert number == 1
    assert isinstance(frames, list)
    assert frames[0][2].endswith("inner")


def test_files_of_python_and_of_packages_are_not_the_users() -> None:
    places = Places()

    assert not places.is_user_file(asyncio.__file__)
    assert not places.is_user_file("/x/site-packages/requests/api.py")
    assert not places.is_user_file("<frozen importlib._bootstrap>")
    assert places.is_user_file("/srv/shop/app.py")


def test_a_function_in_the_place_of_another_passes_for_it() -> None:
    class Library:
        def call(self, number: int) -> int:
            """Say something."""
            return number + 1

    real = Library.__dict__["call"]
    noted: list[int] = []

    def note(_describe: object, args: tuple[int, ...], *_: object) -> None:
        noted.append(args[1])

    def wrap(function: object) -> Callable[..., object]:
        wrapped: Callable[..., object] = timed_call(function, lambda: 0, lambda *_: "", note)
        return wrapped

    replace(Library, "call", wrap)

    assert Library().call(4) == 5
    assert noted == [4]
    assert Library.call.__name__ == "call"
    assert Library.call.__doc__ == "Say something."
    assert vars(Library.call)["__wrapped__"] is real


def test_the_loop_of_this_python_can_be_timed() -> None:
    loop = asyncio.base_events.BaseEventLoop
    given: dict[str, object] = {"clock": float, "marks": {}, "slow": print}

    function, line = timed(vars(loop)["_run_once"], given)

    assert function.__qualname__ == "BaseEventLoop._run_once"
    assert function.__code__.co_filename == vars(loop)["_run_once"].__code__.co_filename
    assert line > function.__code__.co_firstlineno


def test_a_function_that_waits_nowhere_is_refused() -> None:
    with pytest.raises(UnknownSource):
        timed(vars(asyncio.base_events.BaseEventLoop)["call_soon"], {})


def test_the_modules_that_are_followed_are_those_that_are_known() -> None:
    assert sorted(constructions.MADE) == sorted(runtime.MAKING)
