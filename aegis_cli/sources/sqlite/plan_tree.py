"""Read what EXPLAIN QUERY PLAN prints, in the notation of every SQLite since 3.24."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LOOP = re.compile(
    r"(?P<verb>SCAN|SEARCH)(?: TABLE| SUBQUERY)? (?P<name>.+?)(?: AS (?P<alias>\S+))?"
    r"(?: USING (?P<automatic>AUTOMATIC )?(?:PARTIAL )?(?P<covering>COVERING )?INDEX"
    r"(?: (?P<index>[^(]+?))??| USING (?P<primary>(?:INTEGER )?PRIMARY KEY))?"
    r"(?: VIRTUAL TABLE INDEX .*)?(?: \((?P<terms>.*)\))?(?: LEFT-JOIN)?\Z"
)
_CONSTANT = re.compile(r"\bCONSTANT ROWS?\Z")
_SKIPPED = "ANY("
_TERM = re.compile(r"(?P<key>.+?)(?P<operator>[=<>])(?:\?|\(.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """One table, index or subquery that is walked."""

    name: str
    """The alias where there is one, else the table."""
    is_search: bool
    index: str | None
    is_primary: bool
    """By the rowid, or by the primary key of a table without rowid."""
    is_covering: bool
    is_automatic: bool
    equal: int
    """Keys that have one value each; they are the index's first."""
    equal_keys: tuple[str, ...]
    """Their columns, `<expr>` for an expression."""
    is_ranged: bool
    skipped: int = 0
    """Keys before those, of which every value is tried (a skip-scan)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStep:
    """A line of the plan and what lies below it."""

    detail: str
    children: tuple["PlanStep", ...]
    loop: Loop | None


def plan_steps(rows: Iterable[tuple[int, int, int, str]]) -> tuple[PlanStep, ...]:
    """Return the outermost steps of a plan."""
    return _children(0, tuple(rows))


def plan_text(steps: Sequence[PlanStep], indent: int = 0) -> str:
    """Return a plan as people read it, one line a step."""
    lines = []
    for step in steps:
        lines.append("  " * indent + step.detail)
        if step.children:
            lines.append(plan_text(step.children, indent + 1))
    return "\n".join(lines)


def read_loop(detail: str) -> Loop | None:
    """Return what a line says of a table, or None where it speaks of something else."""
    found = _LOOP.match(detail)
    if found is None or _CONSTANT.search(found["name"]):
        return None
    words = [each.strip() for each in (found["terms"] or "").split(" AND ")]
    terms = [_TERM.match(each) for each in words if not each.startswith(_SKIPPED)]
    equal = tuple(each["key"] for each in terms if each and each["operator"] == "=")
    return Loop(
        name=found["alias"] or found["name"],
        is_search=found["verb"] == "SEARCH",
        index=found["index"],
        is_primary=found["primary"] is not None,
        is_covering=found["covering"] is not None,
        is_automatic=found["automatic"] is not None,
        equal=len(equal),
        equal_keys=equal,
        is_ranged=any(each is not None and each["operator"] != "=" for each in terms),
        skipped=sum(each.startswith(_SKIPPED) for each in words),
    )


def _children(parent: int, rows: tuple[tuple[int, int, int, str], ...]) -> tuple[PlanStep, ...]:
    return tuple(
        PlanStep(detail=detail, children=_children(number, rows), loop=read_loop(detail))
        for number, above, _, detail in rows
        if above == parent
    )
