"""AEG2401: A view that sends the whole answer each time, without ETag or Last-Modified."""

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
from aegis_cli.rules.python._views import is_view

RULE = Rule(
    code="AEG2401",
    name="missing-validator",
    section="2.4",
    title=Text(en="Answers that cannot be checked for change", ko="바뀌었는지 확인할 수 없는 응답"),
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    since="0.1.0",
)
_WORDS = re.compile(r"etag|last.?modified|conditional|if.none.match|@condition", re.IGNORECASE)
_WRITING = frozenset(("post", "put", "patch", "delete", "create"))

_CHANGE = """\
@condition(last_modified_func=lambda request, pk: updated_at(pk))
@api_view(["GET"])
def detail(request, pk): ..."""


class MissingValidator(SourceDetector):
    """See views of one object without a validator, and settings without conditional requests."""

    rule = RULE
    pieces = (FunctionScope, ModuleScope)
    kinds = frozenset((FileKind.PRODUCT,))

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield a view that looks one object up and says nothing about its version."""
        if isinstance(piece, ModuleScope):
            for statement, _ in piece.statements:
                if _is_middleware(statement) and not _speaks_of_versions(context):
                    yield context.sighting(RULE.code, statement, subject="MIDDLEWARE")
        elif isinstance(piece, FunctionScope):
            is_detail = is_view(piece, context) and _reads_one(piece)
            if is_detail and not _speaks_of_versions(context):
                yield context.sighting(RULE.code, piece.node, subject=piece.symbol)

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report it as a hint: the server in front may add one."""
        is_settings = sighting.subject == "MIDDLEWARE"
        yield self.found(
            sighting,
            message=Text(
                en="no middleware answers conditional requests"
                if is_settings
                else f"{sighting.subject} sends its answer whole each time: without ETag or "
                "Last-Modified no client can ask whether it changed",
                ko="조건부 요청에 답하는 미들웨어가 없습니다"
                if is_settings
                else f"{sighting.subject}이(가) 매번 전체를 보냅니다. ETag나 Last-Modified가 없어 "
                "클라이언트가 바뀌었는지 물을 수 없습니다",
            ),
            summary=Text(
                en="Name a version of the answer, and reply 304 to who has it.",
                ko="응답의 버전을 알려 주고, 이미 가진 클라이언트에게는 304로 답하세요.",
            ),
            change=_CHANGE,
        )


def _speaks_of_versions(context: Context) -> bool:
    """Tell whether the file mentions validators at all; asked last, since it reads every line."""
    return any(_WORDS.search(line) for line in context.lines)


def _reads_one(scope: FunctionScope) -> bool:
    """Tell whether a view that changes nothing looks up one object."""
    assert isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef)
    names = {each.name.rpartition(".")[2] or _called(each.node) for each in scope.calls}
    writes = scope.node.name in _WRITING or any("POST" in line for line in _decorators(scope))
    return not writes and "get_object_or_404" in names and "Response" in names


def _called(call: ast.Call) -> str:
    function = call.func
    return function.id if isinstance(function, ast.Name) else ""


def _decorators(scope: FunctionScope) -> list[str]:
    assert isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef)
    return [ast.unparse(each) for each in scope.node.decorator_list]


def _is_middleware(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Name(id="MIDDLEWARE")], value=ast.List(elts=[_, *_])):
            return True
    return False
