"""What detectors of loops share: they gather all repetitions of one cure before they judge."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from aegis_cli.engine.detector import Detector, Options, RunContext
from aegis_cli.model.facts.executions import (
    Attribution,
    Clock,
    MappedClass,
    Relationship,
    Repetition,
    Statement,
    UnitKind,
)
from aegis_cli.model.finding import Finding
from aegis_cli.model.location import LogLocation
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._savings import Loop, batching_saves_ms, burst_share, loop_of
from aegis_cli.rules.queries._wording import time_spent

_MAX_PARENTS = 3
_MAX_EXAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedLoop:
    """All repetitions that one change cures, those with most bursts first.

    The same loop arrives as several facts when it runs both in and outside transactions, or
    after different statements.
    """

    repetitions: tuple[Repetition, ...]
    totals: Loop

    @property
    def cycle(self) -> tuple[Statement, ...]:
        """Return the statements of a round."""
        return self.repetitions[0].cycle

    @property
    def parents(self) -> tuple[Statement, ...]:
        """Return the queries before the loop, the most frequent first, and only some."""
        found = (each.parent for each in self.repetitions)
        return tuple(dict.fromkeys(each for each in found if each is not None))[:_MAX_PARENTS]

    @property
    def is_delimited(self) -> bool:
        """Tell whether a transaction or a tag says that rounds of the loop belong together."""
        return any(each.unit is not UnitKind.IDLE_GAP for each in self.repetitions)

    @property
    def burst_share(self) -> float:
        """Return the part of the cycle's executions in the whole log that lies in bursts."""
        return burst_share(self.totals, self.repetitions[0].cycle_calls)

    @property
    def gap_us(self) -> int:
        """Return the pause of the typical burst between two executions."""
        ordered = sorted(self.repetitions, key=lambda each: each.median_gap_us)
        seen = 0
        for each in ordered:
            seen += each.bursts
            if seen * 2 >= self.totals.bursts:
                return each.median_gap_us
        return ordered[-1].median_gap_us

    @property
    def clock(self) -> Clock:
        """Return whose times these are."""
        return self.repetitions[0].clock

    @property
    def spent(self) -> Text:
        """Return the time of all executions as an aside."""
        return time_spent(self.totals.time_us, self.clock)

    @property
    def time_saved_ms(self) -> float | None:
        """Return what one statement per burst gives back; see the model in `_savings`."""
        saved = [batching_saves_ms(loop_of([each]), _wait_us(each)) for each in self.repetitions]
        known = [each for each in saved if each is not None]
        return sum(known) if known else None

    @property
    def executions_of(self) -> tuple[int, ...]:
        """Return the executions of each statement of the cycle; empty where one is unknown."""
        counted = [each.executions_of for each in self.repetitions]
        if not all(counted):
            return ()
        return tuple(sum(each) for each in zip(*counted, strict=True))

    @property
    def attributions(self) -> tuple[Attribution, ...]:
        """Return where the application says the loop is."""
        return tuple(dict.fromkeys(chain.from_iterable(e.attributions for e in self.repetitions)))

    @property
    def relationship(self) -> Relationship | None:
        """Return the relationship that the loop loads lazily, if an object mapper told it."""
        return next(iter(self.relationships), None)

    @property
    def relationships(self) -> tuple[Relationship, ...]:
        """Return all relationships that the loop loads lazily, each once."""
        found = (each.relationship for each in self.attributions)
        return tuple(dict.fromkeys(each for each in found if each is not None))

    @property
    def written(self) -> MappedClass | None:
        """Return the class whose objects the loop writes, if an object mapper told it."""
        found = (each.written for each in self.attributions)
        return next((each for each in found if each is not None), None)

    @property
    def examples(self) -> tuple[LogLocation, ...]:
        """Return where some bursts begin."""
        found = dict.fromkeys(chain.from_iterable(each.examples for each in self.repetitions))
        return tuple(found)[:_MAX_EXAMPLES]


def _wait_us(repetition: Repetition) -> int:
    """Return the pause that holds a network round trip; the client's own time has it inside."""
    return repetition.median_gap_us if repetition.clock is Clock.SERVER else 0


class LoopDetector(Detector[Repetition]):
    """Gathers repetitions by the names that identify their cure, and judges each cure once."""

    consumes = Repetition

    def __init__(self, options: Options, context: RunContext) -> None:
        """Start without repetitions."""
        super().__init__(options, context)
        self._gathered: dict[tuple[str, ...], list[Repetition]] = {}

    @abstractmethod
    def names_of(self, fact: Repetition) -> tuple[str, ...] | None:
        """Return the stable names of the loop; None if the fact is no loop of this rule."""

    @abstractmethod
    def judge(self, loop: JoinedLoop, names: tuple[str, ...]) -> Iterator[Finding]:
        """Report a loop that reaches the thresholds."""

    def observe(self, fact: Repetition) -> Iterator[Finding]:
        """Keep a repetition until all of its cure are known."""
        names = self.names_of(fact) if fact.bursts else None
        if names is not None:
            self._gathered.setdefault(names, []).append(fact)
        return iter(())

    def finish(self) -> Iterator[Finding]:
        """Judge what was gathered, one cure after another."""
        for names, facts in self._gathered.items():
            ordered = tuple(sorted(facts, key=lambda each: -each.bursts))
            yield from self.judge(JoinedLoop(repetitions=ordered, totals=loop_of(ordered)), names)
