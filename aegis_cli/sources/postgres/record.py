"""A row of a query's result, read by column name and checked for type."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = "str | int | float | bool | list[str] | list[int] | list[float] | None"


class Record:
    """One row; each getter says what type the column must have.

    A value of another type is a mistake in our SQL, hence a `TypeError`.
    """

    __slots__ = ("_positions", "_values")

    def __init__(self, positions: Mapping[str, int], values: Sequence[object]) -> None:
        """Take a row, and where each column stands in it."""
        self._positions = positions
        self._values = values

    def text(self, column: str) -> str:
        """Return a text."""
        value = self._value(column)
        if not isinstance(value, str):
            raise self._mistake(column, "text")
        return value

    def optional_text(self, column: str) -> str | None:
        """Return a text, None for NULL."""
        return None if self._value(column) is None else self.text(column)

    def integer(self, column: str) -> int:
        """Return a whole number."""
        value = self._value(column)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._mistake(column, "a whole number")
        return value

    def optional_integer(self, column: str) -> int | None:
        """Return a whole number, None for NULL."""
        return None if self._value(column) is None else self.integer(column)

    def number(self, column: str) -> float:
        """Return a number."""
        value = self._value(column)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self._mistake(column, "a number")
        return float(value)

    def optional_number(self, column: str) -> float | None:
        """Return a number, None for NULL."""
        return None if self._value(column) is None else self.number(column)

    def flag(self, column: str) -> bool:
        """Return a truth value."""
        value = self._value(column)
        if not isinstance(value, bool):
            raise self._mistake(column, "a truth value")
        return value

    def texts(self, column: str) -> tuple[str, ...]:
        """Return an array of texts; none for NULL."""
        return tuple(str(each) for each in self._items(column))

    def integers(self, column: str) -> tuple[int, ...]:
        """Return an array of whole numbers; none for NULL."""
        return tuple(int(str(each)) for each in self._items(column))

    def optional_numbers(self, column: str) -> tuple[float, ...] | None:
        """Return an array of numbers, None for NULL."""
        if self._value(column) is None:
            return None
        return tuple(float(str(each)) for each in self._items(column))

    def _items(self, column: str) -> list[object]:
        value = self._value(column)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self._mistake(column, "an array")
        return value

    def _value(self, column: str) -> object:
        return self._values[self._positions[column]]

    def _mistake(self, column: str, expected: str) -> TypeError:
        return TypeError(f"column {column} is not {expected}: {self._value(column)!r}")
