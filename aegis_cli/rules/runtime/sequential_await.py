"""AEG3203: a loop that waits for one answer after the other, though none needs another."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import measured
from aegis_cli.model.facts.event_loops import AwaitLoop, TaskWait
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration
from aegis_cli.model.text import Text
from aegis_cli.rules.runtime._code import lines, ms, snippet, spoken, stable_name

RULE = Rule(
    code="AEG3203",
    name="sequential-await",
    section="3.2",
    title=Text(en="Awaited one after the other", ko="하나씩 기다리는 await"),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SequentialAwaitOptions(Options):
    """When waiting in turn is worth a change."""

    min_awaits: int = 3
    """Things that a single task waited for at the line, one after the other."""
    min_wait_ms: float = 200.0
    """Time that tasks waited at the line."""


class SequentialAwait(Detector[TaskWait]):
    """Listen for waits in loops whose rounds are independent by their source."""

    rule = RULE
    consumes = TaskWait
    options_type = SequentialAwaitOptions

    def observe(self, fact: TaskWait) -> Iterator[Finding]:
        """Report a loop in which tasks were seen waiting again and again."""
        options = narrow(self._options, SequentialAwaitOptions)
        if fact.loop is None or fact.most_by_one_task < options.min_awaits:
            return
        if ms(fact.total_us) < options.min_wait_ms:
            return
        place = fact.loop.place
        rest = tuple(each for each in fact.places if each != place)
        # Together they take about as long as one of them.
        saved_ms = ms(fact.total_us) * (1 - 1 / fact.most_by_one_task)
        yield self.finding(
            message=_message(fact, fact.loop),
            identity=(*stable_name(place), fact.loop.call),
            locations=(place, *rest),
            evidence=(
                measured("waited", ms(fact.total_us), Unit.MS, "all tasks, seen every 50 ms"),
                measured("awaits", fact.awaits, Unit.COUNT, "told apart; there may be more"),
                measured("by_one_task", fact.most_by_one_task, Unit.COUNT, "one after the other"),
                measured("tasks_at_once", fact.most_at_once, Unit.COUNT),
                *snippet(place, fact.loop.source),
            ),
            impact=Impact(basis=Basis.HEURISTIC, time_saved_ms=saved_ms),
            fix=_fix(fact.loop, self.context.recheck),
        )


def _message(fact: TaskWait, loop: AwaitLoop) -> Text:
    waited, count = duration(ms(fact.total_us)), fact.most_by_one_task
    return Text(
        en=f"{spoken(loop.place)} waits for {loop.call} one after the other: {waited}, {count} "
        "times or more by one task, and no round needs the result of another",
        ko=f"{spoken(loop.place)}에서 {loop.call}을(를) 하나씩 기다립니다. 모두 {waited}, 한 "
        f"태스크가 {count}번 이상 기다렸고 서로의 결과는 필요하지 않습니다",
    )


def _fix(loop: AwaitLoop, recheck: str) -> Fix:
    return Fix(
        summary=Text(
            en="Start them together, with a bound on how many run at once.",
            ko="동시에 시작하되 동시 실행 개수를 제한합니다.",
        ),
        kind=FixKind.ADVICE,
        text=lines(
            "limit = asyncio.Semaphore(10)  # what the other side can take",
            "",
            f"async def one({loop.target}):",
            "    async with limit:",
            f"        return await {loop.call}",
            "",
            f"results = await asyncio.gather(*(one({loop.target}) for {loop.target} in "
            f"{loop.items}))",
        ),
        recheck=recheck,
    )
