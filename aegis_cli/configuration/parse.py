"""A table of TOML becomes a Configuration; each misfit becomes a problem with its key."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from aegis_cli.configuration.locate import ConfigFile
from aegis_cli.configuration.values import Configuration, FailOn, Setting
from aegis_cli.engine.options import Scalar
from aegis_cli.engine.problem import Problem, nearest_to, unknown
from aegis_cli.engine.suppression import PathIgnore
from aegis_cli.model.text import Language

T = TypeVar("T")
ChoiceT = TypeVar("ChoiceT", bound=StrEnum)

KEYS = (
    "format",
    "output",
    "fail-on",
    "lang",
    "select",
    "ignore",
    "per-path-ignores",
    "baseline",
    "plugins",
    "require-plugins",
    "show-literals",
    "strict",
    "rules",
)
"""Every key of the top level that is not the name of a command."""


def parse(file: ConfigFile, commands: Sequence[str]) -> Configuration:
    """Parse the table of a file; `commands` are the tables that commands may have.

    A command named like one of our own keys, such as `rules`, has no table.
    """
    tables = [name for name in commands if name not in KEYS]
    reader = _Reader(table=file.table, prefix=file.prefix)
    configuration = Configuration(
        path=str(file.path),
        root=str(file.path.parent),
        format=reader.optional("format", _text),
        output=reader.optional("output", _text),
        fail_on=reader.optional("fail-on", _choice(FailOn)),
        lang=reader.optional("lang", _choice(Language)),
        select=reader.optional("select", _texts) or (),
        ignore=reader.optional("ignore", _texts) or (),
        per_path_ignores=_per_path_ignores(reader),
        baseline=reader.optional("baseline", _text),
        plugins=reader.optional("plugins", _texts) or (),
        require_plugins=reader.optional("require-plugins", _texts) or (),
        show_literals=reader.optional("show-literals", _flag),
        strict=reader.optional("strict", _flag),
        rules=_tables(reader.below("rules"), _scalar),
        commands=_tables(reader.only(tables), _setting),
    )
    reader.refuse_unknown((*KEYS, *tables))
    return replace(configuration, problems=tuple(reader.problems))


class _Misfit(ValueError):
    """A value of another kind than its key wants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """One table, and the problems found in it and below it."""

    table: Mapping[str, object]
    prefix: str
    problems: list[Problem] = field(default_factory=list)

    def optional(self, key: str, convert: Callable[[object], T]) -> T | None:
        """Convert a value if it is there; note a problem if it does not fit."""
        if key not in self.table:
            return None
        try:
            return convert(self.table[key])
        except _Misfit as misfit:
            self.problems.append(Problem(key=f"{self.prefix}{key}", reason=str(misfit)))
            return None

    def below(self, key: str) -> "_Reader":
        """Return a reader of the table at a key; it adds to the same problems."""
        table = self.optional(key, _table) or {}
        return _Reader(table=table, prefix=f"{self.prefix}{key}.", problems=self.problems)

    def only(self, keys: Sequence[str]) -> "_Reader":
        """Return a reader of these keys alone."""
        table = {key: value for key, value in self.table.items() if key in keys}
        return _Reader(table=table, prefix=self.prefix, problems=self.problems)

    def refuse_unknown(self, known: Sequence[str]) -> None:
        """Note a problem for each key nobody knows."""
        for key in self.table:
            if key not in known:
                self.problems.append(unknown(f"{self.prefix}{key}", "key", key, known))


def _tables(reader: _Reader, convert: Callable[[object], T]) -> Mapping[str, Mapping[str, T]]:
    tables: dict[str, Mapping[str, T]] = {}
    for name in reader.table:
        inner = reader.below(name)
        values = {key: inner.optional(key, convert) for key in inner.table}
        tables[name] = MappingProxyType(
            {key: value for key, value in values.items() if value is not None}
        )
    return MappingProxyType(tables)


def _per_path_ignores(reader: _Reader) -> tuple[PathIgnore, ...]:
    inner = reader.below("per-path-ignores")
    found = {pattern: inner.optional(pattern, _texts) for pattern in inner.table}
    return tuple(
        PathIgnore(pattern=pattern, selectors=selectors)
        for pattern, selectors in found.items()
        if selectors is not None
    )


def _choice(enum: type[ChoiceT]) -> Callable[[object], ChoiceT]:
    def convert(value: object) -> ChoiceT:
        names = [str(each) for each in enum]
        if isinstance(value, str) and value in names:
            return enum(value)
        nearest = nearest_to(value, names) if isinstance(value, str) else None
        suggestion = f", did you mean {nearest!r}?" if nearest else ""
        listed = ", ".join(names)
        raise _Misfit(f"expected one of {listed}, not {value!r}{suggestion}")

    return convert


def _text(value: object) -> str:
    if isinstance(value, str) and value:
        return value
    raise _Misfit(f"expected a text, not {value!r}")


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(str(each) for each in value)
    raise _Misfit(f"expected a list of texts, not {value!r}")


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise _Misfit(f"expected true or false, not {value!r}")


def _table(value: object) -> Mapping[str, object]:
    if isinstance(value, dict):
        return value
    raise _Misfit(f"expected a table, not {value!r}")


def _scalar(value: object) -> Scalar:
    if isinstance(value, bool | int | float | str):
        return value
    raise _Misfit(f"expected a number, a text, true or false, not {value!r}")


def _setting(value: object) -> Setting:
    if isinstance(value, list):
        return tuple(_scalar(each) for each in value)
    return _scalar(value)
