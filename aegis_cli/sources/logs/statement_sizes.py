"""Read the numbers in statements that matter: OFFSET values, list lengths, rows of a VALUES."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aegis_cli.sources.logs.columns import Positions
from aegis_cli.sources.logs.observations import KnownStatement
from aegis_cli.sources.logs.sql_texts import SqlTexts

_OFFSET = re.compile(rb"\boffset\s+(?:(\d{1,18})(?!\d)|\$(\d{1,5})(?!\d))", re.IGNORECASE)
_HAS_OFFSET = re.compile(r"\boffset\b", re.IGNORECASE)
_MAX_OFFSET = 1 << 53
_STRING = re.compile(rb"'(?:[^']|'')*'")
_LIST = re.compile(rb"\b(?:in|array)\s*[(\[]([^()\[\]]*)[)\]]", re.IGNORECASE)
_VALUES = re.compile(rb"\bvalues\b", re.IGNORECASE)
_NEXT_ROW = re.compile(rb"\)\s*,\s*\(")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkSizes:
    """The sizes seen in one chunk."""

    offset_rows: NDArray[np.int32]
    offset_values: NDArray[np.int64]
    list_sizes: tuple[tuple[int, int], ...]
    row_counts: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class _Largest:
    """The largest size of a statement so far."""

    mark: bytes
    """Every further item brings at least one of these."""
    fixed: int
    """How many of them stand elsewhere in the statement, whatever the size."""
    size: int = 1


class StatementSizes:
    """Watches the statements whose texts carry such numbers; all others cost nothing."""

    __slots__ = ("_lists", "_offsets", "_rows")

    def __init__(self) -> None:
        """Start without statements to watch."""
        self._offsets: set[int] = set()
        self._lists: dict[int, _Largest] = {}
        self._rows: dict[int, _Largest] = {}

    def observe(
        self,
        statement: NDArray[np.int32],
        with_text: Positions,
        texts: SqlTexts,
        parameters: Mapping[int, bytes],
        fresh: Sequence[KnownStatement],
    ) -> ChunkSizes:
        """Read one chunk; `texts` and `parameters` belong to the rows `with_text`."""
        for known in fresh:
            if _HAS_OFFSET.search(known.normalized):
                self._offsets.add(known.number)
            if known.has_list:
                _watch(self._lists, known, ",")
            if known.has_rows:
                _watch(self._rows, known, "(")
        numbers = statement[with_text]
        rows, values = self._read_offsets(numbers, with_text, texts, parameters)
        return ChunkSizes(
            offset_rows=np.array(rows, np.int32),
            offset_values=np.array(values, np.int64),
            list_sizes=_grown(self._lists, numbers, texts, _count_list_items),
            row_counts=_grown(self._rows, numbers, texts, _count_values_rows),
        )

    def _read_offsets(
        self,
        numbers: NDArray[np.int32],
        with_text: Positions,
        texts: SqlTexts,
        parameters: Mapping[int, bytes],
    ) -> tuple[list[int], list[int]]:
        rows, values = [], []
        members = _members(numbers, self._offsets)
        for at, text in zip(members, texts.clean(members), strict=True):
            value = _offset(text, parameters.get(at, b""))
            if value is not None:
                rows.append(int(with_text[at]))
                values.append(min(value, _MAX_OFFSET))
        return rows, values


def _watch(watched: dict[int, _Largest], known: KnownStatement, mark: str) -> None:
    """Begin to watch a statement; one item of its list or row is left when it is normalized."""
    fixed = known.normalized.count(mark) - (mark == "(")
    largest = watched.setdefault(known.number, _Largest(mark=mark.encode(), fixed=fixed))
    largest.fixed = min(largest.fixed, fixed)


def _members(numbers: NDArray[np.int32], wanted: set[int]) -> list[int]:
    if not wanted or not len(numbers):
        return []
    flags = np.zeros(max(int(numbers.max()), *wanted) + 1, np.bool_)
    flags[list(wanted)] = True
    found: list[int] = np.flatnonzero(flags[numbers]).tolist()
    return found


def _offset(text: bytes, parameters: bytes) -> int | None:
    """Return the OFFSET of one execution, None where it is no plain number."""
    # The last one belongs to the outermost query.
    found = next(reversed(list(_OFFSET.finditer(text))), None)
    if found is None:
        return None
    if found[1] is not None:
        return int(found[1])
    value = re.search(rb"\$%s = '(\d{1,18})'" % found[2], parameters)
    return int(value[1]) if value is not None else None


def _grown(
    known: dict[int, _Largest],
    numbers: NDArray[np.int32],
    texts: SqlTexts,
    count: Callable[[bytes], int],
) -> tuple[tuple[int, int], ...]:
    """Count only in texts with marks for more items than the largest so far."""
    grown: dict[int, int] = {}
    for at in _members(numbers, set(known)):
        largest = known[int(numbers[at])]
        # One mark less than items: a list of two has one comma; two rows have two parentheses.
        # Marks are written alike in every format.
        if texts[at].count(largest.mark) - largest.fixed + (largest.mark == b",") <= largest.size:
            continue
        size = count(texts.clean([at])[0])
        if size > largest.size:
            largest.size = grown[int(numbers[at])] = size
    return tuple(grown.items())


def _count_list_items(text: bytes) -> int:
    """Return the number of items of the longest literal list."""
    plain = _STRING.sub(b"?", text)
    return max((items.count(b",") + 1 for items in _LIST.findall(plain)), default=1)


def _count_values_rows(text: bytes) -> int:
    """Return the number of rows behind VALUES."""
    plain = _STRING.sub(b"?", text)
    values = _VALUES.search(plain)
    return len(_NEXT_ROW.findall(plain, values.end())) + 1 if values is not None else 1
