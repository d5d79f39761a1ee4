"""The bundle offers every format by name and imports a renderer only to use it."""

import subprocess
import sys
from collections.abc import Callable

import pluggy
import pytest

import aegis_cli.render as bundle
from aegis_cli.hooks import specs
from aegis_cli.model.report import Report
from aegis_cli.model.text import Language
from tests.unit.render.sample_reports import (
    empty_report,
    hostile_report,
    long_report,
    rich_report,
)

FORMATS = ["text", "json", "markdown", "html", "sarif", "github", "gitlab", "junit"]


def test_the_bundle_registers_through_the_hook_of_plugins() -> None:
    manager = pluggy.PluginManager(specs.PROJECT_NAME)
    manager.add_hookspecs(specs)
    manager.register(bundle)

    (renderers,) = manager.hook.aegis_renderers()

    assert list(renderers) == FORMATS


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("build", [empty_report, rich_report, hostile_report, long_report])
@pytest.mark.parametrize("language", Language)
def test_every_format_renders_every_report_the_same_each_time(
    name: str, build: Callable[[], Report], language: Language
) -> None:
    renderer = bundle.aegis_renderers()[name]

    text = renderer(build(), language)

    assert text.endswith("\n")
    assert text.encode().decode() == text
    assert renderer(build(), language) == text


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("language", Language)
def test_no_format_lets_a_control_character_through(name: str, language: Language) -> None:
    text = bundle.aegis_renderers()[name](hostile_report(), language)

    assert not set(text) & set("\x00\x07\x1b\x9b\r\u202e\u2066\ufffe")
    assert "\\u001b" not in text
    assert "\\u202e" not in text


def test_importing_the_bundle_imports_no_renderer() -> None:
    program = (
        "import sys, aegis_cli.render as r; r.aegis_renderers(); "
        "print([m for m in sys.modules if m.split('.')[0] in ('rich', 'sqlparse', 'pglast') "
        "or m.startswith('aegis_cli.render.')])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", ["json", "sarif", "github", "gitlab", "junit"])
def test_formats_for_machines_need_neither_rich_nor_a_parser(name: str) -> None:
    program = (
        "import sys\n"
        "from tests.unit.render.sample_reports import rich_report\n"
        "from aegis_cli.model.text import Language\n"
        "from aegis_cli.render import aegis_renderers\n"
        f"aegis_renderers()['{name}'](rich_report(), Language.EN)\n"
        "print([m for m in ('rich', 'sqlparse', 'pglast', 'numpy') if m in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
