"""AEG2301: Settings or a module of views without anything that compresses."""

import ast
import re
from collections.abc import Iterator

from aegis_cli.codebase.context import Context
from aegis_cli.codebase.detector import SourceDetector
from aegis_cli.codebase.file_kinds import FileKind
from aegis_cli.codebase.scopes import ModuleScope
from aegis_cli.codebase.visitors import Piece
from aegis_cli.model.facts.source_code import Sighting
from aegis_cli.model.finding import Finding
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text

RULE = Rule(
    code="AEG2301",
    name="uncompressed-response",
    section="2.3",
    title=Text(en="Answers that nothing is seen to compress", ko="압축하는 곳이 보이지 않는 응답"),
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    since="0.1.0",
)
_WORDS = re.compile(r"gzip|brotli|zstd|compress", re.IGNORECASE)

_CHANGE = """\
# nginx
gzip on; gzip_vary on; gzip_min_length 1024; gzip_types application/json;
# or Django, first in the list
MIDDLEWARE = ["django.middleware.gzip.GZipMiddleware", ...]"""


class UncompressedResponse(SourceDetector):
    """See a list of middleware without compression, and views beside which none is seen."""

    rule = RULE
    pieces = (ModuleScope,)
    kinds = frozenset((FileKind.PRODUCT,))

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield the middleware of a project, or the first view of a module."""
        if not isinstance(piece, ModuleScope):
            return
        for statement, _ in piece.statements:
            if _is_middleware(statement):
                # Reads every line of the file, so it comes last.
                if not _compresses(context):
                    yield context.sighting(RULE.code, statement, subject="MIDDLEWARE")
                return
        for node in piece.functions:
            if any("api_view" in context.text(each) for each in node.decorator_list):
                if not _compresses(context):
                    yield context.sighting(RULE.code, node, subject=node.name)
                return

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report it as a hint: the server in front may do it, better."""
        is_settings = sighting.subject == "MIDDLEWARE"
        yield self.found(
            sighting,
            message=Text(
                en="no middleware compresses responses"
                if is_settings
                else f"{sighting.subject} answers with data, and nothing here compresses it",
                ko="응답을 압축하는 미들웨어가 없습니다"
                if is_settings
                else f"{sighting.subject}의 응답을 압축하는 곳이 여기에는 없습니다",
            ),
            summary=Text(
                en="Let nginx compress JSON, or the framework where there is no such server.",
                ko="nginx에서 JSON을 압축하고, 그런 서버가 없으면 프레임워크에서 압축하세요.",
            ),
            change=_CHANGE,
        )


def _compresses(context: Context) -> bool:
    return any(_WORDS.search(line) for line in context.lines)


def _is_middleware(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Name(id="MIDDLEWARE")], value=ast.List(elts=[_, *_])):
            return True
    return False
