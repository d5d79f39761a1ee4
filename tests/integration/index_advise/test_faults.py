"""Whatever fails in mid-run is said clearly, and nothing is left: no process, directory, index."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest
from psycopg2.extensions import make_dsn

from aegis_cli.embedded.postgres import start_postgres
from tests.integration.embedded.conftest import is_running
from tests.integration.index_advise.conftest import HERE, QUERIES, Told, run_advise
from tests.integration.index_advise.running import DEADLINE_S, Place, started, wait_until
from tests.integration.index_advise.watching_proxy import GOODBYE, WatchingProxy, watched
from tests.integration.postgres.targets import Target, database

_MARK = b"pg_index"
_MEASURING = """
SELECT count(*) FROM pg_stat_activity
WHERE application_name LIKE 'aegis verify%' AND datname = current_database()
"""
WIDE = [f"c{n}" for n in range(7)]
_INDEXES = (
    "SELECT string_agg(indexrelid::text || indisvalid, ',' ORDER BY indexrelid) FROM pg_index"
)


def wide_statements() -> str:
    """Return statements whose search takes seconds."""
    wide = "SELECT {a}, note FROM wide WHERE {a} = 3 AND {b} = 4 AND {c} > 5 ORDER BY {d};"
    return "\n".join(wide.format(a=a, b=b, c=c, d=d) for a, b, c, d in combinations(WIDE, 4))


@pytest.fixture(scope="module")
def wide(blog: Target) -> Target:
    """Give the blog's database with one table more."""
    blog.run("DROP TABLE IF EXISTS wide", Path(__file__).with_name("wide.sql").read_text("utf-8"))
    return blog


