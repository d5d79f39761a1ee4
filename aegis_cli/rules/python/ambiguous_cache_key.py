"""AEG1308: A key made of the text of `args` and `kwargs`."""

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
    code="AEG1308",
    name="ambiguous-cache-key",
    section="1.3",
    title=Text(
        en="A cache key that several calls share, or that none does",
        ko="서로 다른 호출이 겹치거나 매번 달라지는 캐시 키",
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)
_TO_TEXT = frozenset(("str", "repr"))

_CHANGE = """\
bound = signature.bind(*args, **kwargs)
bound.apply_defaults()
key = f"{function.__qualname__}:v2:" + json.dumps(bound.arguments, sort_keys=True, default=pk_of)"""


class AmbiguousCacheKey(SourceDetector):
    """See keys built from the text of all arguments."""

    rule = RULE
    pieces = (ast.Assign,)

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield a variable called key that is built from `*args` or `**kwargs` as text."""
        if not isinstance(piece, ast.Assign) or not _is_key(piece.targets[0]):
            return
        collected = _collected(context.function)
        texts = {each for each in _as_text(piece.value) if each in collected}
        if texts:
            yield context.sighting(RULE.code, piece, subject=", ".join(sorted(texts)))

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report every such key."""
        yield self.found(
            sighting,
            message=Text(
                en=f"the key is the text of {sighting.subject}: f(1) and f(x=1) get two keys, the "
                "order of keywords counts, and objects without a repr of their own differ each "
                "time",
                ko=f"키가 {sighting.subject}의 문자열입니다. f(1)과 f(x=1)이 다른 키가 되고, "
                "키워드 순서에 따라 달라지며, repr이 없는 객체는 매번 다른 키가 됩니다",
            ),
            summary=Text(
                en="Build the key from named, sorted, plain values, with a version in it.",
                ko="이름 붙인 단순한 값을 정렬해서 키를 만들고, 버전을 넣으세요.",
            ),
            change=_CHANGE,
        )


def _is_key(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and "key" in target.id.lower().split("_")


def _collected(function: FunctionScope | None) -> frozenset[str]:
    """Return the names of `*args` and `**kwargs` of the function around."""
    if function is None:
        return frozenset()
    assert isinstance(function.node, ast.FunctionDef | ast.AsyncFunctionDef)
    arguments = function.node.args
    return frozenset(each.arg for each in (arguments.vararg, arguments.kwarg) if each is not None)


def _as_text(value: ast.expr) -> Iterator[str]:
    """Yield the names that become text in an expression."""
    for node in ast.walk(value):
        if isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Name):
            yield node.value.id
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in _TO_TEXT
            and node.args
            and isinstance(node.args[0], ast.Name)
        ):
            yield node.args[0].id
