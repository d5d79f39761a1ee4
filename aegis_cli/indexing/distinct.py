"""How many different values one or several columns of a table hold together."""

import json
import math
from collections.abc import Iterator

from aegis_cli.indexing.tables import TableFacts
from aegis_cli.model.facts.statistics import SlotKind

_DAMPING = 0.85
"""Power of each further column's count: columns of one table are rarely independent, and taking
them so makes indexes on correlated columns up to 2.5 times too large."""
_DATE_DAMPING = 0.6
"""The same for a second date: a row's dates mostly lie close together."""
_CATEGORIES = 100.0
"""Different values up to which a column counts as a category, independent of the others."""
_DATE_CATEGORY = "D"
_TEXT_CATEGORY = "S"
_FREE_TEXT_BYTES = 20
_FREE_TEXT_SHARE = 0.05
"""Of the rows: from so many distinct values on, long texts count as all different. ANALYZE
extrapolates from the few that it saw twice, which are not like the others."""
_CLUSTERED = 0.9
"""Correlation from which ANALYZE, which samples by pages, underestimates distinct values."""


def distinct_count(columns: frozenset[str], facts: TableFacts) -> float:
    """Return the number of different combinations, at least 1 and at most the rows.

    In order of trust: keys, extended statistics, what the columns refer to, and last the
    product of the columns' own counts, damped.
    """
    rows = max(facts.rows, 1.0)
    if facts.is_key(columns):
        return rows
    extended = _extended_count(columns, facts)
    if extended is not None:
        return min(max(extended, 1.0), rows)
    ceiling = min([rows, *_reference_bounds(columns, facts)])
    return min(max(_damped_product(columns, facts), 1.0), ceiling)


def column_distinct(column: str, facts: TableFacts) -> float:
    """Return the number of different values of one column; all rows when nothing is known."""
    rows = max(facts.rows, 1.0)
    if facts.is_key(frozenset({column})):
        return rows
    statistics = facts.statistics.get(column)
    counted = statistics.distinct_of(rows) if statistics is not None else None
    if counted is None:
        return rows
    if _is_free_text(column, facts) and counted > rows * _FREE_TEXT_SHARE:
        return rows
    referred = facts.key_rows.get(frozenset({column}))
    if referred is not None and counted < referred and _is_clustered(column, facts):
        return min(referred, rows)
    return min(max(counted, 1.0), rows)


def distinct_within(distinct: float, rows: float, part: float) -> float:
    """Return how many of the distinct values occur among a random part of the rows."""
    if rows <= 0 or part >= rows:
        return distinct
    missed = math.pow(1.0 - part / rows, rows / max(distinct, 1.0))
    return max(1.0, distinct * (1.0 - missed))


def _is_free_text(column: str, facts: TableFacts) -> bool:
    found = facts.table.column(column)
    statistics = facts.statistics.get(column)
    return (
        found is not None
        and statistics is not None
        and found.type_category == _TEXT_CATEGORY
        and statistics.average_width >= _FREE_TEXT_BYTES
    )


def _is_clustered(column: str, facts: TableFacts) -> bool:
    statistics = facts.statistics.get(column)
    slot = statistics.slot(SlotKind.CORRELATION) if statistics is not None else None
    return slot is not None and bool(slot.numbers) and abs((slot.numbers or (0.0,))[0]) > _CLUSTERED


def _reference_bounds(columns: frozenset[str], facts: TableFacts) -> Iterator[float]:
    """Yield upper bounds: the referred key's rows times what the other columns multiply by."""
    for referring, rows in facts.key_rows.items():
        if referring <= columns and len(referring) > 1:
            others = (column_distinct(each, facts) for each in columns - referring)
            yield max(1.0, rows) * math.prod(others)


def _extended_count(columns: frozenset[str], facts: TableFacts) -> float | None:
    numbers = {str(each.number) for each in facts.table.columns if each.name in columns}
    if len(columns) == 1:
        return None
    for each in facts.extended:
        counts: dict[str, float] = json.loads(each.distinct or "{}")
        for key, count in counts.items():
            if {part.strip() for part in key.split(",")} == numbers:
                return float(count)
    return None


def _damped_product(columns: frozenset[str], facts: TableFacts) -> float:
    counts = sorted(
        ((column_distinct(each, facts), _is_date(each, facts)) for each in columns), reverse=True
    )
    product: float = 1.0
    has_date = False
    for position, (count, is_date) in enumerate(counts):
        power = _DATE_DAMPING if is_date and has_date else _DAMPING
        power = 1.0 if count <= _CATEGORIES else power
        product *= math.pow(count, 1.0 if position == 0 else power)
        has_date = has_date or is_date
    return product


def _is_date(column: str, facts: TableFacts) -> bool:
    found = facts.table.column(column)
    return found is not None and found.type_category == _DATE_CATEGORY
