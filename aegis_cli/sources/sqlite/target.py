"""Recognize what names a SQLite file: a URL, a path by its ending, or a file by its header."""

from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from aegis_cli.model.errors import SourceUnavailable

HEADER = b"SQLite format 3\x00"
"""The first 16 bytes of every unencrypted database file (File Format, section 1.3.1)."""
_ENDINGS = frozenset((".db", ".sqlite", ".sqlite3", ".db3"))


def sqlite_path(target: str) -> Path | None:
    """Return the file a target names, or None when it names no SQLite file.

    Raises:
        SourceUnavailable: A URL of SQLite without a file.
    """
    if target.startswith(("sqlite:", "sqlite+")):
        return _path_of_url(target)
    if "://" in target:
        return None
    path = Path(target)
    return path if path.suffix.lower() in _ENDINGS or has_header(path) else None


def has_header(path: Path) -> bool:
    """Tell whether a file begins like a SQLite database."""
    try:
        with path.open("rb") as file:
            return file.read(len(HEADER)) == HEADER
    except OSError:
        return False


def _path_of_url(target: str) -> Path:
    try:
        database = make_url(target).database
    except ArgumentError as error:
        raise SourceUnavailable(target, "not a URL", "Write sqlite:///path/to/file.db.") from error
    if not database or database == ":memory:":
        raise SourceUnavailable(
            target, "a database in memory cannot be read from outside", "Name its file."
        )
    return Path(database.removeprefix("file:").partition("?")[0])
