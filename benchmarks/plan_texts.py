"""Compare plans as EXPLAIN prints them: shape, indexes, cost."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_NUMBERS = re.compile(r"  \(cost=[\d.]+\.\.([\d.]+) rows=\d+ width=\d+\)")
_INDEX = re.compile(r"(using |Bitmap Index Scan on )(\"[^\"]+\"|\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanText:
    """What is compared of a plan."""

    cost: float
    shape: str
    """Every line, conditions and workers too, without numbers and names of indexes."""
    indexes: frozenset[str]
    """Indexes in the plan, under names that both sides share."""

    def is_like(self, other: "PlanText") -> bool:
        """Tell whether two plans have one shape and use the same indexes."""
        return (self.shape, self.indexes) == (other.shape, other.indexes)


def read_plan_text(text: str, names: Mapping[str, str]) -> PlanText:
    """Read a plan.

    Args:
        text: As EXPLAIN prints it.
        names: Shared names of indexes by the names that this side has for them; others stay.
    """
    first = _NUMBERS.search(text)
    if first is None:
        raise ValueError(f"no plan: {text[:80]!r}")
    found = {match[2].strip('"') for match in _INDEX.finditer(text)}
    return PlanText(
        cost=float(first[1]),
        shape=_INDEX.sub(r"\1…", _NUMBERS.sub("", text)),
        indexes=frozenset(names.get(each, each) for each in found),
    )
