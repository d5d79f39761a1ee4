"""Patterns of .gitignore files mean what gitignore(5) says."""

import subprocess
from pathlib import Path

import pytest

from aegis_cli.sources.python_code.gitignore import is_ignored, read_ignore_file

PATHS = (
    "a.py",
    "build.py",
    "deep/a.py",
    "deep/er/a.py",
    "deep/er/b.txt",
    "out/a.py",
    "deep/out/a.py",
    "x[1].py",
    "x1.py",
)


@pytest.mark.parametrize(
    "pattern",
    [
        "a.py",
        "/a.py",
        "*.txt",
        "out/",
        "/out/",
        "deep/*.py",
        "deep/**",
        "**/er/*",
        "deep/**/a.py",
        "?1.py",
        "x[0-9].py",
        "x[!0-9].py",
        "*.py\n!a.py",
        "# a.py",
        "b*",
        "deep/er",
    ],
)
def test_a_pattern_excludes_what_git_excludes(pattern: str, tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text(f"{pattern}\n", encoding="utf-8")
    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path, check=True)
    asked = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin"],
        cwd=tmp_path,
        input="\n".join(PATHS),
        capture_output=True,
        text=True,
        check=False,
    )
    own = read_ignore_file(tmp_path)
    files = [own] if own is not None else []

    def excluded(path: str) -> bool:
        parts = path.split("/")
        return any(
            is_ignored(
                str(tmp_path / "/".join(parts[:count])), is_folder=count < len(parts), files=files
            )
            for count in range(1, len(parts) + 1)
        )

    assert [path for path in PATHS if excluded(path)] == asked.stdout.split()
