"""Write a statement so that PostgreSQL's parser can read it, whatever its length."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aegis_cli.sqltext.keywords import ends_value
from aegis_cli.sqltext.tokens import is_comment, is_placeholder, tokens_of

LONGEST_PARSED_AS_IS = 32_768
"""Longer texts are mostly lists, whose items after the second tell nothing new."""
LONGEST_PARSED = 262_144
"""Beyond this a syntax tree costs more memory than its answer is worth."""
_MOST_COMMENTS = 100
"""The parser's time grows with the square of the depth of nested comments."""
_KEPT_ITEMS = 2
_RESERVED_NAMES = frozenset({"authorization", "user", "window"})
"""Reserved by PostgreSQL, and names in MySQL or SQLite; see its SQL key words, appendix C."""
_BEFORE_TABLES = frozenset({"FROM", "INTO", "JOIN", "TABLE", "UPDATE"})
_OPENING, _CLOSING = frozenset("(["), frozenset(")]")
_LIST_STARTS = {"(": "IN", "[": "ARRAY"}


def texts_to_parse(sql: str) -> Iterator[str]:
    """Yield the texts to hand to the parser in turn until one parses; none if all are hopeless."""
    # The parser is a C program, for which a NUL ends the text.
    if "\0" in sql:
        return
    if len(sql) > LONGEST_PARSED_AS_IS or sql.count("/*") > _MOST_COMMENTS:
        text = with_numbered_parameters(shorten(tokens_of(sql)))
        if len(text) <= LONGEST_PARSED:
            yield text
        return
    yield sql
    tokens = tokens_of(sql)
    yield with_numbered_parameters(tokens)
    if "?" in tokens:
        # A `?` taken for an operator may be a value after all, as in OPERATOR(a.~) ?.
        yield _with_values_only(tokens)
    quoted = _with_names_quoted(tokens)
    if quoted != tokens:
        yield _with_values_only(quoted)


def _with_values_only(tokens: Iterable[str]) -> str:
    return with_numbered_parameters("%s" if piece == "?" else piece for piece in tokens)


def _with_names_quoted(tokens: Sequence[str]) -> Sequence[str]:
    """Quote names that only PostgreSQL reserves, as in the table `user` of many a SQLite file."""
    names = [
        place
        for place, piece in enumerate(tokens)
        if piece.lower() in _RESERVED_NAMES and _names_table(tokens, place)
    ]
    quoted = list(tokens)
    for place in names:
        quoted[place] = f'"{tokens[place].lower()}"'
    return quoted


def _names_table(tokens: Sequence[str], place: int) -> bool:
    before = tokens[place - 1].upper() if place else ""
    return before in _BEFORE_TABLES or tokens[place + 1 : place + 2] == ["."]


def with_numbered_parameters(tokens: Iterable[str]) -> str:
    """Write tokens as a text without comments whose bind values are all `$n`.

    A `?` behind a value is PostgreSQL's operator for JSON and stays.
    """
    pieces: list[str] = []
    count = 0
    for piece in tokens:
        if is_comment(piece):
            continue
        if _is_foreign_placeholder(piece) and not (piece == "?" and _follows_value(pieces)):
            count += 1
            pieces.append(f"${count}")
        elif piece[0] == "`":
            pieces.append(_double_quoted(piece))
        else:
            pieces.append(piece)
    return " ".join(pieces)


def _is_foreign_placeholder(piece: str) -> bool:
    return piece[0] != "$" and is_placeholder(piece)


def _follows_value(pieces: list[str]) -> bool:
    return bool(pieces) and ends_value(pieces[-1])


def _double_quoted(name: str) -> str:
    inner = name.strip("`").replace('"', '""')
    return f'"{inner}"'


@dataclass(slots=True, kw_only=True)
class _List:
    """A list that is being read: behind IN or ARRAY, or the rows of a VALUES."""

    depth: int
    is_rows: bool
    items: int = 1


def shorten(tokens: Iterable[str]) -> list[str]:
    """Return the tokens without comments and without the third and later items of lists.

    Lists are those behind IN and ARRAY, and the rows behind VALUES.
    """
    kept: list[str] = []
    lists: list[_List] = []
    depth = 0
    previous = ""
    for piece in tokens:
        if is_comment(piece):
            continue
        depth -= piece in _CLOSING
        while lists and _is_over(lists[-1], piece, depth):
            lists.pop()
        if lists and piece == "," and depth == lists[-1].depth:
            lists[-1].items += 1
        is_skipping = bool(lists) and lists[-1].items > _KEPT_ITEMS
        if not is_skipping:
            kept.append(piece)
            if _LIST_STARTS.get(piece) == previous:
                lists.append(_List(depth=depth + 1, is_rows=False))
            elif piece == "(" and previous == "VALUES":
                lists.append(_List(depth=depth, is_rows=True))
        depth += piece in _OPENING
        previous = piece.upper()
    return kept


def _is_over(current: _List, piece: str, depth: int) -> bool:
    if depth < current.depth:
        return True
    return current.is_rows and depth == current.depth and piece not in "(),"


def count_rows(tokens: Iterable[str]) -> int | None:
    """Count the rows behind the first VALUES outside parentheses; None if there is none."""
    rows = depth = 0
    is_inside = False
    for piece in tokens:
        if is_comment(piece):
            continue
        if is_inside and depth == 0 and piece not in "(,":
            break
        if piece == "(":
            rows += is_inside and depth == 0
            depth += 1
        elif piece == ")":
            depth -= 1
        elif depth == 0 and piece.upper() == "VALUES":
            is_inside = True
    return rows or None
