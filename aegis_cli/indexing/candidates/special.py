"""Indexes other than ordered ones: trigrams, documents, arrays, block ranges."""

import re
from collections.abc import Iterator

from aegis_cli.indexing.candidates.roles import RANGE, Roles, starts_with_wildcard
from aegis_cli.model.facts.accesses import Condition
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod
from aegis_cli.model.facts.statistics import SlotKind

TRIGRAM_EXTENSION = "pg_trgm"
BRIN_CORRELATION = 0.9
"""Agreement of a column's order with that of the rows from which block ranges are distinct."""
BRIN_PAGES = 16_384
"""Heap pages (128 MB) below which a btree is small enough."""
_PATTERN = frozenset({"LIKE", "~~", "ILIKE", "~~*", "~", "~*"})
_DOCUMENT = {
    "@>": "jsonb_path_ops",
    "@?": "jsonb_path_ops",
    "@@": "jsonb_path_ops",
    "?": None,
    "?|": None,
    "?&": None,
}
_ARRAY = frozenset({"@>", "&&", "<@"})
_TEXT = re.compile(r"(?:text|character|varchar|citext|bpchar)", re.ASCII)


def special_candidates(roles: Roles) -> Iterator[IndexDefinition]:
    """Yield inverted and block-range indexes that an access could use."""
    for condition in roles.access.conditions:
        key = _inverted_key(condition, roles)
        if key is not None:
            yield IndexDefinition(table=roles.facts.table.name, keys=(key,), method=IndexMethod.GIN)
        if condition.operator in RANGE and _is_brin_worthy(condition.column, roles):
            yield IndexDefinition(
                table=roles.facts.table.name,
                keys=(IndexKey(text=condition.column or ""),),
                method=IndexMethod.BRIN,
            )


def needs_trigrams(definition: IndexDefinition) -> bool:
    """Tell whether an index needs the extension pg_trgm."""
    return any(each.operator_class == "gin_trgm_ops" for each in definition.keys)


def _inverted_key(condition: Condition, roles: Roles) -> IndexKey | None:
    column = roles.facts.table.column(condition.column) if condition.column else None
    if column is None:
        return None
    if column.type_name == "jsonb" and condition.operator in _DOCUMENT:
        return IndexKey(text=column.name, operator_class=_DOCUMENT[condition.operator])
    if column.type_name.endswith("[]") and condition.operator in _ARRAY:
        return IndexKey(text=column.name)
    if column.type_name == "tsvector" and condition.operator == "@@":
        return IndexKey(text=column.name)
    is_pattern = condition.operator in _PATTERN and _TEXT.match(column.type_name) is not None
    if is_pattern and not _is_prefix_only(condition):
        return IndexKey(text=column.name, operator_class="gin_trgm_ops")
    return None


def _is_prefix_only(condition: Condition) -> bool:
    """Tell whether a btree serves the pattern as well: case matters and it starts with text."""
    return condition.operator in {"LIKE", "~~"} and starts_with_wildcard(condition) is False


def _is_brin_worthy(name: str | None, roles: Roles) -> bool:
    if name is None or roles.facts.table.column(name) is None or roles.facts.pages < BRIN_PAGES:
        return False
    statistics = roles.facts.statistics.get(name)
    slot = statistics.slot(SlotKind.CORRELATION) if statistics is not None else None
    return bool(slot and slot.numbers and abs(slot.numbers[0]) > BRIN_CORRELATION)
