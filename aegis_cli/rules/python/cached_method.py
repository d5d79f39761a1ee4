"""AEG4302: `lru_cache` on a method holds every instance it was called on."""

import ast
from collections.abc import Iterator

from aegis_cli.codebase.context import Context
from aegis_cli.codebase.detector import SourceDetector
from aegis_cli.codebase.scopes import ClassScope, FunctionScope
from aegis_cli.codebase.visitors import Piece
from aegis_cli.model.facts.source_code import Sighting
from aegis_cli.model.finding import Finding
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text

RULE = Rule(
    code="AEG4302",
    name="cached-method",
    section="4.3",
    title=Text(
        en="A cache on a method keeps its instances alive",
        ko="메서드에 붙은 캐시가 인스턴스를 붙잡음",
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)
_CACHES = frozenset(("functools.lru_cache", "functools.cache"))
_UNBOUND = frozenset(("staticmethod", "classmethod"))

_CHANGE = """\
@functools.cached_property
def total(self): ...
# or, beside the class:
@functools.lru_cache(maxsize=1024)
def total_of(order_id): ..."""


class CachedMethod(SourceDetector):
    """See methods with a cache whose key holds the instance."""

    rule = RULE
    pieces = (FunctionScope,)

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield a method with a cache; static and class methods hold no instance."""
        if not isinstance(piece, FunctionScope) or not isinstance(piece.parent, ClassScope):
            return
        node = piece.node
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if not node.args.args or any(map(_is_unbound, node.decorator_list)):
            return
        for decorator in node.decorator_list:
            if _decorator(decorator, context) in _CACHES:
                yield context.sighting(RULE.code, decorator, subject=node.name)

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report every cached method."""
        yield self.found(
            sighting,
            message=Text(
                en=f"the cache of {sighting.subject}() is part of the class and its keys hold "
                "self: no instance it was called on is freed before the cache drops it",
                ko=f"{sighting.subject}()의 캐시는 클래스에 속하고 키가 self를 담고 있어, 캐시가 "
                "버릴 때까지 호출된 인스턴스가 해제되지 않습니다",
            ),
            summary=Text(
                en="Cache in the instance (cached_property), or a function of plain values.",
                ko="인스턴스에 캐시하거나(cached_property), 단순한 값만 받는 함수를 캐시하세요.",
            ),
            change=_CHANGE,
        )


def _decorator(node: ast.expr, context: Context) -> str:
    return context.qualified(node.func if isinstance(node, ast.Call) else node)


def _is_unbound(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in _UNBOUND
