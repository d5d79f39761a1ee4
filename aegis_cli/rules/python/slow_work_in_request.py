"""AEG3101: Mail, subprocesses and calls of other services in a view."""

import ast
import re
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
from aegis_cli.rules.python._views import is_view

RULE = Rule(
    code="AEG3101",
    name="slow-work-in-request",
    section="3.1",
    title=Text(en="Slow work while a client waits", ko="클라이언트를 기다리게 하는 느린 작업"),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)
_SLOW = frozenset(
    (
        "django.core.mail.send_mail",
        "django.core.mail.send_mass_mail",
        "smtplib.SMTP",
        "subprocess.run",
        "subprocess.call",
        "subprocess.check_call",
        "subprocess.check_output",
        "os.system",
        "time.sleep",
        "urllib.request.urlopen",
        *(f"requests.{verb}" for verb in ("get", "post", "put", "patch", "delete", "request")),
        *(f"httpx.{verb}" for verb in ("get", "post", "put", "patch", "delete", "request")),
    )
)
_VERBS = frozenset(("process", "convert", "transcode", "encode", "render", "generate", "export"))
_TOOL = re.compile(r"(?:processor|converter|encoder|transcoder|renderer|exporter|generator)$")

_CHANGE = """\
task = process_video_task.delay(path)
return Response({"task": task.id}, status=202)"""


class SlowWorkInRequest(SourceDetector):
    """See views that send mail, start programs or ask other services."""

    rule = RULE
    pieces = (FunctionScope,)
    kinds = frozenset((FileKind.PRODUCT,))

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield slow calls that stand in a view itself."""
        if not isinstance(piece, FunctionScope) or not is_view(piece, context):
            return
        for site in piece.calls:
            if site.name in _SLOW:
                yield context.sighting(RULE.code, site.node, subject=site.name)
            elif _sounds_slow(site.node):
                name = context.text(site.node.func)
                yield context.sighting(RULE.code, site.node, subject=name, is_hint=True)

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report every such call."""
        yield self.found(
            sighting,
            message=Text(
                en=f"the client waits for {sighting.subject}(), and a worker of the server with it",
                ko=f"클라이언트가 {sighting.subject}()을(를) 기다리고, 서버의 워커도 함께 묶입니다",
            ),
            summary=Text(
                en="Queue it as a task and answer at once; if the answer needs it, give it a "
                "timeout.",
                ko="태스크로 넘기고 바로 응답하세요. 응답에 꼭 필요하면 타임아웃을 두세요.",
            ),
            change=_CHANGE,
        )


def _sounds_slow(call: ast.Call) -> bool:
    """Tell whether a tool that is named for long work is set to it."""
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and function.attr in _VERBS
        and isinstance(function.value, ast.Name)
        and _TOOL.search(function.value.id) is not None
    )
