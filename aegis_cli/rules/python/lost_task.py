"""AEG3205: a task that nobody holds may be collected before it is done."""

import ast
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
    code="AEG3205",
    name="lost-task",
    section="3.2",
    title=Text(en="A task that nobody holds", ko="아무도 참조하지 않는 태스크"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)

_CHANGE = """\
tasks = set()
task = asyncio.create_task(work())
tasks.add(task)
task.add_done_callback(tasks.discard)
# or, from Python 3.11: async with asyncio.TaskGroup() as group: group.create_task(work())"""


class LostTask(SourceDetector):
    """See calls that start a task and drop it."""

    rule = RULE
    # The loop keeps weak references only, see asyncio.create_task in the library reference.
    calls = frozenset(("asyncio.create_task", "asyncio.ensure_future"))

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield a call that is a statement by itself."""
        site = context.call
        if site is None or not isinstance(site.statement, ast.Expr):
            return
        if site.statement.value is site.node:
            yield context.sighting(RULE.code, site.node, subject=site.name)

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report every lost task."""
        yield self.found(
            sighting,
            message=Text(
                en=f"the result of {sighting.subject}() is dropped: the loop holds tasks weakly, "
                "so this one may vanish before it is done, and its error is never seen",
                ko=f"{sighting.subject}()의 결과를 버립니다. 이벤트 루프는 태스크를 약하게만 "
                "참조하므로 끝나기 전에 사라질 수 있고, 오류도 보이지 않습니다",
            ),
            summary=Text(
                en="Keep a reference until the task is done, or use a task group.",
                ko="태스크가 끝날 때까지 참조를 유지하거나 TaskGroup을 사용하세요.",
            ),
            change=_CHANGE,
        )
