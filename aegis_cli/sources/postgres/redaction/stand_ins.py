"""Values that stand in for others: of the same type and in the same order, but meaning nothing."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeAlias

StandIn: TypeAlias = Callable[[int], str]
"""The value for a rank."""

_DIGITS = "0123456789"
_ALPHABET = _DIGITS + "abcdefghijklmnopqrstuvwxyz"
_MODIFIER = re.compile(r" ?\((\d+)(?:,(-?\d+))?\)")
_INFINITE = frozenset({"infinity", "-infinity"})
_MOST_ADDRESSES = 2**24
_DAY_S = 86_400
_FIRST_YEAR = 1950
_LARGEST_SMALLINT = 32_767
_LENGTHS = {'"char"': 1, "character": 1, "name": 63}
"""Longest values of types without a length of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What stand-ins are needed for."""

    type_name: str
    """As `format_type` writes it, neither a domain nor an array."""
    count: int
    """How many different values."""
    today: str
    """ISO 8601; what is past stays past."""
    values: tuple[str, ...] = ()
    """What to replace, ascending; of dates the years are kept."""

    @property
    def base(self) -> str:
        """Return the type without length or precision."""
        return base_of(self.type_name)

    @property
    def modifiers(self) -> tuple[int, ...]:
        """Return the type's length, or its precision and scale."""
        found = _MODIFIER.search(self.type_name)
        return tuple(int(each) for each in found.groups() if each) if found else ()


def base_of(type_name: str) -> str:
    """Return a type's name without length or precision."""
    return _MODIFIER.sub("", type_name)


def stand_in(wanted: Wanted) -> StandIn | None:
    """Return what makes values of a type, ascending by rank; None when nothing safe does."""
    maker = _MAKERS.get(wanted.base)
    return maker(wanted) if maker else None


def _whole(wanted: Wanted) -> StandIn:
    first = -wanted.count // 2 if wanted.count > _LARGEST_SMALLINT else 0
    return lambda rank: str(first + rank)


def _decimal(wanted: Wanted) -> StandIn:
    """Count in the smallest unit around zero, so that no precision is exceeded."""
    scale = wanted.modifiers[1] if len(wanted.modifiers) > 1 else 0
    middle = wanted.count // 2 if wanted.modifiers else 0

    def make(rank: int) -> str:
        number = rank - middle
        digits = f"{abs(number):0{max(scale, 0) + 1}d}"
        text = f"{digits[:-scale]}.{digits[-scale:]}" if scale > 0 else digits + "0" * -scale
        return f"-{text}" if number < 0 else text

    return make


def _string(wanted: Wanted) -> StandIn | None:
    """Write ranks with as many characters each, so that every collation sorts them alike."""
    length = wanted.modifiers[0] if wanted.modifiers else _LENGTHS.get(wanted.base)
    for alphabet in (_DIGITS, _ALPHABET):
        width = 1
        while len(alphabet) ** width < wanted.count:
            width += 1
        if length is None or width <= length:
            return partial(_written, alphabet=alphabet, width=width)
    return None


def _written(rank: int, *, alphabet: str, width: int) -> str:
    characters = []
    for _ in range(width):
        rank, digit = divmod(rank, len(alphabet))
        characters.append(alphabet[digit])
    return "".join(reversed(characters))


def _uuid(wanted: Wanted) -> StandIn:
    step = 2**128 // (wanted.count + 1)

    def make(rank: int) -> str:
        digits = f"{(rank + 1) * step:032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    return make


def _moment(pattern: str) -> Callable[[Wanted], StandIn]:
    """Spread the values of each year evenly over it, but not from the past into the future."""
    unit_s = 1 if "%H" in pattern else _DAY_S

    def maker(wanted: Wanted) -> StandIn:
        moments = _spread(wanted, unit_s)

        def make(rank: int) -> str:
            moment = moments[rank]
            if moment is None:
                return wanted.values[rank]
            return f"{moment.year:04d}{moment.strftime(pattern)}"

        return make

    return maker


