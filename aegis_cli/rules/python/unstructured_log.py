"""AEG5201: Values are put into the text of a log line instead of beside it."""

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
from aegis_cli.rules.python._logging import LOG_CALLS

RULE = Rule(
    code="AEG5201",
    name="unstructured-log",
    section="5.2",
    title=Text(en="Log lines that only people can read", ko="사람만 읽을 수 있는 로그"),
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    since="0.1.0",
)
_CHANGE = """\
logger.info("processing order", extra={"order_id": order.pk})
# structlog: log.info("processing_order", order_id=order.pk)"""


class UnstructuredLog(SourceDetector):
    """See log calls whose text is put together before the call."""

    rule = RULE
    calls = LOG_CALLS
    kinds = frozenset((FileKind.PRODUCT,))

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield a log call whose message is made of values."""
        site = context.call
        if site is not None and site.node.args and _is_put_together(site.node.args[0]):
            yield context.sighting(RULE.code, site.node)

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report every such call."""
        yield self.found(
            sighting,
            message=Text(
                en="values are part of the text: lines cannot be grouped or searched by them, and "
                "the text is made even where the level is off",
                ko="값이 문장에 섞여 있어 값으로 묶거나 찾을 수 없고, 꺼진 레벨에서도 문자열을 "
                "만듭니다",
            ),
            summary=Text(
                en="Keep the text constant and hand the values over beside it.",
                ko="문장은 그대로 두고 값은 따로 넘기세요.",
            ),
            change=_CHANGE,
        )


def _is_put_together(message: ast.expr) -> bool:
    match message:
        case ast.JoinedStr(values=parts):
            return any(isinstance(each, ast.FormattedValue) for each in parts)
        case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str())):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format")):
            return True
    return False
