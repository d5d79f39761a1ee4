"""Bad input through the real command: a clear error or a partial report, never a traceback."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.unit.sources.logs.log_writer import Entry, stderr

EXECUTION = "duration: 1.500 ms  statement: SELECT a FROM t WHERE b = 7"
DEADLINE_S = 30
CLEAN = {
    key: value
    for key, value in os.environ.items()
    if not key.startswith(("AEGIS_", "LC_", "LANG")) and key not in {"COLUMNS", "FORCE_COLOR"}
} | {"LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
Aegis = Callable[..., subprocess.CompletedProcess[bytes]]


def log(executions: int = 20, first_ms: int = 0) -> bytes:
    """Write a log of executions, one every second."""
    return stderr(
        [Entry(message=EXECUTION, ms=first_ms + 1000 * each) for each in range(executions)]
    )


def command(*arguments: str) -> list[str]:
    """Return the command line of `aegis explain-queries`."""
    return [sys.executable, "-m", "aegis_cli", "explain-queries", *arguments]


@pytest.fixture
def aegis(tmp_path: Path) -> Aegis:
    """Run the command in a folder of its own; whatever happens, no traceback is shown."""
    (tmp_path / "aegis.toml").write_text("", encoding="utf-8")

    def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(
            command(*arguments),
            input=stdin,
            capture_output=True,
            check=False,
            cwd=tmp_path,
            env=CLEAN,
            timeout=60,
        )
        assert b"Traceback" not in done.stderr
        assert b"this is a bug" not in done.stderr
        return done

    return run


def coverage(done: subprocess.CompletedProcess[bytes]) -> dict[str, object]:
    """Return what a JSON report says of its coverage."""
    (section,) = (each for each in json.loads(done.stdout)["sections"] if each["id"] == "coverage")
    return dict(section["data"])


def executions(done: subprocess.CompletedProcess[bytes]) -> object:
    """Return the executions a JSON report tells of."""
    return coverage(done)["executions"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, b"no such file"),
        (b"", b"the log is empty"),
        (b"\n\n\n", b"the log is empty"),
        (bytes(range(256)) * 200, b"not a format AEGIS reads"),
        (b"\0" * 10_000, b"binary data"),
        ("wörter\n".encode("utf-16") * 500, b"a.log"),
        (b"some words\nand no log\n" * 300, b"not a format AEGIS reads"),
    ],
)
def test_what_is_no_log_is_refused_with_a_hint(
    aegis: Aegis, tmp_path: Path, content: bytes | None, message: bytes
) -> None:
    if content is not None:
        (tmp_path / "a.log").write_bytes(content)

    done = aegis("a.log")

    assert done.returncode == 3
    assert message in done.stderr
    assert done.stdout == b""


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_directory_without_permission_is_named(aegis: Aegis, tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)

    done = aegis("closed")

    assert done.returncode == 3
    assert b"closed" in done.stderr


def test_a_log_of_which_most_is_no_entry_is_refused(aegis: Aegis, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(log(20) + b"x" * 60 + b"\n" + b"garbage here\n" * 2000)

    done = aegis("a.log")

    assert done.returncode == 3
    assert b"--log-line-prefix" in done.stderr


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_line_of_megabytes_costs_neither_the_rest_nor_the_line_count(
    aegis: Aegis, tmp_path: Path, jobs: str
) -> None:
    """An entry is read up to 16 MiB, so most of this one is."""
    with (tmp_path / "a.log").open("wb") as file:
        file.write(log(20)[:-1])
        file.seek(28 << 20, os.SEEK_CUR)
        file.write(b"\n" + log(30))

    done = aegis("a.log", "--format", "json", "--jobs", jobs)

    told = coverage(done)
    assert (told["executions"], told["lines_read"], told["lines_unparsed"]) == (50, 50, 1)
    assert told["bytes_read"] == (tmp_path / "a.log").stat().st_size


def test_a_line_of_a_hundred_megabytes_in_a_small_log_is_refused_at_once(
    aegis: Aegis, tmp_path: Path
) -> None:
    with (tmp_path / "a.log").open("wb") as file:
        file.write(log(20)[:-1])
        file.seek(100 << 20, os.SEEK_CUR)
        file.write(b"\n" + log(30))

    done = aegis("a.log")

    assert done.returncode == 3
    assert b"bytes could be parsed" in done.stderr


def test_a_truncated_gz_gives_a_partial_report_that_says_so(aegis: Aegis, tmp_path: Path) -> None:
    whole = gzip.compress(log(3000))
    (tmp_path / "a.log.gz").write_bytes(whole[: len(whole) // 2])

    done = aegis("a.log.gz", "--format", "json")

    report = json.loads(done.stdout)
    assert report["partial"] is True
    assert 0 < int(str(executions(done))) < 3000
    assert any(each["subject"] == "a.log.gz" for each in report["skipped"])


def test_several_files_are_read_in_time_order_and_a_missing_one_is_told(
    aegis: Aegis, tmp_path: Path
) -> None:
    (tmp_path / "b.log").write_bytes(log(5))
    (tmp_path / "a.log").write_bytes(log(5, first_ms=60_000))

    done = aegis("a.log", "b.log", "nope.log", "--format", "json")

    assert executions(done) == 10
    assert any("nope.log" in each["subject"] for each in json.loads(done.stdout)["skipped"])


def test_a_log_comes_in_through_stdin(aegis: Aegis) -> None:
    done = aegis("-", "--format", "json", stdin=log(12))

    assert executions(done) == 12


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--since", "2026-11-23 20:00:05"], 15),
        (["--until", "2026-11-23 20:00:05"], 5),
        (["--since", "2026-11-23T20:00:05", "--until", "2026-11-23T20:00:07"], 2),
    ],
)
def test_a_window_keeps_what_lies_inside(
    aegis: Aegis, tmp_path: Path, options: list[str], expected: int
) -> None:
    (tmp_path / "a.log").write_bytes(log(20))

    assert executions(aegis("a.log", "--format", "json", *options)) == expected


def test_an_empty_window_is_not_blamed_on_the_server(aegis: Aegis, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(log(20))

    done = aegis("a.log", "--since", "2030-01-01")

    assert done.returncode == 0
    assert b"no executed statement lies between --since and --until" in done.stdout
    assert b"log_min_duration_statement" not in done.stdout


@pytest.mark.parametrize(
    "options", [["--since", "yesterday-ish"], ["--since", "2027", "--until", "2026"]]
)
def test_an_impossible_window_is_wrong_usage(
    aegis: Aegis, tmp_path: Path, options: list[str]
) -> None:
    (tmp_path / "a.log").write_bytes(log())

    assert aegis("a.log", *options).returncode == 2


def test_a_full_disk_is_an_error_and_not_half_a_report(aegis: Aegis, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(log())

    done = aegis("a.log", "--output", "/dev/full")

    assert done.returncode == 3
    assert b"No space left" in done.stderr


def test_escape_sequences_from_the_log_never_reach_the_terminal(
    aegis: Aegis, tmp_path: Path
) -> None:
    sql = "SELECT '\x1b[2J\x1b]0;x\x07\x9b31m' AS \"\x1b[31m\" FROM \u202et"
    evil = f"duration: 900.000 ms  statement: {sql}"
    (tmp_path / "a.log").write_bytes(stderr([Entry(message=evil, ms=each) for each in range(9)]))

    done = aegis("a.log", "--show-literals")

    assert b"\x1b" not in done.stdout + done.stderr
    assert b"\x07" not in done.stdout
    assert "\u202e" not in done.stdout.decode()
    assert "\x9b" not in done.stdout.decode()


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the command beside the test."""
    process = subprocess.Popen(
        command(*arguments),
        cwd=folder,
        env=CLEAN,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(DEADLINE_S)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None and not pipe.closed:
                pipe.close()


def test_a_reader_that_stops_early_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(log(3000))
    with running(tmp_path, "a.log", "--format", "json") as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        errors = process.stderr.read()
        process.wait(DEADLINE_S)

    assert process.returncode in (0, 1)
    assert b"Traceback" not in errors


def test_ctrl_c_while_reading_gives_a_partial_report_and_130(tmp_path: Path) -> None:
    data = log(60_000)
    with running(tmp_path, "-", "--format", "json") as process:
        assert process.stdin is not None
        # A pipe holds 64 KiB: when the last write returns, most was read.
        process.stdin.write(data)
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=DEADLINE_S)

    report = json.loads(output)
    assert process.returncode == 130
    assert report["partial"] is True
    assert b"Traceback" not in errors


