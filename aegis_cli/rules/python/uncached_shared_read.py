"""AEG1312: A query without any parameter: everybody gets the same rows."""

import ast
from collections.abc import Iterator

from aegis_cli.codebase.context import Context
from aegis_cli.codebase.detector import SourceDetector
from aegis_cli.codebase.file_kinds import FileKind
from aegis_cli.codebase.scopes import FunctionScope
from aegis_cli.codebase.visitors import Piece
from aegis_cli.model.facts.source_code import Sighting
from aegis_cli.model.finding import Finding
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text

RULE = Rule(
    code="AEG1312",
    name="uncached-shared-read",
    section="1.3",
    title=Text(
        en="The same rows for everybody, read each time", ko="누구에게나 같은 결과를 매번 조회"
    ),
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    since="0.1.0",
)
_CHANGE = """\
def popular_products():
    return cache.get_or_set("products:popular:v1", _popular_products, timeout=300)"""


class UncachedSharedRead(SourceDetector):
    """See functions without parameters that give back the first rows of a query."""

    rule = RULE
    pieces = (FunctionScope,)
    kinds = frozenset((FileKind.PRODUCT,))

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield a function whose result depends on nothing but the database."""
        if not isinstance(piece, FunctionScope) or not _has_no_parameters(piece):
            return
        if _is_cached(piece, context):
            return
        for statement, _ in piece.statements:
            if isinstance(statement, ast.Return) and _is_ranking(statement.value):
                yield context.sighting(RULE.code, statement, subject=piece.symbol)

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report every such function as a hint: how often it is called is not known."""
        yield self.found(
            sighting,
            message=Text(
                en=f"{sighting.subject}() sorts and reads the same rows for every caller",
                ko=f"{sighting.subject}()이(가) 호출될 때마다 같은 행을 정렬해서 읽습니다",
            ),
            summary=Text(
                en="If it is called often, keep the result for a while.",
                ko="자주 호출된다면 결과를 잠시 보관하세요.",
            ),
            change=_CHANGE,
        )


def _has_no_parameters(scope: FunctionScope) -> bool:
    assert isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef)
    arguments = scope.node.args
    return not (arguments.args or arguments.kwonlyargs or arguments.vararg or arguments.kwarg)


def _is_cached(scope: FunctionScope, context: Context) -> bool:
    assert isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef)
    return any("cache" in context.text(each).lower() for each in scope.node.decorator_list)


def _is_ranking(node: ast.expr | None) -> bool:
    """Tell whether an expression is the head of an ordered query on a model's manager."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "list":
        node = node.args[0] if node.args else None
    if not (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)):
        return False
    called: set[str] = set()
    chain: ast.expr = node.value
    while isinstance(chain, ast.Call) and isinstance(chain.func, ast.Attribute):
        called.add(chain.func.attr)
        chain = chain.func.value
    return isinstance(chain, ast.Attribute) and chain.attr == "objects" and "order_by" in called
