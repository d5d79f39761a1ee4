"""Which rules take part: chosen by code, code prefix, name, alias, section or `all`."""

from collections.abc import Iterable, Sequence

from aegis_cli.engine.problem import Problem, unknown
from aegis_cli.model.rule import Rule


def select(
    rules: Iterable[Rule], chosen: Sequence[str] = (), ignored: Sequence[str] = ()
) -> frozenset[str]:
    """Return the codes of the rules that take part; choosing nothing chooses all."""
    return frozenset(
        rule.code
        for rule in rules
        if (not chosen or answers_to_any(rule, chosen)) and not answers_to_any(rule, ignored)
    )


def answers_to_any(rule: Rule, selectors: Iterable[str]) -> bool:
    """Tell whether at least one selector names the rule."""
    return any(rule.answers_to(selector) for selector in selectors)


def find_rule(rules: Iterable[Rule], selector: str) -> Rule | None:
    """Return the one rule with this code, name or alias, or None."""
    wanted = selector.strip()
    for rule in rules:
        if wanted.upper() == rule.code or wanted in (rule.name, *rule.aliases):
            return rule
    return None


def unknown_selectors(
    selectors: Iterable[str], rules: Sequence[Rule], key: str
) -> tuple[Problem, ...]:
    """Return a problem for each selector that names no rule, with the nearest suggested."""
    return tuple(
        unknown(key, "rule", selector, _vocabulary(rules))
        for selector in selectors
        if not any(rule.answers_to(selector) for rule in rules) and not _is_all(selector)
    )


def _is_all(selector: str) -> bool:
    return selector.strip().upper() == "ALL"


def _vocabulary(rules: Iterable[Rule]) -> tuple[str, ...]:
    return tuple(
        word for rule in rules for word in (rule.code, rule.name, rule.section, *rule.aliases)
    )
