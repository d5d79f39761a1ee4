"""The parts of a comparison: the measurements, and which findings came and went."""

from collections.abc import Iterator, Sequence
from statistics import median

from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Cell, Report, Section, titled_column
from aegis_cli.model.text import Text
from aegis_cli.usecases.compare.shift import Ratio, ratio
from aegis_cli.usecases.compare.trials import Trial

COMPARISON = "comparison"
_METRICS = (
    ("elapsed_s", Unit.SECONDS),
    ("cpu_s", Unit.SECONDS),
    ("peak_bytes", Unit.BYTES),
)
FASTER, SLOWER, UNCLEAR, UNKNOWN = "lower", "higher", "no difference shown", "too few runs"


def comparison_section(before: Sequence[Trial], after: Sequence[Trial]) -> Iterator[Section]:
    """Yield a table for each unit: medians, their ratio, and whether the difference is real."""
    for title, keys in (
        (Text(en="Time", ko="시간"), ("elapsed_s", "cpu_s")),
        (Text(en="Memory", ko="메모리"), ("peak_bytes",)),
    ):
        unit = dict(_METRICS)[keys[0]]
        suffix = "" if unit is Unit.SECONDS else "-memory"
        yield Section(
            id=f"{COMPARISON}{suffix}",
            title=title,
            columns=(
                titled_column("metric", "Measured", "측정값"),
                titled_column("before", "Before", "이전", unit),
                titled_column("after", "After", "이후", unit),
                titled_column("ratio", "After / before", "이후 / 이전", Unit.NONE),
                titled_column("low", "95 % from", "95 % 하한", Unit.NONE),
                titled_column("high", "to", "상한", Unit.NONE),
                titled_column("verdict", "After is", "판정"),
                titled_column("runs_before", "Runs before", "이전 실행", Unit.COUNT),
                titled_column("runs_after", "After", "이후 실행", Unit.COUNT),
            ),
            rows=tuple(_row(key, before, after) for key in keys),
        )


def ratio_of(key: str, before: Sequence[Trial], after: Sequence[Trial]) -> Ratio | None:
    """Return how much one of the measurements differs; None where the runs are too few."""
    return ratio(_values(key, before), _values(key, after))


def findings_section(before: Report, after: Report) -> Iterator[Section]:
    """Yield the table of findings that came or went, if any did."""
    old = {each.identity: each for each in before.findings}
    new = {each.identity: each for each in after.findings}
    gone = [("gone", each) for identity, each in old.items() if identity not in new]
    came = [("new", each) for identity, each in new.items() if identity not in old]
    if not gone and not came:
        return
    yield Section(
        id="changed-findings",
        title=Text(en="Findings that came or went", ko="새로 생기거나 없어진 결과"),
        columns=(
            titled_column("change", "Change", "변화"),
            titled_column("rule", "Rule", "규칙"),
            titled_column("severity", "Severity", "심각도"),
            titled_column("identity", "Identity", "식별자"),
        ),
        rows=tuple(
            (change, f"{each.rule.code} {each.rule.name}", each.severity.value, each.identity)
            for change, each in (*came, *gone)
        ),
    )


def _row(key: str, before: Sequence[Trial], after: Sequence[Trial]) -> tuple[Cell, ...]:
    found = ratio_of(key, before, after)
    return (
        key,
        median(_values(key, before)) if before else None,
        median(_values(key, after)) if after else None,
        found.estimate if found is not None else None,
        found.low if found is not None else None,
        found.high if found is not None else None,
        _verdict(found),
        len(before),
        len(after),
    )


def _verdict(found: Ratio | None) -> str:
    if found is None:
        return UNKNOWN
    if found.is_higher:
        return SLOWER
    return FASTER if found.is_lower else UNCLEAR


def _values(key: str, trials: Sequence[Trial]) -> list[float]:
    # The system counts processor time in ticks on some machines: never a ratio to zero.
    return [max(float(getattr(each, key)), 1e-6) for each in trials]
