"""The SQL we send, one file a query, variants named by the lowest server version they need."""

import re
from functools import cache
from importlib.resources import files

_FOLDER = "queries"
_MARK = " /* aegis */"
# Comments before the first word are for readers of the file; some servers would drop them, too.
_HEAD = re.compile(r"(?:--[^\n]*\n)*([A-Z]+)")


def query_text(name: str, version: int) -> str:
    """Return the SQL of a query for a server.

    Of `name.sql`, `name.150000.sql`, … it is the variant with the highest version that is not
    above the server's. After its first word stands a mark, for those who read logs.

    Args:
        name: The file's name without version and extension.
        version: `server_version_num`, such as 150018.

    Raises:
        KeyError: When there is no such query, or none for so old a server.
    """
    fitting = [(lowest, text) for lowest, text in _variants(name) if lowest <= version]
    if not fitting:
        raise KeyError(f"no query {name} for PostgreSQL {version}")
    return max(fitting)[1]


def is_ours(statement: str) -> bool:
    """Tell whether a statement that a server ran came from a file of ours."""
    return _MARK in statement.partition("\n")[0]


@cache
def _variants(name: str) -> tuple[tuple[int, str], ...]:
    found = []
    for file in files(__package__).joinpath(_FOLDER).iterdir():
        stem, _, lowest = file.name.removesuffix(".sql").partition(".")
        if stem == name:
            text = file.read_text("utf-8")
            found.append((int(lowest or 0), _HEAD.sub(r"\1" + _MARK, text, count=1)))
    return tuple(found)
