"""AEG5203: A value whose name says that it is secret goes into a log."""

import ast
import re
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
    code="AEG5203",
    name="sensitive-data-in-log",
    section="5.2",
    title=Text(en="Secrets or personal data in a log", ko="로그에 남는 비밀이나 개인정보"),
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)
_SECRET = re.compile(
    r"(?:^|_)(?:password|passwd|passphrase|secret|secret_key|api_?key|private_key|token"
    r"|credentials?|card_number|credit_card|cvv|ssn)$"
)
_SURE = re.compile(r"(?:^|_)(?:(?:access|refresh|auth|session|bearer|reset)_token|(?!token$)\w+)$")
"""A bare `token` may be one of a parser."""
_ABOUT = re.compile(r"(?:^|_)(?:has|is|no|num|count|len|max|min|hashed|masked|public)_")

_CHANGE = """\
logger.info("login", extra={"user_id": user.pk})
# and, in one place, a filter that masks what slips through"""


class SensitiveDataInLog(SourceDetector):
    """See log calls that are given a value with the name of a secret."""

    rule = RULE
    calls = LOG_CALLS
    kinds = frozenset((FileKind.PRODUCT,))

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield a log call with a secret among its values."""
        site = context.call
        if site is None:
            return
        names = [each for each in _values(site.node) if _is_secret(each)]
        if names:
            sure = [each for each in names if _SURE.search(each.lower())]
            yield context.sighting(
                RULE.code, site.node, subject=(sure or names)[0], is_hint=not sure
            )

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report every such call."""
        yield self.found(
            sighting,
            message=Text(
                en=f"{sighting.subject} goes into the log, where many can read it and it stays",
                ko=f"{sighting.subject} 값이 로그에 남습니다. 여러 사람이 볼 수 있고 오래 "
                "보관됩니다",
            ),
            summary=Text(
                en="Log an id, or the value masked; filter such keys in one place.",
                ko="식별자나 가린 값을 기록하고, 이런 키는 한 곳에서 걸러 내세요.",
            ),
            change=_CHANGE,
        )


def _is_secret(name: str) -> bool:
    word = name.lower().strip("_")
    return _SECRET.search(word) is not None and _ABOUT.search(word) is None


def _values(call: ast.Call) -> Iterator[str]:
    """Yield the names of the values that a call writes out."""
    yield from (each.arg for each in call.keywords if each.arg is not None)
    for argument in (*call.args, *(each.value for each in call.keywords)):
        yield from _names(argument)


def _names(node: ast.expr) -> Iterator[str]:
    """Yield names, attributes and keys that stand for the value itself, not for a part of it."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            yield name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            yield name
        case ast.Dict(keys=keys):
            yield from (
                each.value
                for each in keys
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            )
    for part in _parts(node):
        yield from _names(part)


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the values that an expression puts together."""
    match node:
        case ast.JoinedStr(values=parts):
            yield from (each.value for each in parts if isinstance(each, ast.FormattedValue))
        case ast.BinOp(op=ast.Mod(), right=right):
            yield right
        case ast.Tuple(elts=elements):
            yield from elements
        case ast.Dict(values=values):
            yield from values
