"""The values of a column as its statistics tell them, and which of them are likely constants."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from aegis_cli.indexing.array_text import elements
from aegis_cli.model.facts.statistics import ColumnStatistics, SlotKind

_LEAST_WEIGHT = 0.02
"""Constants of which fewer executions are expected are left out."""
_PATTERN_CHARS = 3
"""Of a value, what people type to search for it."""


@dataclass(frozen=True, slots=True)
class Draw:
    """A likely constant, and the share of executions it stands for."""

    value: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnValues:
    """Common values with their share of the rows, and the bounds of equal parts of the rest."""

    common: tuple[tuple[str, float], ...] = ()
    """The most frequent first."""
    bounds: tuple[str, ...] = ()
    """Ascending, in the order of the column's type."""
    elements: tuple[str, ...] = ()
    """Common elements of an array's or document's values."""
    distinct: float | None = None
    null_fraction: float = 0.0

    @property
    def is_known(self) -> bool:
        """Tell whether there is any value to draw."""
        return bool(self.common or self.bounds)

    def quantile(self, share: float) -> str | None:
        """Return a value below which about this share of the rows lies, None if none is known."""
        if self.bounds:
            return self.bounds[round(share * (len(self.bounds) - 1))]
        reached, total = 0.0, sum(frequency for _, frequency in self.common)
        for value, frequency in sorted(self.common, key=_order):
            reached += frequency
            if reached >= share * total:
                return value
        return None

    def likely(self) -> tuple[Draw, ...]:
        """Return up to three values that an equality may ask for, and how often.

        They stand for the most frequent value, the other common ones, and all others.
        """
        shares = [self._share(frequency) for _, frequency in self.common]
        rest = max(1.0 - sum(shares), 0.0) if self.bounds else 0.0
        found = [Draw(self.common[0][0], shares[0])] if shares else []
        if len(shares) > 1:
            found.append(Draw(self.common[len(shares) // 2][0], sum(shares[1:])))
        typical = self.quantile(0.5) if self.bounds else None
        if typical is not None:
            found.append(Draw(typical, rest))
        return _weighted(found)

    def spread(self, count: int) -> tuple[str, ...]:
        """Return up to so many different values from all over the column, for a list."""
        found = [self.quantile((at + 0.5) / count) for at in range(count)] if self.bounds else []
        values = [value for value, _ in self.common[: max(count // 3, 1)]]
        values += [each for each in found if each is not None]
        values += [value for value, _ in self.common]
        return tuple(dict.fromkeys(values))[:count]

    def patterns(self, *, is_prefix: bool) -> tuple[Draw, ...]:
        """Return what people may search a text for: a part of a value, or how it begins."""
        value = self.quantile(0.5) or ""
        start = max((len(value) - _PATTERN_CHARS) // 2, 0)
        part, head = value[start : start + _PATTERN_CHARS], value[:_PATTERN_CHARS]
        if not part or any(char in "%_\\" for char in part + head):
            return ()
        inside = Draw(f"%{part}%", 0.5)
        return (Draw(f"{head}%", 0.5), inside) if is_prefix else (Draw(inside.value, 1.0),)

    def _share(self, frequency: float) -> float:
        """Return how many executions ask for a value of this frequency; see `constants`."""
        by_rows = frequency / max(1.0 - self.null_fraction, frequency)
        alike = 1.0 / self.distinct if self.distinct else by_rows
        return (by_rows + min(alike, 1.0)) / 2


@lru_cache(maxsize=256)
def values_of(statistics: ColumnStatistics, rows: float) -> ColumnValues:
    """Return the values that the statistics of a column name.

    The statements of a workload compare the same few columns again and again.
    """
    common = statistics.slot(SlotKind.MOST_COMMON)
    histogram = statistics.slot(SlotKind.HISTOGRAM)
    inside = statistics.slot(SlotKind.MOST_COMMON_ELEMENTS)
    frequencies = common.numbers or () if common is not None else ()
    named = elements(common.values or "") if common is not None else ()
    pairs = zip(named, frequencies, strict=False)
    return ColumnValues(
        common=tuple(sorted(pairs, key=lambda each: -each[1])),
        bounds=tuple(elements(histogram.values or "")) if histogram is not None else (),
        elements=tuple(elements(inside.values or "")) if inside is not None else (),
        distinct=statistics.distinct_of(rows),
        null_fraction=statistics.null_fraction,
    )


def _order(pair: tuple[str, float]) -> tuple[float, str]:
    value, _ = pair
    try:
        return float(value), value
    except ValueError:
        return 0.0, value


def _weighted(draws: Sequence[Draw]) -> tuple[Draw, ...]:
    kept = [each for each in draws if each.weight >= _LEAST_WEIGHT] or list(draws[:1])
    total = sum(each.weight for each in kept) or 1.0
    return tuple(Draw(each.value, each.weight / total) for each in kept)
