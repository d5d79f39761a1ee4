"""Open the user's SQLite file so that neither it nor anything beside it changes."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from aegis_cli.model.errors import InsufficientPrivilege, SourceError, SourceUnavailable
from aegis_cli.sources.sqlite.target import HEADER

BUSY_TIMEOUT_S = 5.0
MOST_COPIED_BYTES = 1 << 30
"""A database that must be copied to be read, see `_opened`, may be this large."""
_WRITE_VERSION_AT = 18
_WAL_VERSION = 2


@contextmanager
def open_original(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database read-only and close it afterwards.

    Raises:
        SourceUnavailable: There is no such file, or it is locked.
        SourceError: It is no SQLite database, encrypted or damaged.
        InsufficientPrivilege: We may not read it.
    """
    _check(path)
    with _opened(path) as connection, translated(path):
        connection.execute("PRAGMA query_only = ON")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield connection


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours, with what to try."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _translation(path, error) from error


def _check(path: Path) -> None:
    subject = str(path)
    try:
        with path.open("rb") as file:
            head = file.read(len(HEADER))
    except FileNotFoundError as error:
        raise SourceUnavailable(subject, "no such file", "Check the path.") from error
    except PermissionError as error:
        raise InsufficientPrivilege(
            subject, "we may not read this file", "Run as a user who may, or copy it."
        ) from error
    except OSError as error:
        raise SourceUnavailable(subject, error.strerror or str(error)) from error
    if not head:
        raise SourceError(subject, "the file is empty", "Name the file the application uses.")
    if head != HEADER:
        raise SourceError(
            subject,
            "not a SQLite database, or an encrypted one",
            "An encrypted file has to be exported without encryption first.",
        )


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open in the one way that leaves no trace; which one depends on the write-ahead log.

    Reading a database in WAL mode needs the shared memory file, which readers write to unless
    they are told not to, and which SQLite creates where it is missing. Without a log nothing is
    lost by declaring the file immutable. A log without shared memory is left by a copy or a
    crash: it has to be replayed, so we read a copy.
    """
    log, shared = Path(f"{path}-wal"), Path(f"{path}-shm")
    if not _is_wal(path):
        yield from _connected(path, "mode=ro")
    elif not log.exists() or log.stat().st_size == 0:
        yield from _connected(path, "mode=ro&immutable=1")
    elif shared.exists():
        yield from _connected(path, "mode=ro&readonly_shm=1")
    else:
        with tempfile.TemporaryDirectory(prefix="aegis-sqlite-") as folder:
            yield from _connected(_copied(path, log, Path(folder)), "mode=rw")


def _connected(path: Path, parameters: str) -> Iterator[sqlite3.Connection]:
    address = f"{path.absolute().as_uri()}?{parameters}"
    try:
        connection = sqlite3.connect(
            address, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None
        )
    except sqlite3.Error as error:
        raise _translation(path, error) from error
    with closing(connection):
        # Text that is no UTF-8 is somebody's data all the same.
        connection.text_factory = lambda value: value.decode("utf-8", "replace")
        yield connection


def _is_wal(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(_WRITE_VERSION_AT + 1)
    return len(head) > _WRITE_VERSION_AT and head[_WRITE_VERSION_AT] == _WAL_VERSION


def _copied(path: Path, log: Path, folder: Path) -> Path:
    size = path.stat().st_size + log.stat().st_size
    if size > MOST_COPIED_BYTES:
        raise SourceUnavailable(
            str(path),
            f"its write-ahead log has to be replayed, and {size} bytes are too many to copy",
            "Open it once with the application or the sqlite3 program, then run again.",
        )
    copy = folder / "copy.db"
    shutil.copyfile(path, copy)
    shutil.copyfile(log, f"{copy}-wal")
    return copy


def _translation(path: Path, error: sqlite3.Error) -> SourceError:
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    subject, text = str(path), str(error)
    match primary:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return SourceUnavailable(
                subject,
                f"locked by another program for more than {BUSY_TIMEOUT_S:.0f} s",
                "Run again when its write transaction has ended.",
            )
        case sqlite3.SQLITE_CORRUPT:
            return SourceError(subject, f"damaged: {text}", "Check it: PRAGMA integrity_check.")
        case sqlite3.SQLITE_NOTADB:
            return SourceError(subject, "not a SQLite database, or an encrypted one")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN:
            return SourceUnavailable(
                subject,
                f"{text}; a writer may have crashed and left its journal",
                "Open it once with the application, so that the journal is rolled back.",
            )
        case _:
            return SourceError(subject, text)