def _spread(wanted: Wanted, unit_s: int) -> list[datetime | None]:
    """Return a moment for each value; None for those without end, which stay."""
    years = [None if each in _INFINITE else int(each[:4]) for each in wanted.values]
    if not wanted.values:
        years = [_FIRST_YEAR + rank % 100 for rank in range(wanted.count)]
        years.sort()
    sizes = Counter(years)
    seen: Counter[int | None] = Counter()
    now = datetime.fromisoformat(wanted.today)
    is_past = all(each <= wanted.today for each in wanted.values if each not in _INFINITE)
    moments: list[datetime | None] = []
    for year in years:
        if year is None:
            moments.append(None)
            continue
        first = datetime(year, 1, 1, tzinfo=UTC)
        last = now if is_past and year == now.year else datetime(year, 12, 31, 23, tzinfo=UTC)
        units = max(int((last - first).total_seconds()) // unit_s, sizes[year])
        moments.append(first + timedelta(seconds=seen[year] * units // sizes[year] * unit_s))
        seen[year] += 1
    return moments


def _clock(zone: str) -> Callable[[Wanted], StandIn]:
    def maker(wanted: Wanted) -> StandIn:
        step = (_DAY_S - 1) * 1_000_000 // max(wanted.count, 1)
        start = datetime(2000, 1, 1, tzinfo=UTC)
        return lambda rank: f"{start + timedelta(microseconds=rank * step):%H:%M:%S.%f}{zone}"

    return maker


def _days(_wanted: Wanted) -> StandIn:
    return lambda rank: f"{rank} days"


def _bytes(_wanted: Wanted) -> StandIn:
    return lambda rank: f"\\x{rank:08x}"


def _bits(wanted: Wanted) -> StandIn | None:
    width = wanted.modifiers[0] if wanted.modifiers else 1
    if wanted.base == "bit varying":
        width = min(width, 32) if wanted.modifiers else 32
    return (lambda rank: f"{rank:0{width}b}") if 2**width >= wanted.count else None


def _address(wanted: Wanted) -> StandIn | None:
    if wanted.count > _MOST_ADDRESSES:
        return None
    return lambda rank: f"10.{rank >> 16}.{rank >> 8 & 255}.{rank & 255}/32"


def _range(subtype: str) -> Callable[[Wanted], StandIn | None]:
    """Put ranks between neighbouring values of the subtype."""

    def maker(wanted: Wanted) -> StandIn | None:
        inner = stand_in(Wanted(type_name=subtype, count=wanted.count + 1, today=wanted.today))
        return (lambda rank: f'["{inner(rank)}","{inner(rank + 1)}")') if inner else None

    return maker


_MAKERS: Mapping[str, Callable[[Wanted], StandIn | None]] = {
    **dict.fromkeys(
        ("smallint", "integer", "bigint", "oid", "real", "double precision", "money", "jsonb"),
        _whole,
    ),
    "numeric": _decimal,
    **dict.fromkeys(
        ("text", "character varying", "character", "bpchar", '"char"', "name", "citext"), _string
    ),
    "uuid": _uuid,
    "date": _moment("-%m-%d"),
    "timestamp without time zone": _moment("-%m-%d %H:%M:%S"),
    "timestamp with time zone": _moment("-%m-%d %H:%M:%S+00"),
    "time without time zone": _clock(""),
    "time with time zone": _clock("+00"),
    "interval": _days,
    "bytea": _bytes,
    "bit": _bits,
    "bit varying": _bits,
    "inet": _address,
    "cidr": _address,
    "int4range": _range("integer"),
    "int8range": _range("bigint"),
    "numrange": _range("numeric"),
    "daterange": _range("date"),
    "tsrange": _range("timestamp without time zone"),
    "tstzrange": _range("timestamp with time zone"),
}
