"""Thresholds of a detector, built from configuration and checked field by field."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import Field, fields
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from aegis_cli.engine.detector import Options
from aegis_cli.engine.problem import Problem, unknown

OptionsT = TypeVar("OptionsT", bound=Options)

Scalar: TypeAlias = bool | int | float | str
"""What configuration may set a threshold to."""

_ONE_AT_MOST = ("ratio", "share", "probability")


def narrow(options: Options, expected: type[OptionsT]) -> OptionsT:
    """Return the options of a detector as the type that it declared.

    Raises:
        TypeError: When a detector was built with the options of another one.
    """
    if not isinstance(options, expected):
        raise TypeError(f"expected {expected.__name__}, got {type(options).__name__}")
    return options


def build_options(
    options_type: type[Options], settings: Mapping[str, Scalar], key: str
) -> tuple[Options, tuple[Problem, ...]]:
    """Build the options of a detector; a setting that does not fit is left out and a problem.

    `key` is where the settings stand, such as `rules.n-plus-one`.
    """
    known = {each.name.replace("_", "-"): each for each in fields(options_type)}
    problems: list[Problem] = []
    values: dict[str, Scalar] = {}
    for name, value in settings.items():
        field = known.get(name.replace("_", "-"))
        if field is None:
            problems.append(unknown(key, "option", name, known))
            continue
        found = tuple(_problems(field, value, f"{key}.{name}"))
        problems.extend(found)
        if not found:
            values[field.name] = float(value) if _default_type(field) is float else value
    return _build(options_type, values, key, problems)


def _build(
    options_type: type[Options], values: dict[str, Scalar], key: str, problems: list[Problem]
) -> tuple[Options, tuple[Problem, ...]]:
    try:
        return options_type(**values), tuple(problems)
    except ValueError as error:  # a __post_init__ that knows how fields must fit together
        return options_type(), (*problems, Problem(key=key, reason=str(error)))


def defaults_of(options_type: type[Options]) -> Mapping[str, Scalar]:
    """Return each option's default by the name used in configuration."""
    options = options_type()
    return MappingProxyType(
        {each.name.replace("_", "-"): getattr(options, each.name) for each in fields(options)}
    )


def _problems(field: Field[Scalar], value: Scalar, key: str) -> Iterator[Problem]:
    wanted = _default_type(field)
    if not _fits(value, wanted):
        kind = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
        yield Problem(key=key, reason=f"expected {kind[wanted]}, not {value!r}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _range_problems(field, value, key)


def _range_problems(field: Field[Scalar], value: float, key: str) -> Iterator[Problem]:
    words = field.name.split("_")
    is_part = any(word in _ONE_AT_MOST for word in words)
    lowest = field.metadata.get("minimum", 0)
    highest = field.metadata.get("maximum", 1 if is_part else math.inf)
    if not (math.isfinite(value) and lowest <= value <= highest):
        bounds = f"at least {lowest}" if highest == math.inf else f"from {lowest} to {highest}"
        yield Problem(key=key, reason=f"expected {bounds}, not {value}")


def _default_type(field: Field[Scalar]) -> type[Scalar]:
    return type(field.default) if isinstance(field.default, bool | int | float | str) else str


def _fits(value: Scalar, wanted: type[Scalar]) -> bool:
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is wanted
