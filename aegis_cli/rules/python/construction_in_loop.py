"""AEG4201: Clients, patterns and pools made anew in each round of a loop."""

import ast
import re
from collections.abc import Iterator

from aegis_cli.codebase.context import Context
from aegis_cli.codebase.detector import SourceDetector
from aegis_cli.codebase.scopes import CallSite
from aegis_cli.codebase.visitors import Piece
from aegis_cli.model.facts.source_code import Sighting
from aegis_cli.model.finding import Finding
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text

RULE = Rule(
    code="AEG4201",
    name="construction-in-loop",
    section="4.2",
    title=Text(en="An object made anew for every call", ko="호출마다 새로 만드는 객체"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)
_EXPENSIVE = frozenset(
    (
        "re.compile",
        "requests.Session",
        "requests.session",
        "httpx.Client",
        "httpx.AsyncClient",
        "aiohttp.ClientSession",
        "urllib3.PoolManager",
        "redis.Redis",
        "redis.from_url",
        "boto3.client",
        "boto3.resource",
        "boto3.Session",
        "sqlalchemy.create_engine",
        "concurrent.futures.ThreadPoolExecutor",
        "concurrent.futures.ProcessPoolExecutor",
        "ssl.create_default_context",
        "jinja2.Environment",
        "json.JSONEncoder",
        "json.JSONDecoder",
    )
)
_TOOL = re.compile(r"^[A-Z]\w*(?:Processor|Parser|Client|Renderer|Formatter|Encoder|Converter)$")

_CHANGE = """\
session = requests.Session()
for item in items:
    session.post(url, json=item)"""


class ConstructionInLoop(SourceDetector):
    """See expensive objects that are made in a loop."""

    rule = RULE
    pieces = (ast.Call,)

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield the call that makes an object which the next round makes again."""
        site = context.scope.calls[-1] if context.scope.calls else None
        if not isinstance(piece, ast.Call) or site is None or site.node is not piece:
            return
        if site.loop is None or site.loop.is_small or site.loop.is_comprehension:
            return
        if site.name in _EXPENSIVE:
            # A pattern made of the item is another one each time.
            if not (site.name == "re.compile" and _is_made_of_items(piece)):
                yield context.sighting(RULE.code, piece, subject=site.name)
        elif _is_helper(piece, site, context):
            yield context.sighting(RULE.code, piece, subject=context.text(piece.func), is_hint=True)

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report every such object."""
        yield self.found(
            sighting,
            message=Text(
                en=f"{sighting.subject}() is made anew in each round of the loop and thrown away",
                ko=f"반복할 때마다 {sighting.subject}()을(를) 새로 만들고 버립니다",
            ),
            summary=Text(
                en="Make it once before the loop, or once per process, and use it again.",
                ko="반복문 앞에서, 또는 프로세스에서 한 번만 만들어 다시 쓰세요.",
            ),
            change=_CHANGE,
            confidence=Confidence.MEDIUM,
        )


def _is_made_of_items(call: ast.Call) -> bool:
    return not (call.args and isinstance(call.args[0], ast.Constant))


def _is_helper(call: ast.Call, site: CallSite, context: Context) -> bool:
    """Tell whether a class named like a tool is made, and only its methods are used."""
    name = context.text(call.func).rpartition(".")[2]
    if not _TOOL.search(name) or not isinstance(site.statement, ast.Assign):
        return False
    return site.statement.value is call and isinstance(site.statement.targets[0], ast.Name)
