"""AEG5103: Every error is caught, printed at most, and forgotten."""

import ast
from collections.abc import Iterator

from aegis_cli.codebase.context import Context
from aegis_cli.codebase.detector import SourceDetector
from aegis_cli.codebase.file_kinds import FileKind
from aegis_cli.codebase.visitors import Piece
from aegis_cli.model.facts.source_code import Sighting
from aegis_cli.model.finding import Finding
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text

RULE = Rule(
    code="AEG5103",
    name="swallowed-error",
    section="5.1",
    title=Text(en="An error that is printed and forgotten", ko="출력만 하고 잊는 오류"),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)
_EVERYTHING = frozenset(("Exception", "BaseException"))
_BY_HAND = frozenset(("scripts", "bin", "tools", "commands", "examples", "docs", "migrations"))
_BY_HAND_FILES = frozenset(("manage.py", "setup.py", "conftest.py"))

_CHANGE = """\
except Exception:
    logger.exception("what failed, on what")
    raise"""


class SwallowedError(SourceDetector):
    """See handlers of every exception that only print, or do nothing."""

    rule = RULE
    pieces = (ast.ExceptHandler,)
    kinds = frozenset((FileKind.PRODUCT,))

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield a handler of everything whose body tells nobody."""
        if not isinstance(piece, ast.ExceptHandler) or not _catches_all(piece, context):
            return
        if all(isinstance(each, ast.Pass) for each in piece.body):
            yield context.sighting(RULE.code, piece, subject="passed over", is_hint=True)
        elif all(_only_prints(each) for each in piece.body):
            yield context.sighting(RULE.code, piece, subject="printed", is_hint=_is_script(context))

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report every such handler."""
        is_printed = sighting.subject == "printed"
        yield self.found(
            sighting,
            message=Text(
                en="every error is printed and forgotten: no traceback, no count, no alarm"
                if is_printed
                else "every error is passed over: nobody will know that it happened",
                ko="모든 오류를 출력만 하고 잊습니다. 트레이스백도 집계도 알림도 없습니다"
                if is_printed
                else "모든 오류를 그냥 지나칩니다. 일어난 사실을 아무도 모릅니다",
            ),
            summary=Text(
                en="Catch what you expect; log the rest with its traceback, or let it go on.",
                ko="예상한 오류만 잡고, 나머지는 트레이스백과 함께 기록하거나 그대로 두세요.",
            ),
            change=_CHANGE,
        )


def _catches_all(handler: ast.ExceptHandler, context: Context) -> bool:
    return handler.type is None or context.text(handler.type) in _EVERYTHING


def _only_prints(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Name)
        and statement.value.func.id == "print"
    )


def _is_script(context: Context) -> bool:
    """Tell whether somebody sits in front of it: there, printing is telling."""
    parts = context.path.split("/")
    return not _BY_HAND.isdisjoint(parts) or parts[-1] in _BY_HAND_FILES
