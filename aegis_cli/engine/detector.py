"""What a detector and a collector are: pure listeners over facts of one type."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Generic, Never, TypeAlias, TypeVar

from aegis_cli.model.evidence import Evidence
from aegis_cli.model.finding import Finding, Fix, Impact
from aegis_cli.model.location import Location
from aegis_cli.model.report import Section
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text

# Contravariant, because facts only flow in: a detector of any one fact is a Detector[Never].
FactT = TypeVar("FactT", contravariant=True)  # noqa: PLC0105  # the name reads better than FactT_contra


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The thresholds of a detector; subclasses add fields with the unit in the name.

    Every field has a default and is a bool, int, float or str, so that configuration can set it.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """What a detector may know about the run: how to repeat it."""

    recheck: str
    """The command line that checks again, such as `aegis explain-queries app.log`."""


class Detector(ABC, Generic[FactT]):
    """Listens to facts of one type and yields findings of one rule.

    A detector reads no file, socket or clock, and given the same facts and options it yields the
    same findings in the same order.
    Its memory is bounded by the number of distinct shapes, never by the number of facts.
    """

    rule: ClassVar[Rule]
    consumes: ClassVar[type[object]]
    options_type: ClassVar[type[Options]] = Options

    def __init__(self, options: Options, context: RunContext) -> None:
        """Keep thresholds and the way to re-check."""
        self._options = options
        self.context = context

    @abstractmethod
    def observe(self, fact: FactT) -> Iterable[Finding]:
        """Take notice of one fact and yield what it proves by itself."""

    def finish(self) -> Iterable[Finding]:
        """Yield what only the whole run could show."""
        return ()

    def finding(
        self,
        *,
        message: Text,
        identity: tuple[str, ...],
        locations: tuple[Location, ...],
        evidence: tuple[Evidence, ...],
        impact: Impact,
        fix: Fix,
        severity: Severity | None = None,
        confidence: Confidence | None = None,
    ) -> Finding:
        """Build a finding of this rule; `identity` holds stable names only."""
        return Finding(
            rule=self.rule,
            message=message,
            severity=severity or self.rule.severity,
            confidence=confidence or self.rule.confidence,
            identity=":".join((self.rule.code, *identity)),
            locations=locations,
            evidence=evidence,
            impact=impact,
            fix=fix,
        )


class Collector(ABC, Generic[FactT]):
    """Listens to facts of one type and yields sections: tables, totals, charts."""

    consumes: ClassVar[type[object]]

    @abstractmethod
    def observe(self, fact: FactT) -> None:
        """Take notice of one fact."""

    @abstractmethod
    def finish(self) -> Iterable[Section]:
        """Yield the sections when all facts were seen."""


AnyDetector: TypeAlias = Detector[Never]
"""A detector of whatever fact; only the pipeline may show it one, after comparing types."""

AnyCollector: TypeAlias = Collector[Never]
"""A collector of whatever fact."""
