"""AEG3108: A Celery task that waits for the result of another one."""

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
from aegis_cli.rules.python._celery import is_celery_task

RULE = Rule(
    code="AEG3108",
    name="waiting-inside-a-task",
    section="3.1",
    title=Text(en="A task that waits for another task", ko="다른 태스크를 기다리는 태스크"),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1.0",
)
_STARTS = frozenset(("delay", "apply_async"))
_WAITS = frozenset(("get", "wait", "join"))

_CHANGE = """\
chain(render.s(order_id), send.s())()
# or, after several: chord([render.s(each) for each in order_ids], send_all.s())()"""


class WaitingInsideATask(SourceDetector):
    """See tasks that wait for the result of a task they started."""

    rule = RULE
    pieces = (FunctionScope,)

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield each wait for a started task inside a task."""
        if not isinstance(piece, FunctionScope) or not is_celery_task(piece.node, context):
            return
        started = _started(piece)
        for site in piece.calls:
            function = site.node.func
            if isinstance(function, ast.Attribute) and function.attr in _WAITS:
                receiver = function.value
                is_started = isinstance(receiver, ast.Name) and receiver.id in started
                if is_started or _starts(receiver):
                    yield context.sighting(RULE.code, site.node, subject=piece.symbol)

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report every wait."""
        yield self.found(
            sighting,
            message=Text(
                en=f"{sighting.subject} holds a worker while it waits for another task; when all "
                "workers wait, none is left to do the work",
                ko=f"{sighting.subject}이(가) 워커를 차지한 채 다른 태스크를 기다립니다. 모든 "
                "워커가 기다리면 일할 워커가 남지 않습니다",
            ),
            summary=Text(
                en="Let the second task follow the first: chain, chord or a callback.",
                ko="chain, chord, 콜백으로 다음 태스크가 이어지게 하세요.",
            ),
            change=_CHANGE,
        )


def _starts(node: ast.expr) -> bool:
    """Tell whether an expression starts a task and is its result."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _STARTS
    )


def _started(scope: FunctionScope) -> frozenset[str]:
    """Return the names that hold the result of a started task."""
    return frozenset(
        target.id
        for statement, _ in scope.statements
        if isinstance(statement, ast.Assign) and _starts(statement.value)
        for target in statement.targets
        if isinstance(target, ast.Name)
    )
