"""A run is kept in one private file, rendered again from it, and exported for other tools."""

import json
import os
import pstats
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SPIN = """
import sys, threading, time

def spin(cpu_s):
    end = time.thread_time() + cpu_s
    while time.thread_time() < end:
        pass

worker = threading.Thread(target=spin, args=(0.2,), name="worker-7")
worker.start()
spin(0.3)
worker.join()
sys.exit(3)
"""
LONGEST_S = 120


def _aegis(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "aegis_cli", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_S,
        env={**os.environ, "COLUMNS": "120", "LANG": "C.UTF-8"},
    )


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Profile a program once, keep the run, and return the folder."""
    folder = tmp_path_factory.mktemp("kept")
    (folder / "spin.py").write_text(SPIN, encoding="utf-8")
    exports = ("speedscope=s.json", "collapsed=c.txt", "pstats=p.pstats", "chrome=t.json")
    words = [word for each in (*exports, "pprof=p.pb.gz") for word in ("--export", each)]
    done = _aegis(
        folder,
        "profile",
        "--save",
        "run.aegis",
        *words,
        "-o",
        "r.json",
        "--format",
        "json",
        "spin.py",
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "")
    return folder


def test_only_the_owner_can_read_what_is_kept(kept: Path) -> None:
    names = ("run.aegis", "s.json", "c.txt", "p.pstats", "t.json", "p.pb.gz")

    assert {oct((kept / name).stat().st_mode & 0o777) for name in names} == {"0o600"}


def test_the_report_of_a_recording_is_that_of_the_run(kept: Path) -> None:
    done = _aegis(kept, "report", "run.aegis", "--format", "json")

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == json.loads((kept / "r.json").read_text(encoding="utf-8"))


def test_a_recording_exports_what_the_run_exported(kept: Path) -> None:
    done = _aegis(kept, "report", "run.aegis", "--export", "pstats=again.pstats", "-o", "r.txt")

    first, second = (vars(pstats.Stats(str(kept / name))) for name in ("p.pstats", "again.pstats"))
    assert done.returncode == 0
    assert first["stats"] == second["stats"]


def test_threads_are_told_apart_with_their_processor_time(kept: Path) -> None:
    document = json.loads((kept / "s.json").read_text(encoding="utf-8"))

    cpu_us = {
        each["name"].partition(" ")[0]: each["endValue"]
        for each in document["profiles"]
        if each["name"].endswith("CPU")
    }
    assert cpu_us["worker-7"] == pytest.approx(200_000, rel=0.5)
    assert cpu_us["MainThread"] >= 250_000


def test_sections_name_the_function_its_line_and_its_source(kept: Path) -> None:
    report = json.loads((kept / "r.json").read_text(encoding="utf-8"))

    sections = {each["id"]: each for each in report["sections"]}
    function = dict(zip(_keys(sections["hot-functions"]), _first(sections), strict=True))
    lines = [
        dict(zip(_keys(sections["hot-lines"]), row, strict=True))
        for row in sections["hot-lines"]["rows"]
    ]
    assert (function["function"], function["origin"]) == ("spin", "own")
    assert function["share"] > 0.8
    assert "while time.thread_time() < end:" in [each["source"] for each in lines]
    assert {row[1] for row in sections["threads"]["rows"]} >= {"MainThread", "worker-7"}


def _keys(section: dict[str, list[str]]) -> list[str]:
    return section["columns"]


def _first(sections: dict[str, dict[str, list[list[Any]]]]) -> list[Any]:
    return sections["hot-functions"]["rows"][0]


def test_a_file_that_changes_while_it_runs_is_told(tmp_path: Path) -> None:
    code = "import os, time\nos.utime(__file__, (4e9, 4e9))\n"
    (tmp_path / "changing.py").write_text(f"{code}while time.thread_time() < 0.4: pass\n", "utf-8")

    done = _aegis(tmp_path, "profile", "changing.py")

    assert "changing.py: changed after the program had started" in done.stderr


def test_a_report_without_stacks_cannot_be_exported(kept: Path) -> None:
    done = _aegis(kept, "report", "r.json", "--export", "speedscope=x.json")

    assert done.returncode == 2
    assert "without stacks" in done.stderr
    assert not (kept / "x.json").exists()


@pytest.mark.parametrize("word", ["speedscope", "flame=x.json"])
def test_a_word_that_is_no_export_is_refused_before_the_program_runs(kept: Path, word: str) -> None:
    done = _aegis(kept, "profile", "--export", word, "-c", "open('ran', 'w')")

    assert done.returncode == 2
    assert "speedscope, collapsed, pstats, chrome, pprof" in done.stderr
    assert not (kept / "ran").exists()


def test_a_file_that_cannot_be_written_is_told_after_the_report(kept: Path) -> None:
    done = _aegis(kept, "profile", "--save", "none/run.aegis", "-c", "pass")

    assert done.returncode == 3
    assert "none/run.aegis: cannot be written" in done.stderr
    assert "AEGIS profile" in done.stderr