@pytest.fixture(scope="module")
def saved(wide: Target, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a snapshot of the database."""
    path = tmp_path_factory.mktemp("faults") / "wide.json"
    told = run_advise(QUERIES, "--dsn", wide.dsn, "--save-snapshot", path)
    assert told.code == 0, told.err
    return path


def told_by(process: subprocess.Popen[str]) -> Told:
    """Wait for the end of a run."""
    out, err = process.communicate(timeout=DEADLINE_S)
    return Told(code=process.returncode, out=out or "", err=err or "")


def skipped(told: Told, subject: str) -> str:
    """Return why something was skipped."""
    (found,) = (each for each in told.report["skipped"] if each["subject"] == subject)
    return f"{found['reason']} {found['hint']}"


def run_watched(
    target: Target, place: Place, mark: bytes, act: Callable[[WatchingProxy], None]
) -> tuple[Told, WatchingProxy]:
    """Run the command through a proxy that acts before the mark reaches the server."""
    with (
        watched(target.dsn, mark, act) as proxy,
        started(QUERIES, "--dsn", make_dsn(target.dsn, port=proxy.port), place=place) as process,
    ):
        return told_by(process), proxy


# ── The target ─────────────────────────────────────────────────────────────────────────────────


def test_a_connection_cut_while_reading_is_said(wide: Target, place: Place) -> None:
    told, _ = run_watched(wide, place, _MARK, WatchingProxy.cut)

    assert (told.code, told.out) == (3, "")
    assert "the connection was lost while reading" in told.err
    assert "Nothing was changed there." in told.err
    assert place.is_clean()


def test_an_administrator_who_ends_the_session_is_said(wide: Target, place: Place) -> None:
    def terminate(_: WatchingProxy) -> None:
        wide.run(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE application_name = 'aegis' AND datname = current_database()"
        )

    told, _ = run_watched(wide, place, _MARK, terminate)

    assert (told.code, told.out) == (3, "")
    assert "the server ended the connection" in told.err or "was lost" in told.err
    assert place.is_clean()


def test_a_server_killed_while_it_is_read_is_said(place: Place) -> None:
    with start_postgres() as server:
        target = Target(dsn=server.dsn(), major=server.version[0])
        target.run("CREATE TABLE posts (id integer)")

        def kill(_: WatchingProxy) -> None:
            os.kill(server.pid, signal.SIGQUIT)
            # It ends once all its sessions have: until then one might still answer.
            assert wait_until(lambda: not is_running(server.pid))

        told, _ = run_watched(target, place, _MARK, kill)

    assert (told.code, told.out) == (3, "")
    assert "127.0.0.1" in told.err
    assert "Traceback" not in told.err
    assert place.is_clean()


def test_a_target_that_goes_after_it_was_read_is_not_missed(
    wide: Target, place: Place, advised: Told
) -> None:
    told, proxy = run_watched(wide, place, GOODBYE, WatchingProxy.close)

    assert proxy.has_acted
    assert told.code == 0, told.err
    assert told.rows("indexes") == advised.rows("indexes")


# ── The twin ───────────────────────────────────────────────────────────────────────────────────


def test_without_server_programs_a_rule_of_thumb_answers(saved: Path, tmp_path: Path) -> None:
    told = run_advise(QUERIES, "--snapshot", saved, "--twin-bindir", tmp_path)

    assert told.code == 0, told.err
    assert told.data("search")["basis"] == "heuristic"
    assert told.data("search")["answered_by"] == "rule of thumb"
    assert {each["table"] for each in told.rows("indexes")} == {"public.posts"}
    reason = skipped(told, "planner twin")
    assert f"no PostgreSQL server programs (initdb, postgres) in {tmp_path}" in reason
    assert "rules of thumb instead of the planner's" in reason


def test_programs_that_do_not_start_are_replaced_by_a_rule_of_thumb(
    saved: Path, tmp_path: Path
) -> None:
    for name in ("initdb", "postgres"):
        program = tmp_path / name
        program.write_text(
            '#!/bin/sh\n[ "$1" = --version ] && echo "postgres (PostgreSQL) 18.1" && exit\nexit 1\n'
        )
        program.chmod(0o755)

    told = run_advise(QUERIES, "--snapshot", saved, AEGIS_TWIN_BINDIR=str(tmp_path))

    assert told.code == 0, told.err
    assert told.data("search")["answered_by"] == "rule of thumb"
    assert skipped(told, "planner twin")


@pytest.mark.parametrize("major", [13])
def test_a_twin_of_another_major_version_is_said(saved: Path, tmp_path: Path, major: int) -> None:
    document = json.loads(saved.read_text("utf-8"))
    older = tmp_path / "older.json"
    older.write_text(_with_version(document, major * 10_000 + 4), "utf-8")

    told = run_advise(QUERIES, "--snapshot", older)

    assert told.code == 0, told.err
    assert told.data("coverage")["version"] == f"{major}.4"
    reason = skipped(told, "planner twin")
    assert f"the target is {major}: plans may differ" in reason
    assert f"Install the server programs of PostgreSQL {major}" in reason
    assert len(told.rows("indexes")) == 1


def _with_version(document: dict[str, object], version: int) -> str:
    snapshot = document["snapshot"]
    assert isinstance(snapshot, dict)
    return json.dumps({**document, "snapshot": {**snapshot, "version": version}})


def test_a_twin_that_is_killed_is_replaced_by_a_rule_of_thumb(saved: Path, place: Place) -> None:
    text = wide_statements()
    with started("-", "--snapshot", saved, place=place, stdin=text) as process:
        assert wait_until(place.twin_pid)
        os.kill(place.twin_pid() or 0, signal.SIGKILL)
        told = told_by(process)

    assert told.code == 0, told.err
    assert told.data("search")["answered_by"] == "rule of thumb"
    assert "its server ended" in skipped(told, "planner twin")
    assert place.is_clean()


@pytest.mark.parametrize("limit", [1, 20])
def test_a_full_disk_is_said_and_a_rule_of_thumb_answers(
    saved: Path, tmp_path: Path, place: Place, limit: int
) -> None:
    """A limit on the size of files fails first initdb, then the size of a table."""
    document = saved.read_text("utf-8")
    large = tmp_path / "large.json"
    large.write_text(_with_pages(document, 100_000), "utf-8")
    prefix = ["prlimit", f"--fsize={limit << 20}"]
    with started(QUERIES, "--snapshot", large, place=place, prefix=prefix) as process:
        told = told_by(process)

    assert told.code == 0, told.err
    assert told.data("search")["answered_by"] == "rule of thumb"
    assert skipped(told, "planner twin")
    assert place.is_clean()


def _with_pages(text: str, pages: int) -> str:
    document = json.loads(text)
    for table in document["snapshot"]["tables"]:
        table.update(pages=pages, size_bytes=pages * 8192)
    return json.dumps(document)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
@pytest.mark.parametrize("size", ["20m", "45m"])
def test_a_small_disk_is_said_and_a_rule_of_thumb_answers(
    saved: Path, place: Place, size: str
) -> None:
    options = f"size={size},mode=755"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place.path], check=True)
    try:
        text = wide_statements()
        with started("-", "--snapshot", saved, place=place, stdin=text) as process:
            told = told_by(process)
        remains = place.remains()
    finally:
        subprocess.run(["umount", place.path], check=True)

    assert told.code == 0, told.err
    assert told.data("search")["answered_by"] == "rule of thumb"
    reason = skipped(told, "planner twin")
    assert "No space left" in reason or "a full disk (TMPDIR" in reason
    assert remains == []


# ── The user ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("after_ms", [300, 1000, 1800])
def test_ctrl_c_at_any_moment_ends_it_and_leaves_nothing(
    wide: Target, place: Place, after_ms: int
) -> None:
    before = wide.value(_INDEXES)
    with started("-", "--dsn", wide.dsn, place=place, stdin=wide_statements()) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(after_ms / 1000)
        process.send_signal(signal.SIGINT)
        told = told_by(process)

    # Interrupted in an exec(), as dataclasses use it, Python ends by the signal itself, which
    # shells show as 130, too.
    assert told.code in (130, -signal.SIGINT)
    assert "Traceback" not in told.err
    assert "aegis: " in told.err
    assert not told.out or told.report["partial"]
    assert wait_until(place.is_clean), place.remains()
    assert wide.value(_INDEXES) == before


def test_ctrl_c_in_the_search_gives_what_was_learnt(saved: Path, place: Place) -> None:
    reader, writer = os.openpty()
    text = wide_statements()
    with started("-", "--snapshot", saved, place=place, stdin=text, stderr=writer) as process:
        # The progress of the search shows on a terminal once it takes long.
        shown = _read_until(reader, b"Asking the planner")
        process.send_signal(signal.SIGINT)
        shown += _read_until(reader, b"press Ctrl-C again")
        told = told_by(process)
    for each in (reader, writer):
        os.close(each)

    assert told.code == 130
    assert told.report["partial"]
    assert len(told.rows("statements")) == len(list(combinations(WIDE, 4)))
    assert told.data("search")["is_time_limited"] is False
    assert wait_until(place.is_clean), place.remains()


def test_a_second_ctrl_c_leaves_at_once(saved: Path, place: Place) -> None:
    reader, writer = os.openpty()
    text = wide_statements()
    with started("-", "--snapshot", saved, place=place, stdin=text, stderr=writer) as process:
        _read_until(reader, b"Asking the planner")
        process.send_signal(signal.SIGINT)
        _read_until(reader, b"press Ctrl-C again")
        process.send_signal(signal.SIGINT)
        told = told_by(process)
    for each in (reader, writer):
        os.close(each)

    assert (told.code, told.out) == (130, "")
    assert wait_until(place.is_clean), place.remains()


def test_ctrl_c_while_measuring_keeps_the_advice(blog: Target, place: Place) -> None:
    script = (HERE / "blog.sql").read_text("utf-8")
    with database(blog.dsn, "aegis_blog_clone", blog.major, script) as clone:
        arguments = (QUERIES, "--dsn", blog.dsn, "--verify", clone.dsn)
        with started(*arguments, place=place) as process:
            assert wait_until(lambda: clone.value(_MEASURING))
            process.send_signal(signal.SIGINT)
            told = told_by(process)
        left = clone.value("SELECT count(*) FROM pg_class WHERE relname LIKE 'aegis_verify_%'")

    assert told.code == 130
    assert told.report["partial"]
    assert len(told.rows("indexes")) == 1
    assert "nothing was measured" in skipped(told, "--verify")
    assert left == 0
    assert place.is_clean()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_of_a_run_that_is_killed(
    saved: Path, place: Place, number: signal.Signals
) -> None:
    text = wide_statements()
    with started("-", "--snapshot", saved, place=place, stdin=text) as process:
        assert wait_until(place.twin_pid)
        process.send_signal(number)
        told = told_by(process)

    assert told.code == -number
    assert wait_until(place.is_clean), place.remains()


# ── The clock ──────────────────────────────────────────────────────────────────────────────────


def test_a_search_that_ran_out_of_time_says_so(saved: Path) -> None:
    told = run_advise("-", "--snapshot", saved, "--time-limit", "1", stdin=wide_statements())

    assert told.code == 0, told.err
    assert told.report["partial"]
    assert told.data("search")["is_time_limited"] is True
    assert len(told.rows("statements")) == len(list(combinations(WIDE, 4)))


def _read_until(reader: int, mark: bytes) -> bytes:
    found = b""
    while mark not in found:
        found += os.read(reader, 4096)
    return found
