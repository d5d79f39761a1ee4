"""What must not be in the tree: addresses of registries, paths of a machine, odd files."""

import re
import tomllib
from pathlib import Path

from tests.project.tree import PLUGINS, ROOT, relative, tracked_files

# Put together here, so that this file does not hold what it looks for.
REGISTRY = re.compile(
    "|".join(
        (
            r"https?://\S*/" + "simple/?",
            "python" + r"hosted\.org",
            "pypi" + r"\.org",
            "(?:extra-)?index" + "-url",
            "registry" + r"\.npmjs",
        )
    )
)
BINARY = {".gz", ".bz2", ".xz", ".zst", ".png", ".jpg"}


def texts() -> list[tuple[str, str]]:
    """Return name and content of every tracked text file."""
    return [
        (relative(path), path.read_text(encoding="utf-8", errors="replace"))
        for path in tracked_files()
        if path.suffix not in BINARY
    ]


def test_no_address_of_a_registry() -> None:
    assert [name for name, text in texts() if REGISTRY.search(text)] == []


def test_no_path_of_this_machine() -> None:
    places = {f"{ROOT}/", f"{Path.home()}/"} - {"/", "/root/"}

    assert [name for name, text in texts() if any(place in text for place in places)] == []


def test_no_file_of_somebodys_home() -> None:
    home = re.compile(r"/(?:home|Users)/[a-z][a-z0-9_-]*/")

    assert [name for name, text in texts() if home.search(text)] == []


def test_names_of_modules_are_plain() -> None:
    odd = re.compile(r"[^A-Za-z0-9._/\[\]-]")

    assert [relative(path) for path in tracked_files() if odd.search(relative(path))] == []


def test_every_ignored_lint_rule_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.partition("[tool.ruff.lint]")[2].partition("[tool.ruff.lint.pydocstyle]")[0]

    unexplained = [
        line
        for line in block.splitlines()
        if re.match(r'\s+"[A-Z]+\d+",', line) and "#" not in line
    ]

    assert unexplained == []


def test_the_version_of_python_is_the_same_everywhere() -> None:
    versions = {
        tomllib.loads((ROOT / path / "pyproject.toml").read_text(encoding="utf-8"))["project"][
            "requires-python"
        ]
        for path in (".", *PLUGINS)
    }

    assert len(versions) == 1
