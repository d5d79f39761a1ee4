"""AEG4301: A dictionary of the module that remembers results and forgets none."""

import ast
import re
from collections.abc import Iterator

from aegis_cli.codebase.context import Context
from aegis_cli.codebase.detector import SourceDetector
from aegis_cli.codebase.file_kinds import FileKind
from aegis_cli.codebase.scopes import FunctionScope, ModuleScope
from aegis_cli.codebase.visitors import Piece
from aegis_cli.model.facts.source_code import Sighting
from aegis_cli.model.finding import Finding
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text

RULE = Rule(
    code="AEG4301",
    name="unbounded-cache",
    section="4.3",
    title=Text(en="A cache that only grows", ko="끝없이 커지는 캐시"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)
_CACHE = re.compile(r"(?:^|_)(?:cache|cached|memo|seen_results)(?:$|_)", re.IGNORECASE)

_CHANGE = """\
@lru_cache(maxsize=1024)
def price(key): ...
# or with an age: cachetools.TTLCache(maxsize=1024, ttl=300)"""


class UnboundedCache(SourceDetector):
    """See module-level caches that functions fill and nothing empties."""

    rule = RULE
    pieces = (ModuleScope, FunctionScope)
    kinds = frozenset((FileKind.PRODUCT,))

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield a cache of the module, and a function whose cache has no bound."""
        if isinstance(piece, ModuleScope):
            yield from _containers(piece, context)
        elif isinstance(piece, FunctionScope) and isinstance(piece.parent, ModuleScope):
            yield from _decorators(piece, context)

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report every such cache."""
        yield self.found(
            sighting,
            message=Text(
                en=f"{sighting.subject} remembers every key it ever saw, as long as the process "
                "lives",
                ko=f"{sighting.subject}은(는) 프로세스가 사는 동안 한 번이라도 나온 키를 모두 "
                "기억합니다",
            ),
            summary=Text(
                en="Give it a bound, and a time after which entries are forgotten.",
                ko="크기 한도와 만료 시간을 두세요.",
            ),
            change=_CHANGE,
            confidence=Confidence.MEDIUM,
        )


def _containers(scope: ModuleScope, context: Context) -> Iterator[Sighting]:
    source = "\n".join(context.lines)
    for statement, _ in scope.statements:
        name = _empty_cache(statement)
        if name is None:
            continue
        is_filled = re.search(rf"^\s+{name}\[[^]]+\]\s*=[^=]", source, re.MULTILINE)
        is_bounded = re.search(
            rf"\b{name}\.(?:pop|popitem|clear)\(|\bdel\s+{name}\[|len\({name}\)|"
            rf"^\s+(?:global\s+{name}\b)",
            source,
            re.MULTILINE,
        )
        if is_filled is not None and is_bounded is None:
            yield context.sighting(RULE.code, statement, subject=name)


def _empty_cache(statement: ast.stmt) -> str | None:
    """Return the name of an empty dictionary that is called a cache."""
    match statement:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict(keys=[]))
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.Dict(keys=[]))
            | ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="dict"), args=[])
            )
        ) if _CACHE.search(name):
            return name
    return None


def _decorators(scope: FunctionScope, context: Context) -> Iterator[Sighting]:
    assert isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef)
    if not (scope.node.args.args or scope.node.args.kwonlyargs):
        return
    for decorator in scope.node.decorator_list:
        if _is_endless(decorator, context):
            # Over few values, of an enumeration for instance, it is bounded all the same.
            yield context.sighting(RULE.code, decorator, subject=f"{scope.symbol}()", is_hint=True)


def _is_endless(decorator: ast.expr, context: Context) -> bool:
    if not isinstance(decorator, ast.Call):
        return context.qualified(decorator) == "functools.cache"
    if context.qualified(decorator.func) != "functools.lru_cache":
        return False
    sizes = [each.value for each in decorator.keywords if each.arg == "maxsize"]
    sizes += decorator.args[:1]
    return any(isinstance(each, ast.Constant) and each.value is None for each in sizes)
