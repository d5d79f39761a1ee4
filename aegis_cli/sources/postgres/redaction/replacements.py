"""One stand-in for each value of a type, the same wherever the value stands."""

from collections import defaultdict
from collections.abc import Iterable

from aegis_cli.sources.postgres.redaction.ordering import KeyOf, key_of
from aegis_cli.sources.postgres.redaction.stand_ins import OF_DATES, Wanted, base_of, stand_in


class Replacements:
    """Learns all values of a database's statistics first, then replaces them.

    Equal values of columns of the same type stay equal, so that joins are estimated as before.
    """

    def __init__(self, *, today: str, is_by_bytes: bool) -> None:
        """Start empty.

        Args:
            today: When the snapshot was taken, ISO 8601.
            is_by_bytes: Whether the database sorts text by bytes.
        """
        self._today = today
        self._is_by_bytes = is_by_bytes
        self._values: dict[str, set[str]] = defaultdict(set)
        self._ranks: dict[str, dict[str, int]] = {}
        self._made: dict[str, tuple[str, ...] | None] = {}

    def learn(self, type_name: str, values: Iterable[str]) -> None:
        """Take note of values of a type."""
        self._values[type_name].update(values)

    def rank(self, type_name: str, value: str) -> int | None:
        """Return a value's place among all of its type; None for one that cannot be read."""
        self._prepare(type_name)
        return self._ranks[type_name].get(value)

    def make(self, type_name: str, rank: int) -> str | None:
        """Return the stand-in for a place; None when the type has no safe one."""
        self._prepare(type_name)
        made = self._made[type_name]
        return None if made is None else made[rank]

    def _prepare(self, type_name: str) -> None:
        if type_name in self._ranks:
            return
        key = key_of(base_of(type_name), is_by_bytes=self._is_by_bytes)
        values = _ascending(self._values[type_name], key)
        self._ranks[type_name] = {value: rank for rank, value in enumerate(values)}
        self._made[type_name] = _others(type_name, values, self._today) or _any(
            type_name, values, self._today
        )


def _others(type_name: str, values: tuple[str, ...], today: str) -> tuple[str, ...] | None:
    """Return a stand-in for each value, none of which is a value itself; None if too few are."""
    if base_of(type_name) in OF_DATES:
        return None
    count = 2 * len(values)
    make = stand_in(Wanted(type_name=type_name, count=count, today=today))
    if make is None:
        return None
    real = frozenset(values)
    made = tuple(each for each in map(make, range(count)) if each not in real)
    return made[: len(values)]


def _any(type_name: str, values: tuple[str, ...], today: str) -> tuple[str, ...] | None:
    """Return a stand-in for each value, by chance perhaps another's own."""
    wanted = Wanted(type_name=type_name, count=len(values), values=values, today=today)
    make = stand_in(wanted)
    return None if make is None else tuple(map(make, range(len(values))))


def _ascending(values: Iterable[str], key: KeyOf) -> tuple[str, ...]:
    keyed = ((key(each), each) for each in values)
    readable = sorted((found, each) for found, each in keyed if found is not None)
    return tuple(each for _, each in readable)
