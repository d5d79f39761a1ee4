"""A SQLite file is read without changing it or anything beside it, and refused with reasons."""

import hashlib
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from aegis_cli.model.errors import SourceError, SourceUnavailable
from aegis_cli.sources.sqlite.original import open_original
from aegis_cli.usecases.index_advise.other_databases.request import OtherRequest, WorkloadScript
from aegis_cli.usecases.index_advise.other_databases.sqlite import advise_sqlite
from tests.integration.sqlite.shop import build_shop

WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("CREATE TABLE fresh (a)")
connection.commit()
print("ready", flush=True)
sys.stdin.read()
"""
LOOKUP = WorkloadScript(source="stdin", text="SELECT * FROM users WHERE email = 'u5@example.org';")


def contents(folder: Path) -> dict[str, tuple[str, int]]:
    """Return every file of a folder with a hash of its bytes and when it changed."""
    return {
        each.name: (hashlib.sha256(each.read_bytes()).hexdigest(), each.stat().st_mtime_ns)
        for each in folder.iterdir()
    }


def advise_on(path: Path) -> tuple[str, ...]:
    """Return the proposed statements for one lookup by e-mail."""
    advice = advise_sqlite(OtherRequest(target=str(path), scripts=(LOOKUP,))).advice
    return tuple(each.ddl for each in advice.creates)


@pytest.fixture
def crashed(tmp_path: Path) -> Path:
    """Give a database whose writer ended before its log was written back."""
    build_shop(tmp_path / "live.db", wal=True)
    (tmp_path / "crashed").mkdir()
    with closing(sqlite3.connect(tmp_path / "live.db")) as writer:
        writer.execute("UPDATE users SET city = 'moved' WHERE id < 100")
        writer.commit()
        for each in tmp_path.glob("live.db*"):
            shutil.copy(each, tmp_path / "crashed" / each.name)
    return tmp_path / "crashed" / "live.db"


def test_file_with_rollback_journal_stays_as_it_is(tmp_path: Path) -> None:
    path = build_shop(tmp_path / "shop.db")
    before = contents(tmp_path)

    proposed = advise_on(path)

    assert proposed == ("CREATE INDEX users_email_idx ON users (email);",)
    assert contents(tmp_path) == before


def test_closed_file_in_wal_mode_stays_as_it_is_and_gets_no_files_beside_it(
    tmp_path: Path,
) -> None:
    path = build_shop(tmp_path / "shop.db", wal=True)
    before = contents(tmp_path)

    proposed = advise_on(path)

    assert len(proposed) == 1
    assert contents(tmp_path) == before


def test_file_with_an_open_writer_is_read_with_what_its_log_holds(tmp_path: Path) -> None:
    path = build_shop(tmp_path / "shop.db", wal=True)
    # In a process of its own: connections of one process share their mapping of the memory.
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        before = contents(tmp_path)

        with open_original(path) as original:
            names = [row[0] for row in original.execute("SELECT name FROM sqlite_master")]

        assert "fresh" in names
        assert contents(tmp_path) == before
        writer.communicate("done")


def test_log_of_a_crashed_writer_is_read_and_kept(crashed: Path) -> None:
    before = contents(crashed.parent)

    with open_original(crashed) as original:
        ((moved,),) = original.execute("SELECT count(*) FROM users WHERE city = 'moved'")

    assert moved == 99
    assert contents(crashed.parent) == before


def test_log_without_shared_memory_is_replayed_in_a_copy(crashed: Path) -> None:
    Path(f"{crashed}-shm").unlink()
    before = contents(crashed.parent)

    with open_original(crashed) as original:
        ((moved,),) = original.execute("SELECT count(*) FROM users WHERE city = 'moved'")

    assert moved == 99
    assert contents(crashed.parent) == before


def test_nothing_can_be_written_through_the_session(tmp_path: Path) -> None:
    path = build_shop(tmp_path / "shop.db")

    with pytest.raises(SourceError), open_original(path) as original:
        original.execute("DELETE FROM users")


def refusal(path: Path) -> SourceError:
    """Return the error that a file is refused with."""
    with pytest.raises(SourceError) as caught, open_original(path):
        pytest.fail("the file was opened")
    return caught.value


def test_missing_file_is_named(tmp_path: Path) -> None:
    error = refusal(tmp_path / "none.db")

    assert isinstance(error, SourceUnavailable)
    assert "no such file" in str(error)


def test_folder_is_no_database(tmp_path: Path) -> None:
    assert isinstance(refusal(tmp_path), SourceUnavailable)


def test_empty_file_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()

    assert "empty" in refusal(tmp_path / "empty.db").reason


def test_file_without_header_may_be_encrypted(tmp_path: Path) -> None:
    (tmp_path / "secret.db").write_bytes(bytes(range(256)) * 64)

    error = refusal(tmp_path / "secret.db")

    assert "encrypted" in error.reason
    assert "exported" in error.hint


def test_damaged_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = build_shop(tmp_path / "shop.db")
    bytes_of_file = bytearray(path.read_bytes())
    bytes_of_file[100:4096] = b"\xff" * 3996
    path.write_bytes(bytes_of_file)

    assert "damaged" in refusal(path).reason


def test_locked_file_says_who_to_wait_for(tmp_path: Path) -> None:
    path = build_shop(tmp_path / "shop.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")

        error = refusal(path)

    assert "locked" in error.reason
    assert "write transaction" in error.hint
