"""Read the values a statement was run with: from the server's DETAIL or from its literals."""

import re
from collections.abc import Iterator

from aegis_cli.sqltext.keywords import ends_value
from aegis_cli.sqltext.tokens import is_comment, is_literal, token_spans, tokens_of

_HEAD = re.compile(r"\s*(?:DETAIL:\s*)?(?:bind )?parameters:\s*", re.IGNORECASE)
_PARAMETER = re.compile(r"\$\d+ = (?:NULL\b|'(?P<value>[^']*+(?:''[^']*+)*+)(?:'|\Z))")
_DOUBLED_OR_CONTINUED = re.compile(r"''|'\s*[\r\n]\s*'")
_ESCAPE = re.compile(r"\\(.)|''", re.DOTALL)
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_BLANKS = frozenset(" \t")
_SIGNS = frozenset("+-")


def parse_parameters(detail: str) -> tuple[str | None, ...]:
    """Return the bind values from a message such as `parameters: $1 = '42', $2 = NULL`.

    NULL is None.
    A value that the server cut short ends in `...`, one that the log cut short just ends.
    """
    head = _HEAD.match(detail)
    if head is None:
        return ()
    values = (found["value"] for found in _PARAMETER.finditer(detail, head.end()))
    return tuple(None if value is None else value.replace("''", "'") for value in values)


def literals_of(sql: str) -> tuple[str, ...]:
    """Return the values of a statement's literals in order, strings without their quotes."""
    return tuple(_literals(tokens_of(sql)))


def _literals(tokens: list[str]) -> Iterator[str]:
    before, last = "", ""
    for token in tokens:
        if is_comment(token):
            continue
        if is_literal(token):
            is_negative = last == "-" and _is_sign(before, last) and not _is_string(token)
            yield f"-{token}" if is_negative else _value(token)
        before, last = last, token


def _is_sign(before: str, token: str) -> bool:
    """Tell whether a plus or minus belongs to the number behind it."""
    return token in _SIGNS and not (before and ends_value(before))


def _is_string(token: str) -> bool:
    return token[0] == "$" or "'" in token


def _value(token: str) -> str:
    if token[0] == "$":
        tag = token[: token.index("$", 1) + 1]
        return token[len(tag) :].removesuffix(tag)
    at = token.find("'")
    if at < 0:
        return token
    body = token[at + 1 :]
    closing = len(body) - len(body.rstrip("'"))
    body = body[:-1] if closing % 2 else body
    if token[0] in "eE":
        return _ESCAPE.sub(_unescaped, body)
    return _DOUBLED_OR_CONTINUED.sub(lambda found: "'" if found[0] == "''" else "", body)


def _unescaped(found: re.Match[str]) -> str:
    char = found[1]
    return "'" if char is None else _CONTROLS.get(char, char)


def mask_literals(sql: str) -> str:
    """Return a statement in its own layout, without comments and with `?` for every literal."""
    pieces: list[str] = []
    before, last = "", ""
    sign_at = at = 0
    for start, end in token_spans(sql):
        token = sql[start:end]
        pieces.append(sql[at:start])
        at = end
        if is_comment(token):
            at = _drop_comment(pieces, sql, end)
            continue
        if is_literal(token):
            if _is_sign(before, last) and not _is_string(token):
                del pieces[sign_at:]
            pieces.append("?")
        else:
            pieces.append(token)
        if token in _SIGNS:
            sign_at = len(pieces) - 1
        before, last = last, token
    return "".join(pieces).strip()


def _drop_comment(pieces: list[str], sql: str, end: int) -> int:
    """Close the gap a comment leaves; return where the text goes on."""
    has_gap = not any(pieces) or pieces[-1][-1:].isspace()
    if has_gap:
        while sql[end : end + 1] in _BLANKS:
            end += 1
    elif not sql[end : end + 1].isspace():
        pieces.append(" ")
    return end