def _positions(process: subprocess.Popen[bytes], path: Path) -> list[int]:
    """Return how far a process has read a file through each of its descriptors."""
    found = []
    for descriptor in Path(f"/proc/{process.pid}/fd").iterdir():
        try:
            if descriptor.readlink() == path:
                text = Path(f"/proc/{process.pid}/fdinfo/{descriptor.name}").read_text("ascii")
                found.append(int(text.split()[1]))
        except OSError:
            continue
    return found


def _is_asleep(process: subprocess.Popen[bytes]) -> bool:
    stat = Path(f"/proc/{process.pid}/stat").read_text("utf-8")
    return stat.rpartition(")")[2].split()[0] == "S"


def _wait_until_followed(process: subprocess.Popen[bytes], path: Path) -> None:
    """Wait until the sample was looked at, all was read, and the program waits for more."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        positions = _positions(process, path)
        is_read = len(positions) > 1 and max(positions) >= path.stat().st_size
        if is_read and _is_asleep(process):
            return
        assert time.monotonic() < deadline, "the log was not followed"
        assert process.poll() is None
        os.sched_yield()


@pytest.mark.skipif(not Path("/proc/self/fdinfo").exists(), reason="needs /proc")
def test_a_growing_log_is_followed_until_ctrl_c(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(log(10))
    with running(tmp_path, "a.log", "--follow", "--format", "json") as process:
        _wait_until_followed(process, path)
        with path.open("ab") as file:
            file.write(log(7, first_ms=10_000))
        _wait_until_followed(process, path)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=DEADLINE_S)

    assert b"Traceback" not in errors
    assert process.returncode == 130
    assert executions(subprocess.CompletedProcess((), 130, output, errors)) == 17
