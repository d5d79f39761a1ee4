"""Read a TOML table key by key, and notice keys that nobody asked for."""

from collections.abc import Mapping, Sequence
from typing import TypeGuard


class CaseError(ValueError):
    """A case file that does not say what it must."""


class Table:
    """A TOML table whose values are taken out with their expected types."""

    def __init__(self, where: str, values: Mapping[str, object]) -> None:
        """Remember the values and how to name the table in an error."""
        self._where = where
        self._values = dict(values)

    def text(self, key: str) -> str:
        """Take out a text that must be there."""
        found = self.optional_text(key)
        if found is None:
            raise CaseError(f"{self._where}: {key} is missing")
        return found

    def optional_text(self, key: str) -> str | None:
        """Take out a text, or None."""
        found = self._values.pop(key, None)
        if found is not None and not isinstance(found, str):
            raise self._wrong(key, "a text")
        return found

    def number(self, key: str, default: float) -> float:
        """Take out a number."""
        found = self.optional_number(key)
        return default if found is None else found

    def optional_number(self, key: str) -> float | None:
        """Take out a number, or None."""
        found = self._values.pop(key, None)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise self._wrong(key, "a number")
        return found

    def whole(self, key: str, default: int) -> int:
        """Take out a whole number."""
        found = self.optional_whole(key)
        return default if found is None else found

    def optional_whole(self, key: str) -> int | None:
        """Take out a whole number, or None."""
        found = self._values.pop(key, None)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int):
            raise self._wrong(key, "a whole number")
        return found

    def flag(self, key: str, *, default: bool) -> bool:
        """Take out true or false."""
        found = self._values.pop(key, default)
        if not isinstance(found, bool):
            raise self._wrong(key, "true or false")
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """Take out a list of texts."""
        found = self._list(key)
        texts = tuple(each for each in found if isinstance(each, str))
        if len(texts) != len(found):
            raise self._wrong(key, "a list of texts")
        return texts

    def numbers(self, key: str) -> tuple[float, ...]:
        """Take out a list of numbers."""
        found = self._list(key)
        numbers = [float(each) for each in found if _is_number(each)]
        if len(numbers) != len(found):
            raise self._wrong(key, "a list of numbers")
        return tuple(numbers)

    def tables(self, key: str) -> tuple["Table", ...]:
        """Take out a list of tables."""
        found = self._list(key)
        tables = [each for each in found if isinstance(each, dict)]
        if len(tables) != len(found):
            raise self._wrong(key, "a list of tables")
        return tuple(
            Table(f"{self._where}.{key}[{index}]", each) for index, each in enumerate(tables)
        )

    def table(self, key: str) -> "Table | None":
        """Take out a table, or None."""
        found = self._values.pop(key, None)
        if found is None:
            return None
        if not isinstance(found, dict):
            raise self._wrong(key, "a table")
        return Table(f"{self._where}.{key}", found)

    def rest(self) -> Mapping[str, object]:
        """Take out everything that is left."""
        found, self._values = self._values, {}
        return found

    def finish(self) -> None:
        """Make sure that every key was taken out.

        Raises:
            CaseError: When a key is left: it is misspelt or does not belong here.
        """
        if self._values:
            raise CaseError(f"{self._where}: unknown keys {', '.join(sorted(self._values))}")

    def _list(self, key: str) -> Sequence[object]:
        found = self._values.pop(key, [])
        if not isinstance(found, list):
            raise self._wrong(key, "a list")
        return found

    def _wrong(self, key: str, expected: str) -> CaseError:
        return CaseError(f"{self._where}: {key} must be {expected}")


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
