"""Put values in the place of a statement's parameters, and number parameters of any style."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aegis_cli.sqltext import tree
from aegis_cli.sqltext.identifiers import string
from aegis_cli.sqltext.keywords import ends_value
from aegis_cli.sqltext.tokens import is_comment, is_placeholder, token_spans

_TYPES_BEFORE_VALUES = frozenset(
    ("date", "time", "timetz", "timestamp", "timestamptz", "interval", "numeric", "money", "uuid")
)
"""Types that people write before a string: `date '2024-01-31'`."""
_INTERVAL_FIELDS = frozenset(("year", "month", "day", "hour", "minute", "second"))
_TEXTS = frozenset(("text", "character varying", "bpchar", "unknown"))
_NUMBERED = "$"


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    text: str


def substitute(sql: str, literals: Mapping[int, str]) -> str:
    """Return a statement with literals in place of the parameters `$n` that have one.

    Nothing inside of strings, quoted names or comments is touched.
    """

    def replacement(number: int) -> str | None:
        found = literals.get(number)
        # A sign before the parameter would make a comment of `--5`.
        return f"({found})" if found is not None and found.startswith("-") else found

    return _with_parameters(sql, replacement)


def renumbered(sql: str) -> str:
    """Return a statement whose parameters are `$1`, `$2`, … without gaps, in their order.

    A server refuses to prepare a statement that skips a number.
    """
    used = sorted({number for each in _tokens(sql) if (number := _number(each.text)) is not None})
    new = {number: f"${position}" for position, number in enumerate(used, 1)}
    return _with_parameters(sql, new.get)


def executable(sql: str) -> str:
    """Return a normalized statement as a server accepts it: `date $1` becomes `$1::date`.

    The server's own normalization puts a parameter where only a string is allowed; see the
    notes on representative texts in the documentation of pg_stat_statements.
    """
    tokens = [each for each in _tokens(sql) if not is_comment(each.text)]
    pieces: list[str] = []
    at = position = 0
    while position < len(tokens):
        words = _type_before_parameter(tokens, position)
        if words:
            parameter = tokens[position + 1]
            last = tokens[position + words - 1]
            fields = sql[parameter.end : last.end]
            pieces += [sql[at : tokens[position].start], parameter.text, "::"]
            pieces += [tokens[position].text, fields]
            at = last.end
        position += words or 1
    return "".join([*pieces, sql[at:]])


def numbered_parameters(sql: str) -> str | None:
    """Return a statement whose placeholders `?`, `%s`, `%(name)s` or `:name` are `$n`.

    The same name gets the same number. None if that is ambiguous: styles are mixed, or the
    outcome is no statement that PostgreSQL's parser understands.
    """
    tokens = [*_tokens(sql)]
    foreign = [*_foreign(tokens)]
    if not foreign:
        return sql
    styles = {_style(each.text) for each in foreign}
    if len(styles) > 1 or any(_number(each.text) is not None for each in tokens):
        return None
    numbered = _numbered(sql, foreign)
    if styles & {"%s", "%("}:
        numbered = numbered.replace("%%", "%")
    return numbered if tree.parse(numbered) is not None else None


def literal(value: str, type_name: str) -> str:
    """Return a value, as the server prints it, as a literal of a type such as `numeric(10,2)`.

    The type's modifier is left out, so that no value is cut or rounded. A text needs no type: it
    takes that of what it is compared with.
    """
    name = _without_modifier(type_name)
    return string(value) if name in _TEXTS else f"{string(value)}::{name}"


def array_literal(values: Sequence[str], element_type: str) -> str:
    """Return values as a literal of an array type."""
    elements = ",".join(
        '"' + each.replace("\\", "\\\\").replace('"', '\\"') + '"' for each in values
    )
    return f"{string('{' + elements + '}')}::{_without_modifier(element_type)}[]"


def with_values(sql: str, values: Sequence[str | None]) -> str:
    """Return a statement with the values it was run with, where those are whole.

    A server that cuts long values short ends them in `...`; such a parameter stays.
    """
    literals = {
        number: "NULL" if value is None else string(value)
        for number, value in enumerate(values, 1)
        if value is None or not value.endswith("...")
    }
    return substitute(sql, literals)


def parameters_in(sql: str) -> tuple[int, ...]:
    """Return the numbers of the parameters `$n` in a statement, ascending."""
    found = (_number(each.text) for each in _tokens(sql))
    return tuple(sorted({each for each in found if each is not None}))


def _with_parameters(sql: str, replacement: Callable[[int], str | None]) -> str:
    pieces: list[str] = []
    at = 0
    for each in _tokens(sql):
        number = _number(each.text)
        new = replacement(number) if number is not None else None
        if new is not None:
            pieces += [sql[at : each.start], new]
            at = each.end
    return "".join([*pieces, sql[at:]])


def _tokens(sql: str) -> Iterator[_Token]:
    for start, end in token_spans(sql):
        yield _Token(start, end, sql[start:end])


def _number(token: str) -> int | None:
    digits = token[1:]
    is_parameter = token[0] == _NUMBERED and digits.isascii() and digits.isdecimal()
    return int(digits) if is_parameter else None


def _type_before_parameter(tokens: Sequence[_Token], position: int) -> int:
    """Return how many tokens a typed parameter takes that begins here; 0 if none does."""
    word = tokens[position].text.lower()
    following = [each.text.lower() for each in tokens[position + 1 : position + 5]]
    if word not in _TYPES_BEFORE_VALUES or not following or _number(following[0]) is None:
        return 0
    if word != "interval" or len(following) == 1 or following[1] not in _INTERVAL_FIELDS:
        return 2
    is_range = following[2:3] == ["to"] and following[3:4] and following[3] in _INTERVAL_FIELDS
    return 5 if is_range else 3


def _foreign(tokens: Sequence[_Token]) -> Iterator[_Token]:
    """Yield the placeholders of other styles than `$n`; a `?` behind a value is an operator."""
    before = ""
    for each in tokens:
        if is_comment(each.text):
            continue
        is_operator = each.text == "?" and before and ends_value(before)
        if each.text[0] != _NUMBERED and is_placeholder(each.text) and not is_operator:
            yield each
        before = each.text


def _style(token: str) -> str:
    return token[:2] if token[0] == "%" else token[0]


def _numbered(sql: str, placeholders: Sequence[_Token]) -> str:
    numbers: dict[str, int] = {}
    pieces: list[str] = []
    at = 0
    for position, each in enumerate(placeholders):
        is_named = each.text not in ("?", "%s")
        name = each.text if is_named else str(position)
        number = numbers.setdefault(name, len(numbers) + 1)
        pieces += [sql[at : each.start], f"${number}"]
        at = each.end
    return "".join([*pieces, sql[at:]])


def _without_modifier(type_name: str) -> str:
    head, _, rest = type_name.partition("(")
    name, suffix = head.rstrip(), rest.partition(")")[2]
    base = name.removesuffix("[]")
    # Bare `character` and `bit` mean one character and one bit.
    if base in ("character", "bit"):
        suffix = name.removeprefix(base) + suffix
        name = "bpchar" if base == "character" else "varbit"
    return name + suffix
