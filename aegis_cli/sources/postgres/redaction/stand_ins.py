"""Values that stand in for others: of the same type and in the same order, but meaning nothing."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

StandIn: TypeAlias = Callable[[int], str]
"""The value for a rank."""

_DIGITS = "0123456789"
_ALPHABET = _DIGITS + "abcdefghijklmnopqrstuvwxyz"
_MODIFIER = re.compile(r" ?\((\d+)(?:,(-?\d+))?\)")
OF_DATES = frozenset({"date", "timestamp without time zone", "timestamp with time zone"})
"""Types whose stand-ins keep the year, hence depend on the values."""
_INFINITE = frozenset({"infinity", "-infinity"})
_MOST_ADDRESSES = 2**24
_DAY_S = 86_400
_FIRST_YEAR = 1950
_NEVER = "9999-12-31"
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


def _whole(wanted: Wanted) -> StandIn | None:
    first = -(wanted.count // 2) if wanted.count > _LARGEST_SMALLINT else 0
    if wanted.base == "smallint" and wanted.count > 2 * _LARGEST_SMALLINT:
        return None
    return lambda rank: str(first + rank)


def _decimal(wanted: Wanted) -> StandIn | None:
    """Count in the smallest unit around zero, so that no precision is exceeded."""
    if wanted.modifiers and wanted.count >= 2 * 10 ** wanted.modifiers[0]:
        return None
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
    """Spread the values of each year over it, on other days where there are enough."""
    units = _DAY_S if "%H" in pattern else 1

    def maker(wanted: Wanted) -> StandIn:
        moments = _spread(wanted, units)

        def make(rank: int) -> str:
            moment = moments[rank]
            if moment is None:
                return wanted.values[rank]
            return f"{moment.year:04d}{moment.strftime(pattern)}"

        return make

    return maker


def _spread(wanted: Wanted, units: int) -> list[datetime | None]:
    """Return a moment for each value; None for those without end, which stay.

    Args:
        wanted: The values, or how many when nothing is known of them.
        units: How many different moments a day has.
    """
    if wanted.values:
        dated = [(_year(each), each[:10]) for each in wanted.values]
    else:
        dated = [(_FIRST_YEAR + rank * 50 // wanted.count, "") for rank in range(wanted.count)]
    is_past = all(each <= wanted.today for each in wanted.values if each not in _INFINITE)
    last = wanted.today[:10] if is_past else _NEVER
    moments: list[datetime | None] = []
    for year, group in groupby(dated, key=itemgetter(0)):
        days = [each for _, each in group]
        if year is None:
            moments.extend([None] * len(days))
        else:
            moments.extend(_of_year(year, days, last, units))
    return moments


def _year(value: str) -> int | None:
    return None if value in _INFINITE else int(value[:4])


def _of_year(year: int, real: list[str], last: str, units: int) -> Iterator[datetime]:
    start = datetime(year, 1, 1, tzinfo=UTC)
    every = [start + timedelta(days=each) for each in range(365)]
    past = [each for each in every if f"{each:%Y-%m-%d}" <= last] or every
    others = frozenset(real)
    free = [each for each in past if f"{each:%Y-%m-%d}" not in others]
    days = next(
        (each for each in (free, past) if len(each) * units >= len(real)), [*every, every[-1]]
    )
    total = len(days) * units
    for place in range(len(real)):
        day, rest = divmod(place * total // len(real), units)
        yield days[day] + timedelta(seconds=rest)


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
