"""AEG3102: A Celery task that retries for ever, or that may run for ever."""

import ast
from collections.abc import Iterator

from aegis_cli.codebase.context import Context
from aegis_cli.codebase.detector import SourceDetector
from aegis_cli.codebase.scopes import FunctionScope
from aegis_cli.codebase.visitors import Piece
from aegis_cli.model.facts.source_code import Sighting
from aegis_cli.model.finding import Finding
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.python._celery import celery_decorator, keywords

RULE = Rule(
    code="AEG3102",
    name="task-without-limits",
    section="3.1",
    title=Text(en="A task without limits", ko="한도가 없는 태스크"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)
_TIMES = frozenset(("time_limit", "soft_time_limit"))

_CHANGE = """\
@shared_task(
    autoretry_for=(TimeoutError,), retry_backoff=True, retry_jitter=True, max_retries=5,
    soft_time_limit=110, time_limit=120,
)"""


class TaskWithoutLimits(SourceDetector):
    """See tasks whose retries have no end, and tasks without a time limit of their own."""

    rule = RULE
    pieces = (FunctionScope,)

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield a task with endless retries; one without a time limit is only a hint."""
        if not isinstance(piece, FunctionScope):
            return
        decorator = celery_decorator(piece.node, context)
        if decorator is None:
            return
        given = keywords(decorator)
        retries = given.get("max_retries")
        if isinstance(retries, ast.Constant) and retries.value is None:
            yield context.sighting(RULE.code, decorator, subject=piece.symbol, detail="retries")
        elif _TIMES.isdisjoint(given):
            # The application may set limits for all of its tasks.
            yield context.sighting(RULE.code, decorator, subject=piece.symbol, is_hint=True)

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report a task without limits."""
        is_endless = sighting.detail == "retries"
        yield self.found(
            sighting,
            message=_endless(sighting.subject) if is_endless else _timeless(sighting.subject),
            summary=Text(
                en="Limit its time and its retries, with a growing pause between them.",
                ko="실행 시간과 재시도 횟수를 제한하고, 재시도 간격을 점점 늘리세요.",
            ),
            change=_CHANGE,
        )


def _endless(name: str) -> Text:
    return Text(
        en=f"{name} is retried without end: a task that can never succeed stays for ever",
        ko=f"{name}은(는) 끝없이 재시도됩니다. 성공할 수 없는 태스크가 영원히 남습니다",
    )


def _timeless(name: str) -> Text:
    return Text(
        en=f"{name} has no time limit of its own: one that hangs keeps its worker for ever",
        ko=f"{name}에 시간 한도가 없습니다. 멈춘 태스크가 워커를 영원히 차지합니다",
    )
