"""Path patterns and comments silence a rule at a place, and nowhere else."""

import pytest

from aegis_cli.engine.suppression import PathIgnore, is_suppressed, matches, silences
from aegis_cli.model.location import CodeLocation, Location, LogLocation, ObjectLocation
from tests.unit.engine.builders import a_finding, a_rule

RULE = a_rule("AEG1103", "query-in-loop")


def nothing(_path: str) -> tuple[str, ...]:
    return ()


def suppressed(*locations: Location, ignores: tuple[PathIgnore, ...] = (), line: str = "") -> bool:
    finding = a_finding(rule=RULE, locations=locations)
    return is_suppressed(finding, ignores, lambda _: ("first", line))


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("shop/migrations/0001.py", "shop/migrations/*", True),
        ("shop/migrations/old/0001.py", "shop/migrations/*", False),
        ("shop/migrations/old/0001.py", "shop/migrations/**", True),
        ("shop/views.py", "views.py", True),
        ("shop/views.py", "*.py", True),
        ("shop/previews.py", "views.py", False),
        ("./shop/views.py", "shop/*.py", True),
        ("shop\\views.py", "shop/views.py", True),
        ("shop/views.py", "**/views.py", True),
        ("views.py", "**/views.py", True),
        ("a.log", "?.log", True),
        ("ab.log", "?.log", False),
        ("a+b.log", "a+b.log", True),
    ],
)
def test_patterns_match_paths(path: str, pattern: str, *, expected: bool) -> None:
    assert matches(path, pattern) is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = 1  # aegis: ignore[AEG1103]", True),
        ("x = 1  # aegis: ignore[query-in-loop]", True),
        ("x = 1  # aegis: ignore[AEG1101, AEG11]", True),
        ("x = 1  # aegis: ignore[AEG2102]", False),
        ("x = 1  # aegis: ignore", True),
        ("x = 1  # AEGIS: Ignore[aeg1103]", True),
        ("x = 1  # noqa: AEG1103", True),
        ("x = 1  # noqa: E501, aeg1103", True),
        ("x = 1  # noqa: E501", False),
        ("x = 1  # noqa", False),
        ("x = 1", False),
    ],
)
def test_comments_silence_the_rules_they_name(line: str, *, expected: bool) -> None:
    assert silences(line, RULE) is expected


def test_a_pattern_silences_only_its_selectors() -> None:
    place = LogLocation(path="old/app.log", line=3)

    for selectors, expected in ((("AEG1103",), True), (("AEG2102",), False), (("all",), True)):
        ignores = (PathIgnore(pattern="old/*", selectors=selectors),)
        assert suppressed(place, ignores=ignores) is expected


def test_only_the_primary_location_counts() -> None:
    here, there = CodeLocation(path="a.py"), CodeLocation(path="b.py")
    ignores = (PathIgnore(pattern="b.py", selectors=("all",)),)

    assert not suppressed(here, there, ignores=ignores)
    assert suppressed(there, here, ignores=ignores)


def test_an_object_has_no_path() -> None:
    table = ObjectLocation(server="db", kind="table", name="a.py")

    assert not suppressed(table, ignores=(PathIgnore(pattern="*", selectors=("all",)),))


def test_a_comment_on_the_line_silences() -> None:
    comment = "run()  # aegis: ignore[AEG1103]"

    assert suppressed(CodeLocation(path="a.py", line=2), line=comment)
    assert not suppressed(CodeLocation(path="a.py", line=1), line=comment)


@pytest.mark.parametrize("line", [None, 0, 3])
def test_a_line_that_is_not_there_silences_nothing(line: int | None) -> None:
    assert not suppressed(CodeLocation(path="a.py", line=line), line="# aegis: ignore")


def test_a_finding_without_a_place_is_never_silenced() -> None:
    assert not is_suppressed(a_finding(), (PathIgnore(pattern="**", selectors=("all",)),), nothing)
