"""Read what pgBadger and AEGIS say about the statements of a log."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pglast

from benchmarks.truth import fingerprint_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """Executions of a statement and the time they took together."""

    calls: int
    total_ms: float


Totals: TypeAlias = dict[str, Total]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How two programs' totals per statement compare.

    `equal` statements have the same fingerprint, calls and time. `damaged` ones have the same
    calls and time, but the peer shows their text cut or changed, so that it has another
    fingerprint. `different` ones are named with both totals.
    """

    equal: int
    damaged: tuple[str, ...]
    different: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Tell whether every statement has the same calls and time on both sides."""
        return not self.different


def pgbadger_totals(report: Path) -> Totals:
    """Sum pgBadger's JSON by the fingerprint of a sample of each of its statements.

    pgBadger's own normalized text is no statement any more, its samples are; several of its
    texts (one per length of a list, for instance) are one statement to the parser.
    """
    document = json.loads(report.read_text(encoding="utf-8", errors="replace"))
    pairs = (
        (_pgbadger_key(text, entry), Total(calls=entry["count"], total_ms=float(entry["duration"])))
        for statements in document["normalyzed_info"].values()
        for text, entry in statements.items()
    )
    return _summed(pairs)


def aegis_totals(report: Path) -> Totals:
    """Sum the `statements` section of AEGIS by fingerprint."""
    section = aegis_section(report, "statements")
    columns, rows = section["columns"], section["rows"]
    assert isinstance(columns, list)
    assert isinstance(rows, list)
    keys = [column["key"] if isinstance(column, dict) else column for column in columns]
    named = (row if isinstance(row, dict) else dict(zip(keys, row, strict=True)) for row in rows)
    return _summed(
        (str(row["fingerprint"]), Total(calls=int(row["calls"]), total_ms=float(row["total_ms"])))
        for row in named
    )


def aegis_section(report: Path, name: str) -> dict[str, object]:
    """Return one section of a JSON report of AEGIS.

    Raises:
        LookupError: When the report has no such section.
    """
    document = json.loads(report.read_text(encoding="utf-8"))
    for section in document["sections"]:
        if section["id"] == name:
            return dict(section)
    raise LookupError(f"{report} has no section {name}")


def aegis_executions(report: Path) -> int:
    """Return how many executions AEGIS counted."""
    data = aegis_section(report, "coverage")["data"]
    assert isinstance(data, dict)
    value = data["executions"]
    return int(value["value"] if isinstance(value, dict) else value)


def agreement(ours: Totals, theirs: Totals) -> Agreement:
    """Compare totals per statement."""
    equal = {key for key in ours.keys() & theirs.keys() if _same(ours[key], theirs[key])}
    our_rest = {key: total for key, total in ours.items() if key not in equal}
    their_rest = {key: total for key, total in theirs.items() if key not in equal}
    damaged = []
    for key, total in list(their_rest.items()):
        twin = next((k for k, t in our_rest.items() if _same(t, total)), None)
        if twin is not None and twin not in theirs:
            damaged.append(f"{twin} is {key[:80]!r} there")
            del our_rest[twin], their_rest[key]
    different = tuple(
        f"{key[:80]!r}: {_shown(ours, key)} here, {_shown(theirs, key)} there"
        for key in sorted(our_rest.keys() | their_rest.keys())
    )
    return Agreement(equal=len(equal), damaged=tuple(damaged), different=different)


def _pgbadger_key(text: str, entry: Mapping[str, Mapping[str, Mapping[str, str]]]) -> str:
    for sample in entry.get("samples", {}).values():
        try:
            return fingerprint_of(sample["query"])
        except pglast.parser.ParseError:
            continue
    return _normalized_key(text)


def _normalized_key(text: str) -> str:
    try:
        return fingerprint_of(re.sub(r"\?", "$1", text))
    except pglast.parser.ParseError:
        return text


def _summed(pairs: Iterable[tuple[str, Total]]) -> Totals:
    totals: Totals = {}
    for key, total in pairs:
        old = totals.get(key, Total(calls=0, total_ms=0.0))
        calls, total_ms = old.calls + total.calls, old.total_ms + total.total_ms
        totals[key] = Total(calls=calls, total_ms=total_ms)
    return totals


def _same(one: Total, other: Total) -> bool:
    tolerance_ms = 0.01 + 1e-5 * other.total_ms
    return one.calls == other.calls and abs(one.total_ms - other.total_ms) <= tolerance_ms


def _shown(totals: Totals, key: str) -> str:
    total = totals.get(key)
    return "absent" if total is None else f"{total.calls} calls {total.total_ms:.3f} ms"
