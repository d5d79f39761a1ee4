"""Run programs under an engine, through us and by the engine's own command."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from aegis_cli.model.report import Cell, Report
from aegis_cli.model.text import Language
from aegis_cli.render.reader import read_report

DEADLINE_S = 120
Row = dict[str, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiled:
    """What a profiled run printed, and its report."""

    status: int
    out: str
    err: str
    report: Report

    def rows(self, section: str) -> list[Row]:
        """Return the rows of a section by column; none if there is no such section."""
        return [
            {column.key: cell for column, cell in zip(each.columns, row, strict=True)}
            for each in self.report.sections
            if each.id == section
            for row in each.rows
        ]

    def skipped(self) -> str:
        """Return everything that the report says could not be examined, and why."""
        return "\n".join(
            f"{each.subject}: {each.reason.pick(Language.EN)}" for each in self.report.skipped
        )


class Workshop:
    """A folder with programs."""

    def __init__(self, folder: Path) -> None:
        """Begin with an empty folder."""
        self.folder = folder

    def write(self, name: str, text: str) -> None:
        """Add a file."""
        (self.folder / name).write_text(text)

    def profile(self, *words: str) -> Profiled:
        """Run `aegis profile` and read its JSON report."""
        path = self.folder / "report.json"
        options = ("--format", "json", "--output", os.fspath(path), "--lang", "en")
        done = self.run("-m", "aegis_cli", "profile", *options, *words)
        assert path.exists(), done.stderr
        report = read_report(path.read_text())
        return Profiled(status=done.returncode, out=done.stdout, err=done.stderr, report=report)

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run Python in the folder."""
        return subprocess.run(
            [sys.executable, *words],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            check=False,
        )


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """Return a folder for programs."""
    return Workshop(tmp_path)
