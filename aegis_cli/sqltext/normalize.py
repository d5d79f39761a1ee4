"""Normalize a statement: literals and bind values become `?`, lists fold, keywords stand out.

The text is for people, and it is the statement's identity where no parser understands it.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from aegis_cli.sqltext.keywords import CALLED_KEYWORDS, KEYWORDS, OPERAND_KEYWORDS
from aegis_cli.sqltext.tokens import is_comment, is_literal, is_placeholder, tokens_of

_QUOTED = r'"[^"]*+(?:""[^"]*+)*+(?:"|\Z)|`[^`]*+(?:``[^`]*+)*+(?:`|\Z)'
_TYPE = r"(?:::(?:\w+\.)?\w+(?:\(\?(?:, \?)?\))?(?:\[\])*)*"
_ITEM = rf"\?{_TYPE}"
_ROW = rf"\({_ITEM}(?:, {_ITEM})*\)"
# Three levels of parentheses, which is enough for f(g(?)) in a row. Atomic groups do what
# possessive ones that fail midway get wrong before Python 3.11.5 (gh-106052).
_PLAIN = rf"[^()\"`]++|{_QUOTED}"
_ANY_ROW = rf"\((?>(?:{_PLAIN}|\((?>(?:{_PLAIN}|\((?:{_PLAIN})*+\))*)\))*)\)"
_LISTS = re.compile(
    rf"(?P<quoted>{_QUOTED})"
    rf"|(?P<rows>\bVALUES {_ANY_ROW})(?>(?:, {_ANY_ROW})+)(?:, \([^()]*\Z)?"
    rf"|(?P<list>(?:\bIN \(|\bARRAY\[)(?:{_ITEM}|{_ROW}))(?>(?:, (?:{_ITEM}|{_ROW}))+)(?=[)\]]|\Z)"
)


class _Word(NamedTuple):
    """How a token is written, with and without a space before it, and what may follow."""

    spaced: str
    text: str
    joins_left: bool = False
    joins_right: bool = False
    is_operand: bool = False
    is_called: bool = False


_LITERAL = _Word(" ?", "?", is_operand=True)
_SIGNS = frozenset("+-")
_LONGEST_REMEMBERED = 64
_SETTLED = {
    spelling: _Word(
        f" {word}", word, is_operand=word in OPERAND_KEYWORDS, is_called=word in CALLED_KEYWORDS
    )
    for spelling, word in KEYWORDS.items()
} | {
    "?": _LITERAL,
    "(": _Word(" (", "(", joins_right=True),
    ")": _Word(" )", ")", joins_left=True, is_operand=True),
    "[": _Word(" [", "[", joins_left=True, joins_right=True),
    "]": _Word(" ]", "]", joins_left=True, is_operand=True),
    ",": _Word(" ,", ",", joins_left=True),
    ";": _Word(" ;", ";", joins_left=True),
    ".": _Word(" .", ".", joins_left=True, joins_right=True),
}


def normalize(sql: str) -> str:
    """Return a statement with `?` for every literal and bind value, in a settled layout.

    Whatever the text is, this returns; normalizing twice changes nothing.
    """
    text = _lay_out(tokens_of(sql))
    if ", ?" not in text and ", (" not in text:
        return text
    return _LISTS.sub(_fold, text)


def _fold(found: re.Match[str]) -> str:
    return found["quoted"] or found["rows"] or found["list"]


def _lay_out(tokens: Iterable[str]) -> str:
    """Write tokens with one space where people expect one."""
    pieces: list[str] = []
    glued = True
    signed = operand = called = False
    for token in tokens:
        word = _SETTLED.get(token)
        if word is None:
            if token[0] in "-/" and is_comment(token):
                continue
            word = _LITERAL if token[0] in "'0123456789" else _settled(token)
        spaced, text, joins_left, joins_right, is_operand, is_called = word
        if signed and word is _LITERAL and token[0] in "0123456789.":
            pieces[-1] = pieces[-1][:-1] + text
        elif glued or joins_left or (called and text == "("):
            pieces.append(text)
        else:
            pieces.append(spaced)
        signed = text in _SIGNS and not operand
        glued, operand, called = joins_right, is_operand, is_called
    while pieces and pieces[-1] == ";":
        pieces.pop()
    return "".join(pieces)


def _settled(token: str) -> _Word:
    return _remembered(token) if len(token) <= _LONGEST_REMEMBERED else _settle(token)


def _settle(token: str) -> _Word:
    """Describe a token that is neither punctuation nor a keyword in one case."""
    if is_literal(token) or is_placeholder(token):
        return _LITERAL
    if token[0] in '"`_' or token[0].isalpha():
        name = _Word(f" {token}", token, is_operand=True, is_called=True)
        return _SETTLED.get(token.lower(), name)
    if token[0] == ":" and token.count(":") > 1:
        cast = ":" * token.count(":")
        return _Word(cast, cast, joins_left=True, joins_right=True)
    return _Word(f" {token}", token)


# A log repeats its few names; without this memory a statement takes twice as long.
_remembered = lru_cache(maxsize=4096)(_settle)
