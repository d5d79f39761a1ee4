"""What people see: `aegis explain-queries` on a small real log, kept in three formats."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.golden.update import Golden

FOLDER = Path(__file__).parent / "explain_queries"
FORMATS = {"text": "txt", "json": "json", "markdown": "md"}
VOLATILE = (
    (re.compile(r'("started_at": )"[^"]*"'), r'\1"2026-01-01T00:00:00+00:00"'),
    (re.compile(r'("elapsed_s": )[\d.e-]+'), r"\g<1>0.1"),
    (re.compile(r"(Examined: .* \()[\d.]+ m?s\)"), r"\g<1>0.1 s)"),
    (re.compile(r'("tool": \{[^}]*"version": )"[^"]*"'), r'\1"0"'),
)


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_the_report_is_the_kept_one(golden: Golden, tmp_path: Path, form: str) -> None:
    shutil.copy(FOLDER / "shop.log", tmp_path)
    (tmp_path / "aegis.toml").write_text("", encoding="utf-8")
    clean = {key: value for key, value in os.environ.items() if not key.startswith("AEGIS_")}

    done = subprocess.run(
        [sys.executable, "-m", "aegis_cli", "explain-queries", "shop.log", "--format", form],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=tmp_path,
        env={**clean, "COLUMNS": "80", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"},
        timeout=60,
    )

    output = done.stdout
    for pattern, replacement in VOLATILE:
        output = pattern.sub(replacement, output)
    assert (done.returncode, done.stderr) == (0, "")
    golden(FOLDER / f"report.{FORMATS[form]}", output)
