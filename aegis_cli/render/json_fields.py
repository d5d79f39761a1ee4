"""Typed access to a decoded JSON document; each complaint names the field by its path."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from aegis_cli.model.errors import SourceError

ItemT = TypeVar("ItemT")
ChoiceT = TypeVar("ChoiceT", bound=StrEnum)

_HINT = (
    "Save a report with `--format json --output FILE`; if a newer AEGIS wrote this one, "
    "read it with that version."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A value of the document and the path that leads to it."""

    value: object
    path: str

    def wrong(self, expected: str) -> SourceError:
        """Build the error that says what was expected here."""
        return SourceError("report", f"{self.path or 'document'}: expected {expected}", _HINT)

    def fields(self) -> Mapping[str, object]:
        """Return the value as an object."""
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        return self.value

    def has(self, key: str) -> bool:
        """Tell whether the object has the field, with a value other than null."""
        return self.fields().get(key) is not None

    def at(self, key: str) -> "Node":
        """Return a field of the object; an absent one holds null."""
        path = f"{self.path}.{key}" if self.path else key
        return Node(value=self.fields().get(key), path=path)

    def items(self) -> tuple["Node", ...]:
        """Return the elements of the array."""
        if not isinstance(self.value, list):
            raise self.wrong("an array")
        return tuple(
            Node(value=item, path=f"{self.path}[{index}]") for index, item in enumerate(self.value)
        )

    def each(self, read: Callable[["Node"], ItemT]) -> tuple[ItemT, ...]:
        """Read every element of the array; an absent array is an empty one."""
        return () if self.value is None else tuple(read(node) for node in self.items())

    def text(self) -> str:
        """Return the value as a string."""
        if not isinstance(self.value, str):
            raise self.wrong("a string")
        return self.value

    def optional_text(self) -> str | None:
        """Return the value as a string, or None for null."""
        return None if self.value is None else self.text()

    def flag(self) -> bool:
        """Return the value as true or false."""
        if not isinstance(self.value, bool):
            raise self.wrong("true or false")
        return self.value

    def number(self) -> float | int:
        """Return the value as a number; null is one that is not known."""
        if self.value is None:
            return math.nan
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.wrong("a number")
        return self.value

    def optional_number(self) -> float | int | None:
        """Return the value as a number, or None for null."""
        return None if self.value is None else self.number()

    def integer(self) -> int:
        """Return the value as an integer."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self.wrong("an integer")
        return self.value

    def optional_integer(self) -> int | None:
        """Return the value as an integer, or None for null."""
        return None if self.value is None else self.integer()

    def cell(self) -> str | int | float | bool | None:
        """Return the value as a table cell."""
        if self.value is None or isinstance(self.value, str | int | float | bool):
            return self.value
        raise self.wrong("a string, a number, true, false or null")

    def choice(self, choices: type[ChoiceT]) -> ChoiceT:
        """Return the value as one of a closed set."""
        text = self.text()
        for choice in choices:
            if choice.value == text:
                return choice
        raise self.wrong("one of " + ", ".join(repr(choice.value) for choice in choices))
