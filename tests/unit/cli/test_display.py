"""Colour, width and language follow the terminal and the environment."""

import io

import pytest

from aegis_cli.cli._display import display_of, language_of, wants_colour
from aegis_cli.model.text import Language


@pytest.mark.parametrize(
    ("environment", "is_terminal", "expected"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_colour_follows_environment_and_terminal(
    environment: dict[str, str], *, is_terminal: bool, expected: bool
) -> None:
    assert wants_colour(environment, is_terminal) is expected


@pytest.mark.parametrize("wish", [True, False])
def test_an_explicit_wish_wins(*, wish: bool) -> None:
    environment = {"NO_COLOR": "1", "FORCE_COLOR": "1"}

    assert display_of(io.StringIO(), environment, colour=wish).colour is wish


@pytest.mark.parametrize(("encoding", "expected"), [("utf-8", True), ("ascii", False)])
def test_the_encoding_decides_about_characters(encoding: str, *, expected: bool) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)

    assert display_of(stream, {}).unicode is expected


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, Language.EN),
        ({"LANG": "ko_KR.UTF-8"}, Language.KO),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, Language.EN),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ko"}, Language.KO),
        ({"LANG": "de_DE.UTF-8"}, Language.EN),
    ],
)
def test_the_locale_decides_about_the_language(
    environment: dict[str, str], expected: Language
) -> None:
    assert language_of(environment) is expected
