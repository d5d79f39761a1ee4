"""Our entries are hidden from the program and handed on to its children."""

import pytest

from aegis_cli.profiling.probe.environment import (
    PATH,
    SETTINGS,
    Environment,
    is_deaf,
    with_folder,
    without_folder,
)

OURS = b"/aegis/injected"
ENVIRONMENT = Environment(OURS, b"{}")


@pytest.mark.parametrize("path", [None, b"", b"/a", b"/a:/b", b"/a::/b", b":"])
def test_a_search_path_comes_back_as_it_was(path: bytes | None) -> None:
    assert without_folder(OURS, with_folder(OURS, path)) == path


def test_a_search_path_that_is_not_ours_stays() -> None:
    assert without_folder(OURS, b"/other:/aegis/injected") == b"/other:/aegis/injected"


def test_a_child_gets_our_entries_beside_its_own() -> None:
    extended = ENVIRONMENT.extend({"A": "1", b"PYTHONPATH": b"/own"})

    assert extended == {b"A": b"1", PATH: OURS + b":/own", SETTINGS: b"{}"}


def test_a_run_within_a_run_keeps_its_own_settings() -> None:
    own = {SETTINGS: b"inner", PATH: b"/inner"}

    assert ENVIRONMENT.extend(own) == own
    assert ENVIRONMENT.extend_list([SETTINGS + b"=inner"]) == [SETTINGS + b"=inner"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], [PATH + b"=" + OURS, SETTINGS + b"={}"]),
        ([b"A=1"], [b"A=1", PATH + b"=" + OURS, SETTINGS + b"={}"]),
        (
            [PATH + b"=/own", b"A=1"],
            [PATH + b"=" + OURS + b":/own", b"A=1", SETTINGS + b"={}"],
        ),
        ([PATH + b"="], [PATH + b"=" + OURS + b":" + OURS, SETTINGS + b"={}"]),
    ],
)
def test_an_environment_as_a_list_is_extended_alike(
    given: list[bytes], expected: list[bytes]
) -> None:
    assert ENVIRONMENT.extend_list(given) == expected


@pytest.mark.parametrize(
    "line", ["python -I x.py", "/usr/bin/python3.12 -sE -m x", "python -X dev -S", "python -OIc 1"]
)
def test_an_interpreter_may_leave_its_environment_aside(line: str) -> None:
    assert is_deaf(line.split())


@pytest.mark.parametrize(
    "line",
    [
        "python x.py -I",
        "python -m x -I",
        "python -c -I",
        "python -XI",
        "python -W E x",
        "sh -E",
        "",
    ],
)
def test_most_children_do_not(line: str) -> None:
    assert not is_deaf(line.split())
