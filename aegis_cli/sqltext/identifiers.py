"""Quote names and texts the way PostgreSQL does, only where it is needed."""

import re

from pglast.keywords import COL_NAME_KEYWORDS, RESERVED_KEYWORDS, TYPE_FUNC_NAME_KEYWORDS

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")
# The server's quote_identifier() quotes every keyword that is not unreserved.
_QUOTED_WORDS = frozenset((*COL_NAME_KEYWORDS, *RESERVED_KEYWORDS, *TYPE_FUNC_NAME_KEYWORDS))


def quoted(name: str) -> str:
    """Write a name, in quotes where the server's `quote_ident` would put them."""
    if _PLAIN.match(name) and name not in _QUOTED_WORDS:
        return name
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def quoted_function(name: str) -> str:
    """Write the name of a function, which may be a keyword that is none for the parser there."""
    return name if _PLAIN.match(name) and name not in RESERVED_KEYWORDS else quoted(name)


def qualified(schema: str, name: str) -> str:
    """Write a name with its schema; an empty schema is left out."""
    return f"{quoted(schema)}.{quoted(name)}" if schema else quoted(name)


def string(value: str) -> str:
    """Write a text as a literal that means the same with any `standard_conforming_strings`."""
    doubled = value.replace("'", "''")
    if "\\" not in value:
        return f"'{doubled}'"
    escaped = doubled.replace("\\", "\\\\")
    return f"E'{escaped}'"
