"""Thresholds come from configuration with their type and range checked."""

from dataclasses import dataclass, field

import pytest

from aegis_cli.engine.detector import Options
from aegis_cli.engine.options import Scalar, build_options, defaults_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds(Options):
    """One option of each type."""

    min_repeats: int = 5
    max_time_ms: float = 10.0
    min_hit_ratio: float = 0.5
    is_loud: bool = False
    label: str = "x"
    depth: int = field(default=3, metadata={"minimum": 1, "maximum": 9})

    def __post_init__(self) -> None:
        """Refuse what does not fit together."""
        if self.is_loud and not self.label:
            message = "a loud rule needs a label"
            raise ValueError(message)


def build(**settings: Scalar) -> tuple[Options, list[str]]:
    named = {name.replace("_", "-"): value for name, value in settings.items()}
    options, problems = build_options(Thresholds, named, "rules.some-rule")
    return options, [str(each) for each in problems]


def test_without_settings_defaults_hold() -> None:
    assert build() == (Thresholds(), [])


def test_settings_replace_defaults() -> None:
    options, problems = build(min_repeats=7, max_time_ms=2, is_loud=True, label="y")

    assert options == Thresholds(min_repeats=7, max_time_ms=2.0, is_loud=True, label="y")
    assert problems == []


def test_a_whole_number_becomes_a_float_where_one_is_wanted() -> None:
    options, _ = build(max_time_ms=2)

    assert isinstance(options, Thresholds)
    assert isinstance(options.max_time_ms, float)


def test_underscores_are_understood_too() -> None:
    options, problems = build_options(Thresholds, {"min_repeats": 8}, "rules.x")

    assert (options, problems) == (Thresholds(min_repeats=8), ())


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("min_repeats", "many", "expected a whole number, not 'many'"),
        ("min_repeats", 1.5, "expected a whole number, not 1.5"),
        ("min_repeats", True, "expected a whole number, not True"),
        ("max_time_ms", "fast", "expected a number, not 'fast'"),
        ("is_loud", 1, "expected true or false, not 1"),
        ("label", 3, "expected a text, not 3"),
        ("min_repeats", -1, "expected at least 0, not -1"),
        ("max_time_ms", float("inf"), "expected at least 0, not inf"),
        ("max_time_ms", float("nan"), "expected at least 0, not nan"),
        ("min_hit_ratio", 1.01, "expected from 0 to 1, not 1.01"),
        ("depth", 0, "expected from 1 to 9, not 0"),
        ("depth", 10, "expected from 1 to 9, not 10"),
    ],
)
def test_a_value_that_does_not_fit_is_told(name: str, value: Scalar, reason: str) -> None:
    options, problems = build(**{name: value})

    assert problems == [f"rules.some-rule.{name.replace('_', '-')}: {reason}"]
    assert options == Thresholds()


@pytest.mark.parametrize(("name", "value"), [("min_hit_ratio", 1), ("depth", 1), ("depth", 9)])
def test_bounds_themselves_are_allowed(name: str, value: Scalar) -> None:
    assert build(**{name: value})[1] == []


def test_all_problems_are_told_and_the_rest_is_kept() -> None:
    options, problems = build(min_repeat=7, depth=0, label="kept")

    assert problems == [
        "rules.some-rule: unknown option 'min-repeat', did you mean 'min-repeats'?",
        "rules.some-rule.depth: expected from 1 to 9, not 0",
    ]
    assert options == Thresholds(label="kept")


def test_what_does_not_fit_together_is_told() -> None:
    assert build(is_loud=True, label="")[1] == ["rules.some-rule: a loud rule needs a label"]


def test_defaults_are_listed_by_the_name_of_configuration() -> None:
    assert dict(defaults_of(Thresholds)) == {
        "min-repeats": 5,
        "max-time-ms": 10.0,
        "min-hit-ratio": 0.5,
        "is-loud": False,
        "label": "x",
        "depth": 3,
    }
