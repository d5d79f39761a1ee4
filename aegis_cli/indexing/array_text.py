"""Arrays as PostgreSQL writes them, taken apart."""

import re
from collections.abc import Iterator

_ELEMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,{}"]+)', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def elements(text: str) -> Iterator[str]:
    """Yield the elements of an array's text form, NULLs left out, nested ones flattened.

    See "Array Input and Output Syntax" in PostgreSQL's documentation.
    """
    for match in _ELEMENT.finditer(text):
        quoted, bare = match.groups()
        if quoted is not None:
            yield _ESCAPE.sub(r"\1", quoted)
        elif bare.strip() and bare.strip().upper() != "NULL":
            yield _ESCAPE.sub(r"\1", bare.strip())
