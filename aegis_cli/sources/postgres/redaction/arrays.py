"""Arrays of one dimension as PostgreSQL writes them: `{a,"b c",NULL}`."""

import re
from collections.abc import Iterable

_ITEM = re.compile(r'"((?:[^"\\]|\\.)*)"|([^",{}\\]+)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SPECIAL = re.compile(r'(["\\])')
_PLAIN = re.compile(r"[\w.+:-]+\Z", re.ASCII)
_NULL = "NULL"


class UnreadableArray(ValueError):
    """A text that is no array of one dimension."""


def parse_array(text: str) -> tuple[str | None, ...]:
    """Return the items of an array, None for NULL.

    Raises:
        UnreadableArray: When it has more dimensions, or is no array at all.
    """
    if not (text.startswith("{") and text.endswith("}")):
        raise UnreadableArray("no array of one dimension")
    items: list[str | None] = []
    at, end = 1, len(text) - 1
    while at < end:
        found = _ITEM.match(text, at, end)
        if found is None or (found.end() < end and text[found.end()] != ","):
            raise UnreadableArray("no array of one dimension")
        quoted, plain = found.groups()
        if quoted is None:
            items.append(None if plain.upper() == _NULL else plain)
        else:
            items.append(_ESCAPED.sub(r"\1", quoted))
        at = found.end() + 1
    return tuple(items)


def format_array(items: Iterable[str | None]) -> str:
    """Write items as an array."""
    return "{" + ",".join(_NULL if each is None else _quoted(each) for each in items) + "}"


def _quoted(item: str) -> str:
    if _PLAIN.match(item) and item.upper() != _NULL:
        return item
    return '"' + _SPECIAL.sub(r"\\\1", item) + '"'
