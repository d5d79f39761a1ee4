"""Dexter's and Supabase index_advisor's methods, written anew from their public descriptions.

Both ask HypoPG with all candidates visible at once and keep what the plans use; neither knows a
budget. See https://github.com/ankane/dexter and https://github.com/supabase/index_advisor.
"""

import time
from collections.abc import Mapping
from itertools import permutations

from aegis_cli.model.facts.accesses import TableAccess
from aegis_cli.model.facts.indexes import IndexDefinition
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.sqltext.access.statement import accesses_of
from benchmarks.hypothetical import HypoPg
from benchmarks.research_peers import Recommendation, btree

DEXTER_BAR = 0.5
"""A statement's plan must cost at most this share of the one before."""


def dexter_like(pg: HypoPg, statements: Mapping[str, str], snapshot: Snapshot) -> Recommendation:
    """Two passes per statement: one-column candidates, then two-column ones beside them."""
    started, before = time.monotonic(), pg.explains
    kept: dict[IndexDefinition, None] = {}
    for text in statements.values():
        columns = _columns_in_conditions(text, snapshot)
        singles = [btree(table, [each]) for table, names in columns.items() for each in names]
        pairs = [
            btree(table, pair)
            for table, names in columns.items()
            for pair in permutations(names, 2)
        ]
        plain = pg.guess(text, {})
        with pg.having(singles) as names_one:
            one = pg.guess(text, names_one)
        with pg.having([*singles, *pairs]) as names_two:
            two = pg.guess(text, names_two)
        if two.cost <= one.cost * DEXTER_BAR:
            kept |= dict.fromkeys(two.used)
        elif one.cost <= plain.cost * DEXTER_BAR:
            kept |= dict.fromkeys(one.used)
    return _recommendation(pg, statements, kept, started, before)


def supabase_method(
    pg: HypoPg, statements: Mapping[str, str], snapshot: Snapshot
) -> Recommendation:
    """Per statement, one candidate for each column of its tables; what the plan uses is kept."""
    started, before = time.monotonic(), pg.explains
    kept: dict[IndexDefinition, None] = {}
    for text in statements.values():
        tables = {each.table for each in _accesses(text, snapshot)}
        candidates = [
            btree(table.name.name, [column.name])
            for table in snapshot.tables
            if table.name.name in tables
            for column in table.columns
        ]
        with pg.having(candidates) as names:
            kept |= dict.fromkeys(pg.guess(text, names).used)
    return _recommendation(pg, statements, kept, started, before)


def _accesses(text: str, snapshot: Snapshot) -> tuple[TableAccess, ...]:
    known = {
        table.name.name: frozenset(each.name for each in table.columns) for table in snapshot.tables
    }
    return accesses_of(text, known.get).tables


def _columns_in_conditions(text: str, snapshot: Snapshot) -> dict[str, list[str]]:
    """Return the columns a statement filters, joins, sorts or groups by, by table."""
    known = {table.name.name: {each.name for each in table.columns} for table in snapshot.tables}
    found: dict[str, dict[str, None]] = {}
    for access in _accesses(text, snapshot):
        names = [
            *(each.column for each in access.conditions),
            *(each.column for each in access.joins),
            *(each.text for each in access.order_by),
            *access.group_by,
        ]
        allowed = known.get(access.table, set())
        columns = found.setdefault(access.table, {})
        columns |= dict.fromkeys(each for each in names if each is not None and each in allowed)
    return {table: list(columns) for table, columns in found.items()}


def _recommendation(
    pg: HypoPg,
    statements: Mapping[str, str],
    kept: Mapping[IndexDefinition, None],
    started: float,
    explains_before: int,
) -> Recommendation:
    seconds, explains = time.monotonic() - started, pg.explains - explains_before
    return Recommendation(
        creates=tuple(kept),
        seconds=seconds,
        explains=explains,
        predicted=pg.total(statements.values(), kept),
    )
