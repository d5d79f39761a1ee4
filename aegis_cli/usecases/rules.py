"""The catalogue of rules, and the page of each."""

import importlib
import importlib.resources
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aegis_cli.engine.options import Scalar, defaults_of
from aegis_cli.engine.problem import nearest_to
from aegis_cli.engine.selection import find_rule
from aegis_cli.hooks.host import Owned
from aegis_cli.model.errors import UsageError
from aegis_cli.model.rule import Rule
from aegis_cli.model.text import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """A rule, who brought it, and its thresholds with their defaults."""

    rule: Rule
    origin: str
    options: tuple[tuple[str, Scalar], ...]


def catalogue(owned: Sequence[Owned]) -> tuple[CatalogueEntry, ...]:
    """Return an entry for every rule, in the order of their codes.

    The detectors of one rule share their thresholds, so the first of them speaks for all.
    """
    first = {each.rule.code: each for each in reversed(owned)}
    return tuple(
        CatalogueEntry(
            rule=each.rule,
            origin=each.origin.distribution,
            options=_options_of(each.rule, owned),
        )
        for each in owned
        if first[each.rule.code] is each
    )


def _options_of(rule: Rule, owned: Sequence[Owned]) -> tuple[tuple[str, Scalar], ...]:
    """Return the options of a rule, whichever of its detectors has them."""
    found: dict[str, Scalar] = {}
    for each in owned:
        if each.rule.code == rule.code:
            found.update(defaults_of(each.detector.options_type))
    return tuple(found.items())


def rule_page(owned: Sequence[Owned], selector: str, language: Language) -> str:
    """Return the Markdown page of one rule.

    A page stands in the folder `pages/en` or `pages/ko` of a package that holds the detector;
    where a translation is missing the English page is returned.

    Raises:
        UsageError: no rule has this code, name or alias, or it has no page.
    """
    rule = _the_rule([each.rule for each in owned], selector)
    module = next(each.detector.__module__ for each in owned if each.rule == rule)
    for wanted in (language, Language.EN):
        for text in _pages(module, rule.code, wanted):
            return text
    raise UsageError(rule.code, "this rule has no page")


def _the_rule(rules: Sequence[Rule], selector: str) -> Rule:
    found = find_rule(rules, selector)
    if found is not None:
        return found
    known = [word for rule in rules for word in (rule.code, rule.name, *rule.aliases)]
    nearest = nearest_to(selector, known)
    hint = f"Did you mean {nearest}?" if nearest else "`aegis rules` lists all of them."
    raise UsageError(selector, "no rule has this code or name", hint)


def _pages(module: str, code: str, language: Language) -> Iterator[str]:
    for package in _packages_around(module):
        page = importlib.resources.files(package) / "pages" / language / f"{code}.md"
        if page.is_file():
            yield page.read_text(encoding="utf-8")


def _packages_around(module: str) -> Iterator[str]:
    name = module
    while name:
        if hasattr(importlib.import_module(name), "__path__"):
            yield name
        name = name.rpartition(".")[0]
