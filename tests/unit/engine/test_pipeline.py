"""Facts are walked once, listeners are isolated, and the order of findings is settled."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import pytest

from aegis_cli.engine.detector import AnyDetector, Collector, Detector, Options, RunContext
from aegis_cli.engine.origin import Origin
from aegis_cli.engine.pipeline import run
from aegis_cli.model.finding import Finding, Fix, FixKind
from aegis_cli.model.report import Section
from aegis_cli.model.rule import Rule
from aegis_cli.model.text import Text
from tests.unit.engine.builders import NO_IMPACT, a_rule, saves


@dataclass(frozen=True, slots=True, kw_only=True)
class Apple:
    """A fact."""

    weight_g: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pear:
    """Another fact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedApple(Apple):
    """A fact of its own type, though it inherits from another."""


class HeavyApple(Detector[Apple]):
    """Reports each apple, and at the end that it is done."""

    rule: ClassVar[Rule] = a_rule("XYZ001", "heavy-apple")
    consumes = Apple

    def observe(self, fact: Apple) -> Iterator[Finding]:
        yield self._found(str(fact.weight_g), fact.weight_g)

    def finish(self) -> Iterator[Finding]:
        yield self._found("end", None)

    def _found(self, name: str, saved_ms: float | None) -> Finding:
        return self.finding(
            message=Text.same(name),
            identity=(name,),
            locations=(),
            evidence=(),
            impact=saves(saved_ms),
            fix=Fix(summary=Text.same(""), kind=FixKind.ADVICE, text="", recheck=""),
        )


class Rotten(HeavyApple):
    """Fails at the second apple."""

    rule: ClassVar[Rule] = a_rule("XYZ002", "rotten")
    seen = 0

    def observe(self, fact: Apple) -> Iterator[Finding]:
        self.seen += 1
        if self.seen == 2:
            message = "worm"
            raise ValueError(message)
        yield from super().observe(fact)


class FailsAtTheEnd(HeavyApple):
    """Fails when asked to finish."""

    rule: ClassVar[Rule] = a_rule("XYZ003", "fails-at-the-end")

    def observe(self, fact: Apple) -> Iterator[Finding]:
        yield from ()

    def finish(self) -> Iterator[Finding]:
        raise KeyError(self.rule.name)


class Basket(Collector[Apple]):
    """Counts apples."""

    consumes = Apple

    def __init__(self) -> None:
        self.apples = 0

    def observe(self, fact: Apple) -> None:
        self.apples += 1

    def finish(self) -> Iterable[Section]:
        return (Section(id="basket", title=Text.same(str(self.apples))),)


class BrokenBasket(Basket):
    """Cannot count."""

    def observe(self, fact: Apple) -> None:
        raise RuntimeError


def a(detector: type[HeavyApple]) -> AnyDetector:
    return detector(Options(), RunContext(recheck="aegis"))


def messages(findings: Iterable[Finding]) -> list[str]:
    return [each.message.en for each in findings]


def test_shows_each_fact_to_those_that_consume_its_type() -> None:
    outcome = run([Apple(weight_g=1), Pear(), Apple(weight_g=2)], [a(HeavyApple)], [Basket()])

    assert messages(outcome.findings) == ["2", "1", "end"]
    assert [each.title.en for each in outcome.sections] == ["2"]


def test_a_subtype_is_another_type_of_fact() -> None:
    outcome = run([RedApple(weight_g=1)], [a(HeavyApple)])

    assert messages(outcome.findings) == ["end"]


def test_facts_are_walked_once() -> None:
    facts = iter([Apple(weight_g=1)])

    outcome = run(facts, [a(HeavyApple)], [Basket()])

    assert len(outcome.findings) == 2
    assert outcome.sections[0].title.en == "1"


def test_a_detector_that_raises_hears_no_more_and_the_others_go_on() -> None:
    facts = [Apple(weight_g=1), Apple(weight_g=2), Apple(weight_g=3)]

    outcome = run(facts, [a(Rotten), a(HeavyApple)])

    own = [each for each in outcome.findings if each.rule.name == "rotten"]
    assert messages(own) == ["1"]
    assert len(outcome.findings) == 5


def test_what_failed_is_skipped_with_rule_distribution_and_version() -> None:
    owner = Origin(plugin="fruit", distribution="aegis-fruit", version="1.2")

    outcome = run([Apple(weight_g=1), Apple(weight_g=2)], [a(Rotten)], origins={"XYZ002": owner})

    assert [each.subject for each in outcome.skipped] == [
        "XYZ002 (rotten) of fruit (aegis-fruit 1.2)"
    ]
    assert outcome.skipped[0].reason.en == "failed with ValueError: worm"


def test_a_failure_at_the_end_is_isolated_too() -> None:
    outcome = run([Apple(weight_g=1)], [a(FailsAtTheEnd), a(HeavyApple)])

    assert messages(outcome.findings) == ["1", "end"]
    assert len(outcome.skipped) == 1


def test_a_collector_that_raises_costs_only_its_section() -> None:
    outcome = run([Apple(weight_g=1)], [], [BrokenBasket(), Basket()])

    assert [each.id for each in outcome.sections] == ["basket"]
    assert [each.subject for each in outcome.skipped] == ["BrokenBasket"]


def test_findings_of_one_identity_become_one() -> None:
    outcome = run([Apple(weight_g=4), Apple(weight_g=4)], [a(HeavyApple)])

    assert [each.identity for each in outcome.findings] == ["XYZ001:4", "XYZ001:end"]
    assert outcome.findings[0].impact == saves(8)


def test_an_interrupt_ends_the_walk_and_keeps_what_was_seen() -> None:
    def facts() -> Iterator[Apple]:
        yield Apple(weight_g=1)
        raise KeyboardInterrupt

    outcome = run(facts(), [a(HeavyApple)], [Basket()])

    assert outcome.is_interrupted
    assert messages(outcome.findings) == ["1", "end"]
    assert outcome.sections[0].title.en == "1"


def test_an_error_of_the_source_is_not_swallowed() -> None:
    def facts() -> Iterator[Apple]:
        yield Apple(weight_g=1)
        raise EOFError

    with pytest.raises(EOFError):
        run(facts(), [a(HeavyApple)])


def test_without_facts_nothing_is_found_but_listeners_finish() -> None:
    outcome = run([], [a(HeavyApple)])

    assert messages(outcome.findings) == ["end"]
    assert not outcome.is_interrupted
    assert outcome.findings[0].impact == NO_IMPACT
