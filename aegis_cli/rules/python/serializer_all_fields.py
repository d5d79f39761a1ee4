"""AEG2202: A serializer gives out all fields of its model."""

import ast
from collections.abc import Iterator

from aegis_cli.codebase.context import Context
from aegis_cli.codebase.detector import SourceDetector
from aegis_cli.codebase.scopes import ClassScope
from aegis_cli.codebase.visitors import Piece
from aegis_cli.model.facts.source_code import Sighting
from aegis_cli.model.finding import Finding
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text

RULE = Rule(
    code="AEG2202",
    name="serializer-all-fields",
    section="2.2",
    title=Text(en="A serializer of every field", ko="모든 필드를 내보내는 시리얼라이저"),
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    since="0.1.0",
)
_CHANGE = """\
class Meta:
    fields = ("id", "name", "email")"""


class SerializerAllFields(SourceDetector):
    """See serializers that name no fields, and lists that are serialized whole."""

    rule = RULE
    pieces = (ClassScope, ast.Call)

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield `fields = "__all__"`, or a list made with a serializer that is given no fields."""
        if isinstance(piece, ClassScope):
            yield from _all_fields(piece, context)
        elif isinstance(piece, ast.Call):
            given = {each.arg for each in piece.keywords}
            is_list = bool(piece.args) and "many" in given and "fields" not in given
            # Writing an expression out takes time, and few calls are worth it.
            name = context.text(piece.func).rpartition(".")[2] if is_list else ""
            if name.endswith("Serializer"):
                yield context.sighting(RULE.code, piece, subject=name, detail="list")

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report both as hints: whether clients need all of it is not known."""
        name = sighting.subject
        is_list = sighting.detail == "list"
        yield self.found(
            sighting,
            message=Text(
                en=f"{name} sends every field of each row, whatever the client needs"
                if is_list
                else f"{name} gives out every field of its model, those added later as well",
                ko=f"{name}이(가) 클라이언트가 무엇을 쓰든 행마다 모든 필드를 보냅니다"
                if is_list
                else f"{name}이(가) 나중에 추가될 필드까지 모델의 모든 필드를 내보냅니다",
            ),
            summary=Text(
                en="Name the fields that clients use, and let them ask for more.",
                ko="클라이언트가 쓰는 필드만 적고, 더 필요하면 요청하게 하세요.",
            ),
            change=_CHANGE,
        )


def _all_fields(scope: ClassScope, context: Context) -> Iterator[Sighting]:
    assert isinstance(scope.node, ast.ClassDef)
    serializer = scope.symbol.rpartition(".")[0]
    if scope.node.name != "Meta" or not serializer.endswith("Serializer"):
        return
    for statement, _ in scope.statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id="fields")], value=ast.Constant(value="__all__")):
                yield context.sighting(RULE.code, statement, subject=serializer)
