"""Executions over time, in buckets that widen as the log grows longer."""

import numpy as np
from numpy.typing import NDArray

MAX_BUCKETS = 96
_SECOND_US = 1_000_000
_WIDTHS_S = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400,
)  # fmt: skip


class Timeline:
    """Counts and execution time per bucket, in total and per statement.

    Buckets begin at whole multiples of their width since the epoch, and their width depends only
    on the time span seen, so the result does not depend on the order of observation.
    """

    __slots__ = ("_calls", "_first", "_time_us", "_width")

    def __init__(self) -> None:
        """Start empty, with buckets of one second."""
        self._width = 0
        self._first = 0
        self._calls = np.zeros((1, 0), np.int64)
        self._time_us = np.zeros((1, 0), np.int64)

    @property
    def width_s(self) -> int:
        """Return the width of a bucket."""
        return _width_s(self._width)

    def starts_us(self) -> list[int]:
        """Return when each bucket begins."""
        step = self.width_s * _SECOND_US
        return [(self._first + at) * step for at in range(self._calls.shape[1])]

    def calls(self, statement: int | None = None) -> tuple[int, ...]:
        """Return the executions per bucket, of one statement or of all."""
        return _row(self._calls, statement)

    def time_us(self, statement: int | None = None) -> tuple[int, ...]:
        """Return the execution time per bucket, of one statement or of all."""
        return _row(self._time_us, statement)

    def observe(
        self, at_us: NDArray[np.int64], statement: NDArray[np.int32], duration_us: NDArray[np.int64]
    ) -> None:
        """Count executions with a known time."""
        known = at_us >= 0
        if not known.all():
            at_us, statement, duration_us = at_us[known], statement[known], duration_us[known]
        if not len(at_us):
            return
        self._make_room(int(at_us.min()), int(at_us.max()), int(statement.max()) + 1)
        bucket = at_us // (self.width_s * _SECOND_US) - self._first
        rows, columns = self._calls.shape
        code = statement.astype(np.int64) * columns + bucket
        size = rows * columns
        if size <= 16 * len(code):
            calls = np.bincount(code, minlength=size)
            time_us = np.bincount(code, np.maximum(duration_us, 0), minlength=size)
            self._calls += calls.reshape(rows, columns)
            self._time_us += time_us.astype(np.int64).reshape(rows, columns)
        else:
            np.add.at(self._calls.reshape(-1), code, 1)
            np.add.at(self._time_us.reshape(-1), code, np.maximum(duration_us, 0))

    def _make_room(self, low_us: int, high_us: int, rows: int) -> None:
        columns = self._calls.shape[1]
        if columns:
            step = self.width_s * _SECOND_US
            low_us = min(low_us, self._first * step)
            high_us = max(high_us, (self._first + columns) * step - 1)
        width = self._width
        while _buckets(low_us, high_us, width) > MAX_BUCKETS and width < len(_WIDTHS_S) + 40:
            width += 1
        step = _width_s(width) * _SECOND_US
        first, last = low_us // step, high_us // step
        shape = (_grown(self._calls.shape[0], rows), last - first + 1)
        if width == self._width and shape == self._calls.shape:
            return
        place = [at // step - first for at in self.starts_us()]
        self._calls = _moved(self._calls, shape, place)
        self._time_us = _moved(self._time_us, shape, place)
        self._width, self._first = width, first


def _width_s(width: int) -> int:
    if width < len(_WIDTHS_S):
        return _WIDTHS_S[width]
    return _WIDTHS_S[-1] << (width - len(_WIDTHS_S) + 1)


def _buckets(low_us: int, high_us: int, width: int) -> int:
    step = _width_s(width) * _SECOND_US
    return high_us // step - low_us // step + 1


def _grown(have: int, need: int) -> int:
    return have if need <= have else max(need, 2 * have)


def _moved(
    counts: NDArray[np.int64], shape: tuple[int, int], place: list[int]
) -> NDArray[np.int64]:
    moved = np.zeros(shape, np.int64)
    for column, at in enumerate(place):
        moved[: counts.shape[0], at] += counts[:, column]
    return moved


def _row(counts: NDArray[np.int64], statement: int | None) -> tuple[int, ...]:
    if statement is not None and statement >= len(counts):
        return (0,) * int(counts.shape[1])
    row: list[int] = (counts.sum(axis=0) if statement is None else counts[statement]).tolist()
    return tuple(row)
