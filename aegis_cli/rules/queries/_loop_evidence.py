"""The evidence and the impact that all findings about loops of statements share."""

from collections.abc import Sequence

from aegis_cli.model.evidence import Evidence, estimated, measured
from aegis_cli.model.facts.executions import Repetition
from aegis_cli.model.facts.shapes import Shape
from aegis_cli.model.finding import Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.rules.queries._savings import Loop, batching_saves_ms
from aegis_cli.rules.queries._wording import ms, origin, sample


def loop_evidence(repetition: Repetition, loop: Loop, role: str) -> tuple[Evidence, ...]:
    """Return the numbers that decided, the saving, and one sample of each statement."""
    return (
        *loop_numbers(repetition, loop, role),
        *_saving(repetition, loop),
        *loop_samples(repetition, role),
    )


def loop_numbers(repetition: Repetition, loop: Loop, role: str) -> tuple[Evidence, ...]:
    """Return what was counted and measured about a loop."""
    return (
        measured("bursts", loop.bursts, Unit.COUNT, _where(repetition)),
        measured(f"{role}_executions", loop.executions, Unit.CALLS),
        measured("distinct_values", loop.distinct_values, Unit.COUNT, "summed over the bursts"),
        measured("median_rounds", loop.median_rounds, Unit.NONE, "rounds of the typical burst"),
        measured("max_rounds", loop.max_rounds, Unit.NONE, "rounds of the longest burst"),
        *_times(repetition, loop, role),
    )


def loop_samples(repetition: Repetition, role: str) -> tuple[Evidence, ...]:
    """Return one sample of the parent and of each statement of the cycle."""
    parent = () if repetition.parent is None else (sample("parent", repetition.parent),)
    return (*parent, *(sample(role, each) for each in repetition.cycle))


def loop_impact(repetition: Repetition, loop: Loop) -> Impact:
    """Return what one statement per burst gives back; see the model in `_savings`."""
    return Impact(
        basis=Basis.HEURISTIC,
        time_saved_ms=batching_saves_ms(loop, repetition.median_gap_us),
        calls_saved=loop.calls_saved,
    )


def loop_identity(repetition: Repetition) -> tuple[str, ...]:
    """Return the stable names of a loop: the parent's and the cycle's fingerprints."""
    parent = repetition.parent.fingerprint if repetition.parent else "-"
    return (parent, *(each.fingerprint for each in repetition.cycle))


def is_plain_read(shape: Shape) -> bool:
    """Tell whether a statement reads user tables, takes no locks and keeps its result."""
    return (
        shape.is_read
        and shape.has_from
        and not shape.touches_catalog_only
        and not shape.is_locking
        and not shape.is_volatile
    )


def _where(repetition: Repetition) -> str:
    delimited = f"unit of work by {repetition.unit.value}, {repetition.sessions} sessions"
    routes = origin(repetition.attributions)
    return f"{delimited}, {routes}" if routes else delimited


def _times(repetition: Repetition, loop: Loop, role: str) -> Sequence[Evidence]:
    found: list[Evidence] = []
    if loop.time_us > 0:
        found.append(measured(f"{role}_time", ms(loop.time_us), Unit.MS))
    if repetition.median_gap_us > 0:
        detail = "median from the end of one execution to the start of the next"
        found.append(measured("round_trip_gap", ms(repetition.median_gap_us), Unit.MS, detail))
    return found


def _saving(repetition: Repetition, loop: Loop) -> Sequence[Evidence]:
    saved = batching_saves_ms(loop, repetition.median_gap_us)
    if saved is None:
        return ()
    detail = "half of the repeated executions' time and of the gaps between them, up to 2 ms"
    return (estimated("time_saved", saved, Unit.MS, Basis.HEURISTIC, detail),)
