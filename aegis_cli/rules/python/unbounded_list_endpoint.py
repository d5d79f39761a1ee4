"""AEG2101: A view that answers with all rows there are."""

import ast
import re
from collections.abc import Iterator

from aegis_cli.codebase.context import Context
from aegis_cli.codebase.detector import SourceDetector
from aegis_cli.codebase.file_kinds import FileKind
from aegis_cli.codebase.scopes import CallSite, FunctionScope
from aegis_cli.codebase.visitors import Piece
from aegis_cli.model.facts.source_code import Sighting
from aegis_cli.model.finding import Finding
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.python._views import is_view

RULE = Rule(
    code="AEG2101",
    name="unbounded-list-endpoint",
    section="2.1",
    title=Text(en="A list without end", ko="끝이 없는 목록 응답"),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)
_KEEPS_ROWS = frozenset(
    ("all", "filter", "exclude", "order_by", "select_related", "prefetch_related", "annotate")
)
_PAGES = re.compile(r"paginat|Paginator|get_page", re.IGNORECASE)

_CHANGE = """\
class ItemPages(CursorPagination):
    page_size = 50
    max_page_size = 1000
    ordering = ("-created_at", "-id")

page = self.paginate_queryset(queryset)
return self.get_paginated_response(ItemSerializer(page, many=True).data)"""


class UnboundedListEndpoint(SourceDetector):
    """See views that serialize a queryset without a page."""

    rule = RULE
    pieces = (FunctionScope,)
    kinds = frozenset((FileKind.PRODUCT,))

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield a list that is made of a queryset nobody cut."""
        if not isinstance(piece, FunctionScope) or not is_view(piece, context):
            return
        if any(_PAGES.search(_called(each)) for each in piece.calls):
            return
        queries = _queries(piece)
        for site in piece.calls:
            query = _serialized(site.node, queries)
            if query is not None:
                is_whole = ".objects.all()" in context.text(query) and "filter" not in context.text(
                    query
                )
                yield context.sighting(
                    RULE.code, site.node, subject=piece.symbol, is_hint=not is_whole
                )

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report every such view."""
        yield self.found(
            sighting,
            message=Text(
                en=f"{sighting.subject} answers with every row there is: the response grows with "
                "the table, and so do memory and time",
                ko=f"{sighting.subject}이(가) 있는 행을 모두 응답합니다. 테이블이 커질수록 응답과 "
                "메모리, 시간도 함께 커집니다",
            ),
            summary=Text(
                en="Answer page by page, with a ceiling on the size of a page.",
                ko="페이지로 나누고 페이지 크기에 상한을 두세요.",
            ),
            change=_CHANGE,
        )


def _called(site: CallSite) -> str:
    function = site.node.func
    return function.attr if isinstance(function, ast.Attribute) else site.name


def _queries(scope: FunctionScope) -> dict[str, ast.expr]:
    """Return the querysets that names hold, those without a slice."""
    found: dict[str, ast.expr] = {}
    for statement, _ in scope.statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if _is_query(value):
                    found[name] = value
                else:
                    found.pop(name, None)
    return found


def _is_query(node: ast.expr) -> bool:
    """Tell whether an expression is a chain of calls on the manager of a model."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr not in _KEEPS_ROWS:
            return False
        node = node.func.value
    return isinstance(node, ast.Attribute) and node.attr == "objects"


def _serialized(call: ast.Call, queries: dict[str, ast.expr]) -> ast.expr | None:
    """Return the queryset that a serializer is given as a list."""
    is_many = any(
        each.arg == "many" and isinstance(each.value, ast.Constant) and each.value.value is True
        for each in call.keywords
    )
    if not is_many or not call.args:
        return None
    rows = call.args[0]
    if isinstance(rows, ast.Name):
        return queries.get(rows.id)
    return rows if _is_query(rows) else None
