"""Turn facts into JSON and back, by the types of their fields.

What has its default value is left out; fields that are not known are passed over, so that a file
of a later version that only adds something still reads.
"""

import dataclasses
import types
from enum import StrEnum
from typing import TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

from aegis_cli.model.facts.snapshot import Snapshot

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


FactT = TypeVar("FactT")


class UnreadableFact(ValueError):
    """JSON that is not what a field's type asks for."""


def encode(snapshot: Snapshot) -> dict[str, Json]:
    """Return a snapshot as JSON."""
    return _fields(snapshot)


def decode(document: Json) -> Snapshot:
    """Return the snapshot that JSON tells of.

    Raises:
        UnreadableFact: When a field is missing or of another type; says which.
    """
    return _Decoder().fact(Snapshot, document, "snapshot")


def _encoded(value: object) -> Json:
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple):
        return [_encoded(each) for each in value]
    return _fields(value)


def _fields(fact: object) -> dict[str, Json]:
    if not dataclasses.is_dataclass(fact):
        raise TypeError(f"neither a fact nor a value: {type(fact).__name__}")
    return {
        each.name: _encoded(getattr(fact, each.name))
        for each in dataclasses.fields(fact)
        if getattr(fact, each.name) != each.default
    }


class _Decoder:
    """Remembers the types of the fields of each class it met."""

    def __init__(self) -> None:
        self._hints: dict[type, dict[str, object]] = {}

    def fact(self, kind: type[FactT], document: Json, place: str) -> FactT:
        """Return one fact."""
        if not isinstance(document, dict):
            raise UnreadableFact(f"{place} is no object")
        if kind not in self._hints:
            self._hints[kind] = get_type_hints(kind)
        values = {
            name: self.value(hint, document[name], f"{place}.{name}")
            for name, hint in self._hints[kind].items()
            if name in document
        }
        try:
            return kind(**values)
        except TypeError as error:
            raise UnreadableFact(f"{place}: {error}") from error

    def value(self, hint: object, document: Json, place: str) -> object:
        """Return the value of one field."""
        origin = get_origin(hint)
        if origin in {types.UnionType, Union}:
            return self._optional(get_args(hint), document, place)
        if origin is tuple:
            return self._items(get_args(hint)[0], document, place)
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            return _member(hint, document, place)
        if isinstance(hint, type) and dataclasses.is_dataclass(hint):
            return self.fact(hint, document, place)
        return _scalar(hint, document, place)

    def _optional(self, hints: tuple[object, ...], document: Json, place: str) -> object:
        if document is None:
            return None
        (hint,) = (each for each in hints if each is not type(None))
        return self.value(hint, document, place)

    def _items(self, hint: object, document: Json, place: str) -> tuple[object, ...]:
        if not isinstance(document, list):
            raise UnreadableFact(f"{place} is no list")
        return tuple(
            self.value(hint, each, f"{place}[{number}]") for number, each in enumerate(document)
        )


def _member(kind: type[StrEnum], document: Json, place: str) -> StrEnum:
    try:
        return kind(str(document))
    except ValueError as error:
        raise UnreadableFact(f"{place}: {error}") from error


def _scalar(hint: object, document: Json, place: str) -> object:
    if hint is float and isinstance(document, int | float) and not isinstance(document, bool):
        return float(document)
    if isinstance(hint, type) and type(document) is hint:
        return document
    raise UnreadableFact(f"{place} is not of the right type")
