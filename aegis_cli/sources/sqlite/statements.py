"""The SQL that SQLite files, and our own copies of their schema, are asked with."""

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "queries"


def statement(name: str, **parts: str) -> str:
    """Return a statement of the folder `queries` by its file's name without ending.

    Args:
        name: Of the file.
        parts: What its braces stand for: quoted names, or expressions out of the schema.
    """
    text = _text(name)
    return text.format(**parts) if parts else text


def quoted(name: str) -> str:
    """Return a name as SQLite takes it, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


@cache
def _text(name: str) -> str:
    lines = (_FOLDER / f"{name}.sql").read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))
