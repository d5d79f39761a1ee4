"""The command line from outside: streams, exit codes, configuration, and no traceback."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from aegis_cli.model.severity import Severity
from aegis_cli.model.text import Language
from aegis_cli.render.json_report import render as render_json
from tests.unit.engine.builders import a_finding, a_report, a_rule, saves

Aegis = Callable[..., subprocess.CompletedProcess[str]]

N_PLUS_ONE = a_rule("AEG1101", "n-plus-one")
CLEAN = {
    key: value
    for key, value in os.environ.items()
    if not key.startswith(("AEGIS_", "LC_", "LANG")) and key not in {"COLUMNS", "FORCE_COLOR"}
}


@pytest.fixture
def aegis(tmp_path: Path) -> Aegis:
    """Return a function that runs `aegis` in an empty folder and returns what it did."""
    (tmp_path / "aegis.toml").write_text("", encoding="utf-8")

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "aegis_cli", *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            cwd=tmp_path,
            env={**CLEAN, "LANG": "C.UTF-8", **environment},
            timeout=60,
        )

    return run


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """Save a report with one finding of high severity."""
    finding = a_finding(
        "AEG1101:orders", rule=N_PLUS_ONE, severity=Severity.HIGH, impact=saves(12.0)
    )
    path = tmp_path / "saved.json"
    path.write_text(render_json(a_report(finding), Language.EN), encoding="utf-8")
    return path


def configure(folder: Path, text: str) -> None:
    """Write the configuration of the folder the command runs in."""
    (folder / "aegis.toml").write_text(text, encoding="utf-8")


def test_help_goes_to_stdout_and_fits_80_columns(aegis: Aegis) -> None:
    done = aegis("--help")

    assert (done.returncode, done.stderr) == (0, "")
    assert max(len(line) for line in done.stdout.splitlines()) <= 80


def test_version_is_printed(aegis: Aegis) -> None:
    done = aegis("--version")

    assert (done.returncode, done.stdout.split()[0], done.stderr) == (0, "aegis", "")


def test_an_unknown_command_is_wrong_usage_with_the_nearest_suggested(aegis: Aegis) -> None:
    done = aegis("reprot")

    assert (done.returncode, done.stdout) == (2, "")
    assert "Did you mean 'report'" in done.stderr


def test_an_unknown_option_is_wrong_usage(aegis: Aegis) -> None:
    assert aegis("rules", "--nonsense").returncode == 2


def test_a_missing_report_cannot_be_examined(aegis: Aegis) -> None:
    done = aegis("report", "none.json")

    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.splitlines()[0] == "aegis: none.json: No such file or directory"


@pytest.mark.parametrize("content", [b"", b"no json", b"\xff\xfe", b"{}", b"[1]"])
def test_what_is_no_report_is_refused_without_a_traceback(
    aegis: Aegis, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "bad.json").write_bytes(content)

    done = aegis("report", "bad.json")

    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("aegis: bad.json: ")
    assert "Traceback" not in done.stderr


def test_a_saved_report_is_rendered_again(aegis: Aegis, saved: Path) -> None:
    done = aegis("report", str(saved), "--format", "json")

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["findings"][0]["identity"] == "AEG1101:orders"


@pytest.mark.parametrize(
    ("fail_on", "code"), [("low", 1), ("high", 1), ("critical", 0), ("never", 0)]
)
def test_fail_on_decides_about_the_exit_code(
    aegis: Aegis, saved: Path, fail_on: str, code: int
) -> None:
    assert aegis("report", str(saved), "--fail-on", fail_on).returncode == code


def test_output_goes_to_a_file_and_nothing_to_stdout(
    aegis: Aegis, saved: Path, tmp_path: Path
) -> None:
    done = aegis("report", str(saved), "--format", "json", "--output", "new.json")

    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads((tmp_path / "new.json").read_text(encoding="utf-8"))["findings"]


def test_output_that_cannot_be_written_is_exit_code_3(aegis: Aegis, saved: Path) -> None:
    done = aegis("report", str(saved), "--output", "none/new.json")

    assert done.returncode == 3
    assert "cannot be written" in done.stderr


def test_a_full_disk_behind_stdout_is_no_traceback(saved: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "aegis_cli", "report", str(saved)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=CLEAN,
            timeout=60,
        )

    assert done.returncode == 3
    assert done.stderr.splitlines()[0] == "aegis: stdout: No space left on device"
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_reader_that_stops_early_is_no_error(saved: Path) -> None:
    command = [sys.executable, "-m", "aegis_cli", "report", str(saved), "--fail-on", "low"]
    read_end, write_end = os.pipe()
    os.close(read_end)

    with os.fdopen(write_end, "wb") as closed:
        done = subprocess.run(
            command,
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=CLEAN,
            timeout=60,
        )

    assert (done.returncode, done.stderr) == (1, "")


def test_an_unknown_format_is_told_with_the_nearest(aegis: Aegis, saved: Path) -> None:
    done = aegis("report", str(saved), "--format", "jsn")

    assert done.returncode == 2
    assert "unknown format 'jsn', did you mean 'json'?" in done.stderr


def test_unknown_selectors_are_told_together(aegis: Aegis, saved: Path) -> None:
    done = aegis("report", str(saved), "--select", "n-plus-on", "--ignore", "AEG99")

    assert done.returncode == 2
    assert "--select: unknown rule 'n-plus-on', did you mean 'n-plus-one'?" in done.stderr
    assert "--ignore: unknown rule 'AEG99'" in done.stderr


def test_the_file_sets_defaults(aegis: Aegis, saved: Path, tmp_path: Path) -> None:
    configure(tmp_path, 'format = "json"\nfail-on = "low"')

    done = aegis("report", str(saved))

    assert done.returncode == 1
    assert done.stdout.startswith("{")


def test_the_environment_wins_over_the_file_and_the_command_line_over_both(
    aegis: Aegis, saved: Path, tmp_path: Path
) -> None:
    configure(tmp_path, 'format = "json"')

    by_environment = aegis("report", str(saved), AEGIS_FORMAT="markdown")
    by_option = aegis("report", str(saved), "--format", "junit", AEGIS_FORMAT="markdown")

    assert by_environment.stdout.startswith("#")
    assert by_option.stdout.startswith("<?xml")


def test_a_file_can_be_named_by_option_and_environment(
    aegis: Aegis, saved: Path, tmp_path: Path
) -> None:
    (tmp_path / "other.toml").write_text('format = "json"', encoding="utf-8")

    by_option = aegis("report", str(saved), "--config", "other.toml")
    by_environment = aegis("report", str(saved), AEGIS_CONFIG="other.toml")

    assert by_option.stdout.startswith("{")
    assert by_environment.stdout.startswith("{")


def test_every_problem_of_the_file_is_told_at_once(
    aegis: Aegis, saved: Path, tmp_path: Path
) -> None:
    configure(
        tmp_path,
        'formt = "json"\nselect = ["n-plus-on"]\n'
        "[rules.n-plus-one]\nmin-repeat = 3\n[rules.n-plus]\nx = 1\n"
        '[report]\nfail-onn = "low"\nstrict = "perhaps"\n',
    )

    done = aegis("report", str(saved))

    assert done.returncode == 2
    assert "aegis.toml: 6 problems" in done.stderr
    for expected in (
        "unknown key 'formt', did you mean 'format'?",
        "select: unknown rule 'n-plus-on', did you mean 'n-plus-one'?",
        "rules.n-plus: unknown rule 'n-plus'",
        "rules.n-plus-one: unknown option 'min-repeat', did you mean 'min-repeats'?",
        "report.fail-onn: unknown option 'fail-onn', did you mean 'fail-on'?",
        "report.strict: expected true or false, not 'perhaps'",
    ):
        assert expected in done.stderr


def test_a_command_has_a_table_of_its_own(aegis: Aegis, saved: Path, tmp_path: Path) -> None:
    configure(tmp_path, 'format = "text"\n[report]\nformat = "json"')

    assert aegis("report", str(saved)).stdout.startswith("{")


def test_a_baseline_hides_what_it_holds(aegis: Aegis, saved: Path) -> None:
    written = aegis("report", str(saved), "--write-baseline", "base.json", "--fail-on", "low")
    hidden = aegis("report", str(saved), "--baseline", "base.json", "--fail-on", "low")

    assert (written.returncode, hidden.returncode) == (1, 0)


def test_a_baseline_that_is_missing_is_wrong_configuration(aegis: Aegis, saved: Path) -> None:
    done = aegis("report", str(saved), "--baseline", "none.json")

    assert done.returncode == 2
    assert "none.json: the baseline cannot be read" in done.stderr


def test_a_project_plugin_that_fails_is_in_the_report_and_counts_as_skipped(
    aegis: Aegis, saved: Path, tmp_path: Path
) -> None:
    configure(tmp_path, 'plugins = ["broken.py"]')
    (tmp_path / "broken.py").write_text("raise OSError('worm')", encoding="utf-8")

    lenient = aegis("report", str(saved), "--format", "json")
    strict = aegis("report", str(saved), "--format", "json", "--strict")

    (skipped,) = json.loads(lenient.stdout)["skipped"]
    assert skipped["subject"] == "broken (project file broken.py)"
    assert "OSError: worm" in skipped["reason"]
    assert (lenient.returncode, strict.returncode) == (0, 3)


def test_a_required_plugin_that_fails_is_an_error(
    aegis: Aegis, saved: Path, tmp_path: Path
) -> None:
    configure(tmp_path, 'plugins = ["broken.py"]')
    (tmp_path / "broken.py").write_text("raise OSError('worm')", encoding="utf-8")

    done = aegis("report", str(saved), "--require-plugin", "broken")

    assert done.returncode == 3
    assert "OSError: worm" in done.stderr


def test_the_rules_are_listed_one_a_line(aegis: Aegis) -> None:
    done = aegis("rules")

    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert any(line.startswith("AEG1101  n-plus-one") for line in lines)


def test_the_rules_are_listed_for_programs(aegis: Aegis) -> None:
    rules = json.loads(aegis("rules", "--format", "json").stdout)

    (found,) = [each for each in rules if each["code"] == "AEG1101"]
    assert found["options"]["min-repeats"] == 5


def test_a_rule_has_a_page_in_both_languages(aegis: Aegis) -> None:
    english = aegis("rules", "n-plus-one", "--format", "markdown")
    korean = aegis("rules", "AEG1101", "--format", "markdown", LANG="ko_KR.UTF-8")

    assert "AEG1101" in english.stdout
    assert "AEG1101" in korean.stdout
    assert english.stdout != korean.stdout


def test_a_page_is_laid_out_for_the_terminal(aegis: Aegis) -> None:
    done = aegis("rules", "AEG1101", COLUMNS="60")

    assert done.returncode == 0
    assert max(len(line) for line in done.stdout.splitlines()) <= 60
    assert "\x1b" not in done.stdout


def test_a_rule_nobody_knows_is_told_with_the_nearest(aegis: Aegis) -> None:
    done = aegis("rules", "n-plus-on")

    assert done.returncode == 2
    assert "Did you mean n-plus-one?" in done.stderr


def open_once_read(pipe: Path, reader: subprocess.Popen[str]) -> int:
    """Open the writing end of a pipe as soon as the command reads from it."""
    deadline = time.monotonic() + 30
    while reader.poll() is None and time.monotonic() < deadline:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
        time.sleep(0.01)
    pytest.fail(f"nobody reads the pipe; the command ended with {reader.poll()}")


def test_ctrl_c_ends_with_130_and_a_word(tmp_path: Path) -> None:
    """Opening a pipe nobody writes to blocks until the signal comes."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    running = subprocess.Popen(
        [sys.executable, "-m", "aegis_cli", "report", str(pipe)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=CLEAN,
    )

    with running:
        writer = open_once_read(pipe, running)
        running.send_signal(signal.SIGINT)
        try:
            out, err = running.communicate(timeout=60)
        finally:
            running.kill()
            os.close(writer)

    assert (running.returncode, out) == (130, "")
    assert "Traceback" not in err


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_neither_fails_nor_ends_up_in_a_file(
    tmp_path: Path, saved: Path, closed: str
) -> None:
    script = f'exec "$0" -m aegis_cli report "$1" --output report.txt --fail-on never {closed}'
    done = subprocess.run(
        ["/bin/sh", "-c", script, sys.executable, str(saved)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=CLEAN,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "report.txt").read_text(encoding="utf-8").startswith("AEGIS ")


def test_rules_are_listed_to_nobody_without_a_fuss(tmp_path: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" -m aegis_cli rules >&-', sys.executable],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=CLEAN,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_a_bug_is_reported_without_a_traceback_and_without_passwords(tmp_path: Path) -> None:
    script = (
        "import os, sys\n"
        "from aegis_cli.cli._boundary import guarded\n"
        "def broken():\n"
        "    raise RuntimeError('postgresql://ann:secret@db')\n"
        "sys.exit(guarded(broken, os.environ))\n"
    )

    def run(**environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={**CLEAN, **environment},
        )

    quiet, debugging = run(), run(AEGIS_DEBUG="1")

    assert (quiet.returncode, debugging.returncode) == (70, 70)
    assert "this is a bug in AEGIS" in quiet.stderr
    assert "Traceback" not in quiet.stderr
    assert "Traceback" in debugging.stderr
    assert "secret" not in quiet.stderr + debugging.stderr


@pytest.mark.parametrize("option", ["--output", "--write-baseline"])
def test_a_place_that_cannot_be_written_is_said_before_the_work(aegis: Aegis, option: str) -> None:
    done = aegis("index-advise", "--dsn", "postgresql://127.0.0.1:1/shop", option, "no/report.txt")

    assert done.returncode == 3
    assert "no/report.txt: cannot be written: No such file" in done.stderr
    assert "127.0.0.1" not in done.stderr


def test_ctrl_c_while_a_library_is_loaded_is_no_bug() -> None:
    program = (
        "import os, sys\n"
        "from aegis_cli.cli._boundary import guarded\n"
        "def loading():\n"
        "    try:\n"
        "        raise KeyboardInterrupt\n"
        "    except KeyboardInterrupt as pressed:\n"
        "        raise ImportError('initialization failed') from pressed\n"
        "sys.exit(guarded(loading, os.environ))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, env=CLEAN
    )

    assert (done.returncode, done.stderr) == (130, "aegis: interrupted\n")
