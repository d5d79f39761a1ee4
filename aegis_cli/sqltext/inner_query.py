"""Find the query inside a statement that declares, prepares, explains or copies it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from aegis_cli.sqltext.tokens import is_comment, token_spans

_QUERY_STARTS = frozenset(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES"))
_MOST_TOKENS = 60
"""So far into a statement its query begins at the latest."""


_Words: TypeAlias = Sequence[tuple[int, str]]
"""Where the first tokens begin, and how they read in capital letters."""


def inner_query(sql: str) -> str:
    """Return the query that a statement is about, the statement itself if it is none around it.

    A cursor's plan is that of its query, so is that of a prepared statement or of EXPLAIN.
    """
    words = [*_words(sql)]
    finder = _FINDERS.get(words[0][1]) if words else None
    found = finder(words) if finder is not None else None
    if found is None:
        return sql
    start, end = words[found][0], len(sql)
    if words[0][1] == "COPY":
        end = _closing(sql, words[found - 1][0])
    return sql[start:end]


def _words(sql: str) -> Iterator[tuple[int, str]]:
    for number, (start, end) in enumerate(token_spans(sql)):
        if number > _MOST_TOKENS:
            return
        token = sql[start:end]
        if not is_comment(token):
            yield start, token.upper()


def _behind(*marks: str) -> Callable[[_Words], int | None]:
    """Return what finds the query right behind one of some words."""

    def find(words: _Words) -> int | None:
        for number in range(1, len(words) - 1):
            if words[number][1] in marks and _begins_query(words, number + 1):
                return number + 1
        return None

    return find


def _begins_query(words: _Words, number: int) -> bool:
    while number < len(words) and words[number][1] == "(":
        number += 1
    return number < len(words) and words[number][1] in _QUERY_STARTS


def _explained(words: _Words) -> int | None:
    """Return where the query begins behind EXPLAIN and its options."""
    return next((at for at in range(1, len(words)) if words[at][1] in _QUERY_STARTS), None)


def _copied(words: _Words) -> int | None:
    if len(words) > 1 and words[1][1] == "(" and _begins_query(words, 2):
        return 2
    return None


def _created(words: _Words) -> int | None:
    is_table = any(word == "TABLE" for _, word in words[1:4])
    return _behind("AS")(words) if is_table else None


_FINDERS: Mapping[str, Callable[[_Words], int | None]] = MappingProxyType(
    {
        "DECLARE": _behind("FOR"),
        "PREPARE": _behind("AS"),
        "CREATE": _created,
        "EXPLAIN": _explained,
        "COPY": _copied,
    }
)


def _closing(sql: str, opening: int) -> int:
    """Return where the parenthesis closes that opens at a place; the end if it never does."""
    depth = 0
    for start, end in token_spans(sql):
        if start < opening:
            continue
        piece = sql[start:end]
        depth += (piece == "(") - (piece == ")")
        if depth == 0:
            return start
    return len(sql)
