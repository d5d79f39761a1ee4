"""What times on a clone add to a proposed index: evidence, how sure it is, time given back."""

from collections.abc import Iterator

from aegis_cli.model.evidence import Evidence, measured
from aegis_cli.model.facts.index_advice import IndexAdvice
from aegis_cli.model.facts.verification import TimedStatement, Verdict
from aegis_cli.model.quantity import Unit
from aegis_cli.model.severity import Confidence
from aegis_cli.model.spoken_numbers import three_digits
from aegis_cli.model.text import Text

_SHOWN = 3
_LOWER = {
    Confidence.HIGH: Confidence.MEDIUM,
    Confidence.MEDIUM: Confidence.LOW,
    Confidence.LOW: Confidence.LOW,
}


def confidence_measured(advice: IndexAdvice, otherwise: Confidence) -> Confidence:
    """Return how sure the advice is once it was measured; `otherwise` is what it was before.

    A statement that got slower beyond doubt lowers it, one that got faster makes it sure.
    """
    verdicts = {each.verdict for each in advice.measured}
    if Verdict.SLOWER in verdicts:
        return _LOWER[otherwise]
    return Confidence.HIGH if Verdict.FASTER in verdicts else otherwise


def slower_phrase(advice: IndexAdvice) -> Text:
    """Say how many statements got slower on the clone; empty without any."""
    count = sum(each.verdict is Verdict.SLOWER for each in advice.measured)
    if not count:
        return Text.same("")
    statements = "statement" if count == 1 else "statements"
    return Text(
        en=f"; on the clone it made {count} {statements} slower",
        ko=f". 복제본에서는 문장 {count}개가 느려졌습니다",
    )


def measured_evidence(advice: IndexAdvice) -> Iterator[Evidence]:
    """Yield the ratios of the statements that tell most: slower ones first, then by the factor."""
    timed = [each for each in advice.measured if each.ratio is not None]
    timed.sort(key=lambda each: (each.verdict is not Verdict.SLOWER, each.ratio or 0.0))
    for each in timed[:_SHOWN]:
        assert each.ratio is not None
        yield measured("measured_ratio", each.ratio, Unit.RATIO, _detail(each))


def measured_saving_ms(advice: IndexAdvice) -> float | None:
    """Return calls × time saved in the statements that were timed; None where nothing tells.

    Statements without a clear verdict do not count, nor those that hit the timeout with the
    index. A timeout without it makes the saving a lower bound.
    """
    calls = {each.fingerprint: each.calls for each in advice.helped}
    saved = [
        calls[each.fingerprint] * (each.without_ms - each.with_ms)
        for each in advice.measured
        if each.fingerprint in calls
        and each.verdict in (Verdict.FASTER, Verdict.SLOWER)
        and each.without_ms is not None
        and each.with_ms is not None
        and not each.with_timed_out
    ]
    return sum(saved) if saved and sum(saved) > 0 else None


def _detail(timed: TimedStatement) -> str:
    parts = [f"{timed.fingerprint}: {_times(timed)}"]
    if timed.ratio_low is not None and timed.ratio_high is not None:
        sure = "" if timed.confidence is None else f"{timed.confidence:.0%} ".replace("%", " %")
        parts.append(f"{sure}interval {_short(timed.ratio_low)}–{_short(timed.ratio_high)}")
    if timed.verdict is Verdict.SLOWER:
        parts.append("slower")
    return ", ".join(parts)


def _times(timed: TimedStatement) -> str:
    without = _time(timed.without_ms, is_bound=timed.without_timed_out)
    return f"{without} → {_time(timed.with_ms, is_bound=timed.with_timed_out)}"


def _time(value_ms: float | None, *, is_bound: bool) -> str:
    if value_ms is None:
        return "unknown"
    return f"{'more than ' if is_bound else ''}{_short(value_ms)} ms"


def _short(value: float) -> str:
    """Return a number with three significant digits, however small."""
    return three_digits(value) if value >= 1 else f"{value:.3g}"
