"""Lay out the few statements that a report shows."""

import textwrap

import sqlparse
from sqlparse.exceptions import SQLParseError

_LONGEST_FORMATTED = 10_000
"""The formatter needs about 10 µs per character."""


def pretty(sql: str, width: int) -> str:
    """Return a normalized statement over several lines; long lists wrap at the given width.

    A text that the formatter cannot handle is only wrapped.
    """
    if len(sql) > _LONGEST_FORMATTED:
        return _wrapped(sql, width)
    try:
        text = sqlparse.format(sql, reindent=True, wrap_after=width)
    except (SQLParseError, RecursionError):
        return _wrapped(sql, width)
    return str(text).strip()


def _wrapped(sql: str, width: int) -> str:
    return textwrap.fill(sql, width=width, break_on_hyphens=False)
