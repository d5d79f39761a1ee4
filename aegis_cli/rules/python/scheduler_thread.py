"""AEG3301: A thread of the application that repeats work for ever, with a sleep in between."""

import ast
import re
from collections.abc import Iterator

from aegis_cli.codebase.context import Context
from aegis_cli.codebase.detector import SourceDetector
from aegis_cli.codebase.visitors import Piece
from aegis_cli.model.facts.source_code import Sighting
from aegis_cli.model.finding import Finding
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text

RULE = Rule(
    code="AEG3301",
    name="scheduler-thread",
    section="3.3",
    title=Text(en="A thread that is a scheduler", ko="스케줄러 노릇을 하는 스레드"),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)
_TARGET = re.compile(r"\b(?:Thread|Timer)\(.*?\btarget\s*=\s*(?:self\.)?(\w+)")

_CHANGE = """\
app.conf.beat_schedule = {
    "cleanup": {"task": "tasks.cleanup_expired_data", "schedule": crontab(minute=0)},
}"""


class SchedulerThread(SourceDetector):
    """See endless loops that work and sleep, in functions that threads run."""

    rule = RULE
    calls = frozenset(("time.sleep", "schedule.run_pending"))

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield a pause in an endless loop; whether a thread runs it is told by the module."""
        site = context.call
        if site is None or site.loop is None or context.function is None:
            return
        node = site.loop.node
        if isinstance(node, ast.While) and _is_endless(node.test) and _also_works(node):
            name = context.scope.symbol.rpartition(".")[2]
            is_thread = name in _targets(context)
            yield context.sighting(RULE.code, site.node, subject=name, is_hint=not is_thread)

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report every such loop."""
        yield self.found(
            sighting,
            message=Text(
                en=f"{sighting.subject} repeats its work for ever inside the application: each of "
                "its processes does it, it competes with requests, and it dies unseen",
                ko=f"{sighting.subject}이(가) 애플리케이션 안에서 끝없이 일을 되풀이합니다. "
                "프로세스마다 중복 실행되고, 요청과 경쟁하며, 죽어도 알 수 없습니다",
            ),
            summary=Text(
                en="Let a scheduler start it: Celery beat, cron, or a job of the platform.",
                ko="Celery Beat, cron, 플랫폼의 작업 스케줄러가 실행하게 하세요.",
            ),
            change=_CHANGE,
        )


def _is_endless(test: ast.expr) -> bool:
    return isinstance(test, ast.Constant) and bool(test.value)


def _also_works(loop: ast.While) -> bool:
    """Tell whether the loop calls something besides its pause."""
    calls = [each for each in ast.walk(loop) if isinstance(each, ast.Call)]
    return len(calls) > 1


def _targets(context: Context) -> frozenset[str]:
    """Return the names of functions that the lines of the module hand to a thread."""
    return frozenset(
        found[1] for line in context.lines if (found := _TARGET.search(line)) is not None
    )
