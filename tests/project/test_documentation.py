"""Documentation and program say the same: commands, options, rules, changelog, README."""

import re
import subprocess
import sys
from collections.abc import Sequence

import pytest

from aegis_cli.bootstrap import plugin_host, rules_of
from aegis_cli.cli._commands import COMMANDS, CommandEntry
from aegis_cli.cli._group import build_command
from aegis_cli.engine.options import defaults_of
from aegis_cli.hooks.host import Owned
from aegis_cli.model.text import Language
from aegis_cli.usecases.rules import rule_page
from tests.project.tree import ROOT

HOST = plugin_host(installed=False)
OWNED = HOST.detectors()
CHANGELOG = ROOT / "CHANGELOG.md"
SECTIONS = ("Security", "Removed", "Deprecated", "Added", "Changed", "Fixed")
HELP_EXCERPT = re.compile(r"```[a-z]*\n\$ aegis ([a-z -]*)--help\n(.*?)```", re.DOTALL)


def options_of(entry: CommandEntry, *, shared: bool) -> Sequence[str]:
    """Return the long names of a command's own options, or of those all reports have."""
    own = {each.name for each in build_command(entry.name).params}
    common = {each.name for each in build_command("report").params} - {"file", "export"}
    wanted = own & common if shared else own - common
    return [
        name
        for each in build_command(entry.name).params
        if each.name in wanted
        for name in each.opts
        if name.startswith("--")
    ]


def help_of(*arguments: str) -> str:
    """Return what the program itself says, at 80 columns."""
    done = subprocess.run(
        [sys.executable, "-m", "aegis_cli", *arguments, "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={"COLUMNS": "80", "LANG": "C.UTF-8"},
    )
    return done.stdout


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_the_short_help_is_that_of_the_command(entry: CommandEntry) -> None:
    command = build_command(entry.name)

    assert (command.help or "").partition("\n")[0] == entry.summary


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_option_has_help(entry: CommandEntry) -> None:
    missing = [
        each.name for each in build_command(entry.name).params if not getattr(each, "help", None)
    ]

    assert missing == []


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_command_has_a_page_that_names_its_options(entry: CommandEntry) -> None:
    page = (ROOT / "docs" / "commands" / f"{entry.name}.md").read_text(encoding="utf-8")

    assert [name for name in options_of(entry, shared=False) if name not in page] == []
    assert f"aegis {entry.name}" in page


def test_the_shared_options_have_a_page() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    (report,) = [entry for entry in COMMANDS if entry.name == "report"]

    assert [name for name in options_of(report, shared=True) if f"`{name}" not in page] == []


@pytest.mark.parametrize("owned", OWNED, ids=lambda owned: owned.rule.code)
@pytest.mark.parametrize("language", list(Language))
def test_every_rule_has_a_page_that_names_its_options(owned: Owned, language: Language) -> None:
    folder = ROOT / "aegis_cli" / "rules" / "pages" / language

    page = (folder / f"{owned.rule.code}.md").read_text(encoding="utf-8")

    names = defaults_of(owned.detector.options_type)
    spellings = {name: (f"`{name}`", f"`{name.replace('-', '_')}`") for name in names}
    assert [
        name for name, both in spellings.items() if not any(each in page for each in both)
    ] == []
    assert owned.rule.name in page
    assert rule_page(OWNED, owned.rule.name, language) == page


@pytest.mark.parametrize("owned", OWNED, ids=lambda owned: owned.rule.code)
def test_every_rule_has_cases(owned: Owned) -> None:
    cases = sorted((ROOT / "tests" / "rules" / owned.rule.name).glob("*"))

    assert len(cases) >= 1


@pytest.mark.parametrize("owned", OWNED, ids=lambda owned: owned.rule.code)
def test_every_rule_is_in_the_changelog(owned: Owned) -> None:
    assert f"`{owned.rule.code}`" in CHANGELOG.read_text(encoding="utf-8")


def test_no_page_is_left_of_a_rule_that_is_gone() -> None:
    codes = {rule.code for rule in rules_of(HOST)}
    pages = {page.stem for page in (ROOT / "aegis_cli" / "rules" / "pages").rglob("*.md")}

    assert sorted(pages - codes) == []


def test_the_changelog_keeps_its_form() -> None:
    lines = CHANGELOG.read_text(encoding="utf-8").splitlines()
    versions = [line for line in lines if line.startswith("## ")]

    assert lines[0] == "# Changelog"
    assert versions[0] == "## [Unreleased]"
    assert [
        line
        for line in versions[1:]
        if not re.fullmatch(r"## \[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", line)
    ] == []


def test_the_sections_of_the_changelog_are_in_order() -> None:
    text = CHANGELOG.read_text(encoding="utf-8")

    for version in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        titles = re.findall(r"^### (.*)$", version, flags=re.MULTILINE)
        assert titles == [each for each in SECTIONS if each in titles]


def test_excerpts_of_help_are_what_the_program_says() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    excerpts = [
        (page.name, words.split(), shown)
        for page in pages
        for words, shown in HELP_EXCERPT.findall(page.read_text(encoding="utf-8"))
    ]

    assert [
        (name, words) for name, words, shown in excerpts if shown.strip() != help_of(*words).strip()
    ] == []


def test_the_readme_shows_the_help() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert HELP_EXCERPT.search(readme) is not None


def test_every_exit_code_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [code for code in ("0", "1", "2", "3", "70", "130") if f"| {code} |" not in readme] == []
