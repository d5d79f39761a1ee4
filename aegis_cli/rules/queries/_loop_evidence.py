"""The evidence and the impact that all findings about loops of statements share."""

from collections import Counter
from collections.abc import Sequence

from aegis_cli.model.evidence import Evidence, estimated, measured
from aegis_cli.model.facts.executions import Clock, Repetition
from aegis_cli.model.facts.shapes import Shape
from aegis_cli.model.finding import Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._loop_detector import JoinedLoop
from aegis_cli.rules.queries._savings import Loop
from aegis_cli.rules.queries._wording import ms, origin, sample, tables


def loop_evidence(loop: JoinedLoop, role: str) -> tuple[Evidence, ...]:
    """Return the numbers that decided, the saving, and one sample of each statement."""
    totals = loop.totals
    return (
        measured("bursts", totals.bursts, Unit.COUNT, loop_place(loop)),
        measured(f"{role}_executions", totals.executions, Unit.CALLS),
        *_per_statement(loop),
        *loop_times(loop, role),
        *_saving(loop),
        measured("distinct_values", totals.distinct_values, Unit.COUNT, "summed over the bursts"),
        *loop_rounds(totals),
        *loop_samples(loop, role),
    )


def loop_rounds(loop: Loop) -> tuple[Evidence, ...]:
    """Return how long the bursts are."""
    return (
        measured("median_rounds", loop.median_rounds, Unit.NONE, "rounds of the median burst"),
        measured("max_rounds", loop.max_rounds, Unit.NONE, "rounds of the longest burst"),
    )


def loop_times(loop: JoinedLoop, role: str) -> Sequence[Evidence]:
    """Return the time of all executions and the pause between two, where the log tells."""
    found: list[Evidence] = []
    if loop.totals.time_us > 0:
        found.append(measured(f"{role}_time", ms(loop.totals.time_us), Unit.MS))
    if loop.gap_us > 0:
        detail = "median, from the end of one execution to the start of the next"
        found.append(measured("gap_between_executions", ms(loop.gap_us), Unit.MS, detail))
    return found


def loop_samples(loop: JoinedLoop, role: str) -> tuple[Evidence, ...]:
    """Return one sample of each parent and of each statement of the cycle."""
    return (
        *(sample("parent", each) for each in loop.parents),
        *(sample(role, each) for each in loop.cycle),
    )


def bursts_of(loop: Loop, noun: Text) -> Text:
    """Say in how many bursts of how many rounds a loop ran; `noun` is a round's, in plural."""
    shortest, longest = f"{loop.min_rounds:,}", f"{loop.max_rounds:,}"
    typical = f"{loop.median_rounds:,}"
    plural = "" if loop.bursts == 1 else "s"
    if loop.min_rounds == loop.max_rounds:
        return Text(
            en=f"{loop.bursts:,} burst{plural} of {longest} {noun.en}",
            ko=f"{loop.bursts:,}번의 묶음에서 {longest}{noun.ko}씩",
        )
    return Text(
        en=f"{loop.bursts:,} burst{plural} of {shortest} to {longest} {noun.en}, median {typical}",
        ko=f"{loop.bursts:,}번의 묶음에서 {shortest}~{longest}{noun.ko}, 중앙값 {typical}{noun.ko}",
    )


def loop_impact(loop: JoinedLoop) -> Impact:
    """Return what one statement per burst gives back; see the model in `_savings`."""
    return Impact(
        basis=Basis.HEURISTIC,
        time_saved_ms=loop.time_saved_ms,
        calls_saved=loop.totals.calls_saved,
    )


def cycle_names(repetition: Repetition) -> tuple[str, ...]:
    """Return the stable names of a loop whose parent is of no matter."""
    return tuple(each.fingerprint for each in repetition.cycle)


def loop_names(repetition: Repetition) -> tuple[str, ...]:
    """Return the stable names of a loop: the parent's and the cycle's fingerprints."""
    parent = repetition.parent.fingerprint if repetition.parent else "-"
    return (parent, *cycle_names(repetition))


def loop_place(loop: JoinedLoop) -> str:
    """Say what delimits the units of work, on how many sessions and in which routes."""
    units: Counter[str] = Counter()
    for each in loop.repetitions:
        units[each.unit.value] += each.bursts
    delimited = f"unit of work by {' or '.join(units)}"
    if len(units) > 1:
        delimited = ", ".join(f"{bursts:,} by {unit}" for unit, bursts in units.most_common())
    sessions = max(each.sessions for each in loop.repetitions)
    least = "at least " if len(loop.repetitions) > 1 else ""
    plural = "" if sessions == 1 else "s"
    where = f"{delimited}, {least}{sessions:,} session{plural}"
    routes = origin(loop.attributions)
    return f"{where}, {routes}" if routes else where


def is_plain_read(shape: Shape) -> bool:
    """Tell whether a statement reads user tables, takes no locks and keeps its result."""
    return (
        shape.is_read
        and shape.has_from
        and not shape.touches_catalog_only
        and not shape.is_locking
        and not shape.is_volatile
    )


def _per_statement(loop: JoinedLoop) -> Sequence[Evidence]:
    """Return how often each statement of a longer cycle ran: an inner loop runs more often."""
    counts = loop.executions_of
    if len(loop.cycle) == 1 or not counts:
        return ()
    return tuple(
        measured("executions", count, Unit.CALLS, tables(each))
        for each, count in zip(loop.cycle, counts, strict=True)
    )


def _saving(loop: JoinedLoop) -> Sequence[Evidence]:
    saved = loop.time_saved_ms
    if saved is None:
        return ()
    detail = "half of the repeated executions' time"
    if loop.clock is Clock.SERVER:
        detail += " and of the gaps between them, up to 2 ms"
    return (estimated("time_saved", saved, Unit.MS, Basis.HEURISTIC, detail),)
