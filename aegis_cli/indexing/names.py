"""Names of new indexes, in the manner of PostgreSQL: table, keys, `idx`."""

import re
from collections.abc import Collection

from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey

LONGEST_NAME = 63
"""Bytes of an identifier (NAMEDATALEN - 1); PostgreSQL cuts off what is longer."""
_SUFFIX = "_idx"
_PARTIAL = "_partial"
_LITERAL = re.compile(r"'(?:[^']|'')*'(?:::[\w ]+)?|::[\w ]+")
_WORD = re.compile(r"[^\W\d]\w*")


def index_name(definition: IndexDefinition, taken: Collection[str]) -> str:
    """Return a name of at most 63 bytes that is none of those taken in the table's schema."""
    stem = "_".join((definition.table.name, *(_key_name(each) for each in definition.keys)))
    ending = (_PARTIAL if definition.predicate else "") + _SUFFIX
    name = _fitted(stem, ending)
    number = 1
    while name in taken:
        number += 1
        name = _fitted(stem, f"{ending}{number}")
    return name


def _key_name(key: IndexKey) -> str:
    """Return the column, or the words of an expression without its literals and casts."""
    if not key.is_expression:
        return key.text
    words = _WORD.findall(_LITERAL.sub(" ", key.text))
    return "_".join(words).lower() or "expr"


def _fitted(stem: str, ending: str) -> str:
    """Shorten the stem by whole characters until name and ending fit."""
    room = LONGEST_NAME - len(ending.encode())
    cut = stem.encode()[:room].decode(errors="ignore")
    return cut.rstrip("_") + ending
