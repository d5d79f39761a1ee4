"""The nearest file is found, parsed, and every problem in it is told at once."""

from pathlib import Path

import pytest

from aegis_cli.configuration.load import load_configuration
from aegis_cli.configuration.values import Configuration, FailOn
from aegis_cli.engine.suppression import PathIgnore
from aegis_cli.model.errors import ConfigError
from aegis_cli.model.severity import Severity
from aegis_cli.model.text import Language

COMMANDS = ("explain-queries", "rules", "report")

EVERYTHING = """
format = "json"
output = "out.json"
fail-on = "high"
lang = "ko"
select = ["AEG11"]
ignore = "AEG1106, deep-offset"
baseline = "baseline.json"
plugins = ["tools/aegis_rules.py"]
require-plugins = ["example"]
show-literals = true
strict = true

[per-path-ignores]
"old/*" = ["all"]

[rules.n-plus-one]
min-repeats = 7

[explain-queries]
log-line-prefix = "%m [%p] "
since = ["a", "b"]
"""


def load(folder: Path, text: str, name: str = "aegis.toml") -> Configuration:
    (folder / name).write_text(text, encoding="utf-8")
    return load_configuration(None, folder, COMMANDS)


def problems(folder: Path, text: str) -> list[str]:
    return [str(each) for each in load(folder, text).problems]


def test_every_key_is_read(tmp_path: Path) -> None:
    assert load(tmp_path, EVERYTHING) == Configuration(
        path=str(tmp_path / "aegis.toml"),
        root=str(tmp_path),
        format="json",
        output="out.json",
        fail_on=FailOn.HIGH,
        lang=Language.KO,
        select=("AEG11",),
        ignore=("AEG1106", "deep-offset"),
        per_path_ignores=(PathIgnore(pattern="old/*", selectors=("all",)),),
        baseline="baseline.json",
        plugins=("tools/aegis_rules.py",),
        require_plugins=("example",),
        show_literals=True,
        strict=True,
        rules={"n-plus-one": {"min-repeats": 7}},
        commands={"explain-queries": {"log-line-prefix": "%m [%p] ", "since": ("a", "b")}},
    )


def test_without_a_file_nothing_is_configured(tmp_path: Path) -> None:
    found = load_configuration(None, tmp_path, COMMANDS)

    assert found.path is None or not Path(found.path).is_relative_to(tmp_path)


def test_the_nearest_file_upwards_wins(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "aegis.toml").write_text('format = "html"', encoding="utf-8")
    (tmp_path / "a" / ".aegis.toml").write_text('format = "json"', encoding="utf-8")

    assert load_configuration(None, inner, COMMANDS).format == "json"


def test_pyproject_is_read_where_it_names_us(tmp_path: Path) -> None:
    found = load(tmp_path, '[tool.aegis]\nformat = "json"', "pyproject.toml")

    assert found.format == "json"


def test_pyproject_without_our_table_does_not_stop_the_search(tmp_path: Path) -> None:
    inner = tmp_path / "a"
    inner.mkdir()
    (inner / "pyproject.toml").write_text("[tool.other]", encoding="utf-8")
    (tmp_path / "aegis.toml").write_text('format = "json"', encoding="utf-8")

    assert load_configuration(None, inner, COMMANDS).format == "json"


def test_our_own_file_wins_over_pyproject_beside_it(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.aegis]\nformat = "html"', encoding="utf-8")

    assert load(tmp_path, 'format = "json"').format == "json"


def test_a_named_file_is_taken_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    path.write_text('format = "json"', encoding="utf-8")

    assert load_configuration(path, tmp_path, COMMANDS).format == "json"


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = """
formt = "json"
fail-on = "hihg"
lang = 3
select = [1]
show-literals = "yes"
plugins = true
rules = 1

[explain-querys]

[per-path-ignores]
"a" = 1

[report]
x = { y = 1 }
"""

    severities = "low, medium, high, critical, never"
    assert sorted(problems(tmp_path, text)) == [
        "explain-querys: unknown key 'explain-querys', did you mean 'explain-queries'?",
        f"fail-on: expected one of {severities}, not 'hihg', did you mean 'high'?",
        "formt: unknown key 'formt', did you mean 'format'?",
        "lang: expected one of en, ko, not 3",
        "per-path-ignores.a: expected a list of texts, not 1",
        "plugins: expected a list of texts, not True",
        "report.x: expected a number, a text, true or false, not {'y': 1}",
        "rules: expected a table, not 1",
        "select: expected a list of texts, not [1]",
        "show-literals: expected true or false, not 'yes'",
    ]


def test_keys_in_pyproject_are_told_with_their_full_path(tmp_path: Path) -> None:
    found = load(tmp_path, "[tool.aegis.rules]\nx = 1", "pyproject.toml")

    assert [each.key for each in found.problems] == ["tool.aegis.rules.x"]


@pytest.mark.parametrize("text", ["format = ", "\x00", "a = 1\na = 2"])
def test_invalid_toml_is_an_error_with_the_path(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"aegis\.toml: no valid TOML"):
        load(tmp_path, text)


def test_a_wrong_encoding_is_an_error_with_the_path(tmp_path: Path) -> None:
    (tmp_path / "aegis.toml").write_bytes(b'format = "\xff"')

    with pytest.raises(ConfigError, match=r"aegis\.toml: no valid TOML"):
        load_configuration(None, tmp_path, COMMANDS)


def test_a_named_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load_configuration(tmp_path / "none.toml", tmp_path, COMMANDS)


def test_a_named_pyproject_without_our_table_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("[project]", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"no \[tool\.aegis\] table"):
        load_configuration(path, tmp_path, COMMANDS)


def test_our_name_for_something_else_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"tool\.aegis: expected a table"):
        load(tmp_path, "[tool]\naegis = 1", "pyproject.toml")


@pytest.mark.parametrize(
    ("fail_on", "severity", "expected"),
    [
        (FailOn.LOW, Severity.LOW, True),
        (FailOn.MEDIUM, Severity.LOW, False),
        (FailOn.HIGH, Severity.CRITICAL, True),
        (FailOn.CRITICAL, Severity.HIGH, False),
        (FailOn.NEVER, Severity.CRITICAL, False),
    ],
)
def test_fail_on_is_reached_from_its_severity_on(
    fail_on: FailOn, severity: Severity, *, expected: bool
) -> None:
    assert fail_on.is_reached_by(severity) is expected
