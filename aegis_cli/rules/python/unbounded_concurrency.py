"""AEG3204: `asyncio.gather` over an input of any length, without a limit."""

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

RULE = Rule(
    code="AEG3204",
    name="unbounded-concurrency",
    section="3.2",
    title=Text(
        en="As many requests at once as there are items", ko="항목 수만큼 한꺼번에 시작하는 요청"
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    since="0.1.0",
)
_LIMITERS = ("semaphore", "limiter", "limit", "throttle", "throttler", "sem")

_CHANGE = """\
limit = asyncio.Semaphore(20)

async def one(item):
    async with limit:
        return await work(item)

await asyncio.gather(*[one(item) for item in items])"""


class UnboundedConcurrency(SourceDetector):
    """See gathers over a comprehension in a function that limits nothing."""

    rule = RULE
    pieces = (FunctionScope,)

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield a gather over a comprehension, unless the function knows a limit."""
        if not isinstance(piece, FunctionScope) or not piece.is_coroutine or _limits(piece):
            return
        for site in piece.calls:
            if site.name == "asyncio.gather" and any(map(_is_open, site.node.args)):
                yield context.sighting(RULE.code, site.node, subject=piece.symbol)

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report every such gather."""
        yield self.found(
            sighting,
            message=Text(
                en=f"{sighting.subject} starts as many tasks at once as there are items: with "
                "thousands, connections, descriptors and the other side run out",
                ko=f"{sighting.subject}이(가) 항목 수만큼 태스크를 한꺼번에 시작합니다. 수천 개가 "
                "되면 커넥션과 파일 디스크립터가 바닥나고 상대 서버도 버티지 못합니다",
            ),
            summary=Text(
                en="Let a semaphore admit some at a time.",
                ko="세마포어로 동시에 도는 수를 제한하세요.",
            ),
            change=_CHANGE,
        )


def _limits(scope: FunctionScope) -> bool:
    """Tell whether the function makes or uses something that admits some at a time."""
    return any(
        isinstance(each, ast.Name | ast.Attribute) and _name(each).lower().endswith(_LIMITERS)
        for each in ast.walk(scope.node)
    )


def _name(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr


def _is_open(argument: ast.expr) -> bool:
    """Tell whether an argument spreads a comprehension over something of unknown length."""
    if not isinstance(argument, ast.Starred):
        return False
    value = argument.value
    if not isinstance(value, ast.ListComp | ast.GeneratorExp):
        return False
    source = value.generators[0].iter
    is_written_out = isinstance(source, ast.Tuple | ast.List | ast.Constant)
    return not (is_written_out or _is_range(source) or _is_cut(source))


def _is_cut(node: ast.expr) -> bool:
    """Tell whether a slice names where to stop."""
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Slice)
        and node.slice.upper is not None
    )


def _is_range(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "range"
        and all(isinstance(each, ast.Constant) for each in node.args)
    )
