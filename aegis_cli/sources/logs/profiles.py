"""The facts that only a whole log can tell, from what was gathered."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from aegis_cli.model.facts.executions import (
    Attribution,
    Clock,
    Repetition,
    Statement,
    StatementProfile,
    UnitProfile,
)
from aegis_cli.model.facts.plan_scans import PlanScan
from aegis_cli.model.location import CodeLocation, LogLocation
from aegis_cli.sources.logs.absorber import Absorber
from aegis_cli.sqltext.comments import StatementTags, parse_tags
from aegis_cli.sqltext.parameters import mask_literals
from aegis_cli.workload.bursts import NO_STATEMENT, BurstGroup
from aegis_cli.workload.digest import StatementTotals
from aegis_cli.workload.plan_scans import plan_scans
from aegis_cli.workload.unit_totals import BUDGET, UnitGroup

_MAX_NAMES = 10
_MAX_EXAMPLE_CHARS = 4000


def attribution_of_comment(comment: str) -> Attribution:
    """Return the place in an application that a comment beside a statement names."""
    return attribution(parse_tags(comment))


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTraits:
    """What the source of the executions is, as far as facts depend on it."""

    attribution_of: Callable[[str], Attribution] = attribution_of_comment
    """Tells what a tag means."""
    clock: Clock = Clock.SERVER
    has_entries: bool = True
    """Executions stand in a log that people can open."""


LOG = SourceTraits()
"""A log that the server wrote."""


class Profiles:
    """Turns gathered numbers into facts."""

    def __init__(
        self, gathered: Absorber, *, show_literals: bool, source: SourceTraits = LOG
    ) -> None:
        """Look at what was gathered; it must be complete."""
        self._gathered = gathered
        self._show_literals = show_literals
        self._source = source
        self._tags = list(gathered.tags)
        self._origins = gathered.actors.origins()
        self._total_us = max(gathered.digest.total_us, 1)

    def facts(self) -> Iterator[object]:
        """Yield everything, statements with the most time first."""
        yield from self.statements()
        yield from self.repetitions()
        yield from self.units()
        yield from self._gathered.connections.churn()
        yield from self._gathered.events.profiles()
        yield from self._gathered.plans.observations()
        yield from self.scans()

    def statements(self) -> Iterator[StatementProfile]:
        """Yield a profile per fingerprint, the one with the most time first."""
        digest = self._gathered.digest
        totals = [
            (number, found)
            for number in range(self._gathered.catalog.fingerprints)
            if (found := digest.totals(number)) is not None
        ]
        statements = {number: self._gathered.catalog.statement(number) for number, _ in totals}
        totals.sort(
            key=lambda each: (-each[1].total_us, -each[1].calls, statements[each[0]].fingerprint)
        )
        for number, found in totals:
            yield self._statement(number, statements[number], found)

    def _statement(
        self, number: int, statement: Statement, totals: StatementTotals
    ) -> StatementProfile:
        gathered = self._gathered
        slowest = gathered.examples.slowest(number)
        origins = [self._origins[at] for at in totals.origins if at < len(self._origins)]
        return StatementProfile(
            statement=statement,
            calls=totals.calls,
            timed_calls=totals.timed_calls,
            total_us=totals.total_us,
            max_us=totals.max_us,
            p50_us=totals.p50_us,
            p95_us=totals.p95_us,
            p99_us=totals.p99_us,
            first_seen_us=totals.first_seen_us,
            last_seen_us=totals.last_seen_us,
            share=totals.total_us / self._total_us,
            slowest=(
                gathered.places.location(slowest.place, slowest.at_us)
                if slowest is not None and self._source.has_entries
                else None
            ),
            example=self._example(slowest.text, slowest.parameters) if slowest is not None else "",
            users=_names(user for user, _, _ in origins),
            databases=_names(database for _, database, _ in origins),
            applications=_names(application for _, _, application in origins),
            attributions=self._attributions(gathered.digest_tags.get(number, {})),
            max_values_rows=gathered.examples.size(number, "rows") or statement.shape.values_rows,
            max_list_items=gathered.examples.size(number, "list"),
            cache=gathered.reads.outcomes(number),
            offsets=gathered.offsets.use(number),
            clock=self._source.clock,
        )

    def _example(self, text: str, parameters: str) -> str:
        if not self._show_literals:
            return mask_literals(text[:_MAX_EXAMPLE_CHARS])
        shown = text[:_MAX_EXAMPLE_CHARS]
        return f"{shown}\n-- {parameters}" if parameters else shown

    def repetitions(self) -> Iterator[Repetition]:
        """Yield a fact per loop, in the order in which loops first occurred."""
        catalog = self._gathered.catalog
        numbers = catalog.fingerprint_numbers()
        for group in self._gathered.bursts.groups():
            cycle = self._gathered.bursts.names.cycle(group.cycle)
            calls = [self._gathered.digest.totals(int(numbers[each])) for each in cycle]
            yield self._repetition(
                group, cycle, sum(each.calls for each in calls if each is not None)
            )

    def _repetition(self, group: BurstGroup, cycle: tuple[int, ...], calls: int) -> Repetition:
        catalog = self._gathered.catalog
        return Repetition(
            parent=catalog.variant(group.parent) if group.parent != NO_STATEMENT else None,
            cycle=tuple(catalog.variant(each) for each in cycle),
            unit=group.kind,
            is_varying=group.is_varying,
            sizes=group.burst_sizes(),
            parent_time_us=group.parent_us,
            median_gap_us=int(median(group.gaps_us)) if group.gaps_us else 0,
            sessions=len(group.sessions),
            cycle_calls=calls,
            executions_of=tuple(group.executions_of[: len(cycle)]),
            examples=self._locations(group.places),
            attributions=self._attributions(group.tags),
            clock=self._source.clock,
        )

    def scans(self) -> Iterator[PlanScan]:
        """Yield a fact per table scan that a plan shows to throw most rows away."""
        for each in self._gathered.plans.observations():
            number = self._gathered.catalog.fingerprint_number(each.statement.fingerprint)
            totals = self._gathered.digest.totals(number) if number is not None else None
            yield from plan_scans(each, totals.calls if totals is not None else 0)

    def units(self) -> Iterator[UnitProfile]:
        """Yield a fact per origin of units of work."""
        for group in self._gathered.units.groups():
            yield self._unit(group)

    def _unit(self, group: UnitGroup) -> UnitProfile:
        opening = self._gathered.catalog.variant(group.opening)
        attributions = self._attributions({group.tag: group.units} if group.tag >= 0 else {})
        named = next((each for each in attributions if each.route or each.code), None)
        origin = opening.text
        if named is not None:
            origin = named.route or (named.code.path if named.code is not None else origin)
        return UnitProfile(
            origin=origin,
            opening=opening,
            kind=group.kind,
            units=group.units,
            over_budget=group.over_budget,
            budget=BUDGET,
            max_executions=group.max_executions,
            executions_over_budget=group.executions_over_budget,
            time_us=group.time_us,
            examples=self._locations(group.places),
            attributions=attributions,
        )

    def _locations(self, places: list[tuple[int, int]]) -> tuple[LogLocation, ...]:
        if not self._source.has_entries:
            return ()
        return tuple(self._gathered.places.location(place, at_us) for place, at_us in places)

    def _attributions(self, tags: dict[int, int]) -> tuple[Attribution, ...]:
        """Return where statements come from, the most frequent origin first."""
        ordered = sorted(tags.items(), key=lambda item: (-item[1], self._tags[item[0]]))
        found = (self._source.attribution_of(self._tags[tag]) for tag, _ in ordered)
        kept = dict.fromkeys(each for each in found if not each.is_empty)
        return tuple(kept)[:_MAX_NAMES]


def attribution(tags: StatementTags) -> Attribution:
    """Return the place in an application that a comment names."""
    route = tags.route
    if route is None and tags.controller is not None:
        route = f"{tags.controller}#{tags.action}" if tags.action else tags.controller
    code = None
    if tags.file is not None:
        code = CodeLocation(path=tags.file, line=_line(tags.line), function=tags.function)
    return Attribution(application=tags.application, route=route, code=code)


def _line(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdigit() else None


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({each for each in names if each and each != "[unknown]"}))[:_MAX_NAMES]
