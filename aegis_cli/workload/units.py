"""Cut the executions of each session into units of work."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aegis_cli.workload.catalog import Role
from aegis_cli.workload.rows import Rows

NO_TAG = -1
_SECOND_US = 1_000_000
_CLOCK_JUMP_US = 60_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOptions:
    """What separates units of work where neither transaction nor tag does."""

    idle_gap_us: int = 200_000
    """A session that is silent for longer begins a new unit."""
    do_tags_delimit: bool = True
    """A tag names the request; where it names the line of code instead, units have many tags."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """The unit of every row, and what each unit is; units are numbered in row order."""

    unit: NDArray[np.int64]
    first: NDArray[np.int64]
    """First row of each unit; the next unit's first row ends it."""
    is_transaction: NDArray[np.bool_]
    is_tagged: NDArray[np.bool_]


def find_units(
    rows: Rows,
    roles: NDArray[np.uint8],
    options: UnitOptions,
    named: Collection[int] = (),
) -> Units:
    """Cut rows that are sorted by session, each session in the order of its log.

    A unit ends with a session, with COMMIT or ROLLBACK, before BEGIN, where the statement's tag
    changes, and where the session was idle for long. Named sessions are one unit as a whole: the
    program itself said where they begin and end.
    """
    role = roles[rows.statement]
    begins = role == Role.BEGIN
    ends = role == Role.END
    breaks = np.ones(len(rows), np.bool_)
    breaks[1:] = (
        (rows.session[1:] != rows.session[:-1])
        | begins[1:]
        | ends[:-1]
        | _idle(rows, options.idle_gap_us)
    )
    is_tagged = np.zeros(len(rows), np.bool_)
    if options.do_tags_delimit:
        breaks[1:] |= _tag_changes(rows)
        is_tagged = rows.tag != NO_TAG
    # Inside a transaction neither a pause nor a tag begins another unit.
    breaks &= ~_inside_transaction(rows, begins, ends)
    is_named = np.isin(rows.session, list(named)) if named else np.zeros(len(rows), np.bool_)
    if named:
        starts = np.ones(len(rows), np.bool_)
        starts[1:] = rows.session[1:] != rows.session[:-1]
        breaks = np.where(is_named, starts, breaks)
        begins, is_tagged = begins & ~is_named, is_tagged | is_named
    unit = np.cumsum(breaks) - 1
    first = np.flatnonzero(breaks)
    tagged = np.logical_or.reduceat(is_tagged, first) if len(first) else breaks
    return Units(unit=unit, first=first, is_transaction=begins[first], is_tagged=tagged)


def _tag_changes(rows: Rows) -> NDArray[np.bool_]:
    tag = rows.tag
    return np.asarray((tag[1:] != tag[:-1]) & (tag[1:] != NO_TAG) & (tag[:-1] != NO_TAG))


def _idle(rows: Rows, gap_us: int) -> NDArray[np.bool_]:
    """Tell where a session waited longer than the gap between an end and the next start."""
    known = (rows.at_us[1:] >= 0) & (rows.at_us[:-1] >= 0)
    pause = rows.at_us[1:] - np.maximum(rows.duration_us[1:], 0) - rows.at_us[:-1]
    idle = pause > gap_us
    # A log with whole seconds may show a moment around the turn of a second as a second.
    near = np.flatnonzero(idle & (pause <= gap_us + _SECOND_US))
    whole = (rows.at_us[near] % _SECOND_US == 0) & (rows.at_us[near + 1] % _SECOND_US == 0)
    idle[near[whole]] = False
    # A clock that jumps back by much is a restart or a change of time, not a quick answer.
    return np.asarray(known & (idle | (pause < -_CLOCK_JUMP_US)))


def _inside_transaction(
    rows: Rows, begins: NDArray[np.bool_], ends: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell which rows stand behind a BEGIN of their session that has not ended before them."""
    inside = np.zeros(len(rows), np.bool_)
    if not begins.any():
        return inside
    index = np.arange(len(rows))
    starts = np.ones(len(rows), np.bool_)
    starts[1:] = rows.session[1:] != rows.session[:-1]
    none = np.full(len(rows), -1)
    session_start = np.maximum.accumulate(np.where(starts, index, -1))
    last_begin = np.maximum.accumulate(np.where(begins, index, none))
    last_end = np.maximum.accumulate(np.where(ends, index, none))
    before_begin = np.concatenate((none[:1], last_begin[:-1]))
    before_end = np.concatenate((none[:1], last_end[:-1]))
    inside = (before_begin >= session_start) & (before_begin > before_end)
    return np.asarray(inside & ~begins & ~starts)
