"""AEG3203: waiting for one answer after the other in a loop."""

import ast
from collections.abc import Iterator

from aegis_cli.codebase.context import Context
from aegis_cli.codebase.detector import SourceDetector
from aegis_cli.codebase.flow.blocking import is_http
from aegis_cli.codebase.scopes import CallSite, FunctionScope
from aegis_cli.codebase.visitors import Piece
from aegis_cli.model.facts.source_code import Sighting
from aegis_cli.model.finding import Finding
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text

RULE = Rule(
    code="AEG3203",
    name="sequential-await",
    section="3.2",
    # The same rule as that of `aegis profile`, which sees the loop wait.
    title=Text(en="Awaited one after the other", ko="하나씩 기다리는 await"),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)

_AWAIT = "await"
_HTTP = "http"
_CLIENTS = ("httpx.AsyncClient.", "aiohttp.ClientSession.")
_VERBS = frozenset(("get", "post", "put", "patch", "delete", "head", "request"))

_CHANGE = """\
limit = asyncio.Semaphore(10)

async def one(url):
    async with limit:
        return await client.get(url)

answers = await asyncio.gather(*(one(url) for url in urls))"""


class SequentialAwait(SourceDetector):
    """See requests in a loop, each of which waits for the one before."""

    rule = RULE
    pieces = (FunctionScope,)

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield the first request of each loop whose rounds do not need each other."""
        if not isinstance(piece, FunctionScope):
            return
        seen: set[int] = set()
        for site in piece.calls:
            loop = site.loop
            if loop is None or loop.number in seen or loop.is_small:
                continue
            kind = _kind(site)
            if (
                kind
                and isinstance(loop.node, ast.For | ast.comprehension)
                and not _may_stop(loop.node)
            ):
                seen.add(loop.number)
                yield context.sighting(
                    RULE.code, site.node, subject=site.name, detail=kind, is_hint=kind == _HTTP
                )

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report each loop once."""
        yield self.found(
            sighting,
            message=Text(
                en=f"each round waits for {sighting.subject}() before the next one starts: the "
                "waits add up",
                ko=f"반복마다 {sighting.subject}() 응답을 기다린 뒤 다음으로 넘어가므로 대기 "
                "시간이 모두 더해집니다",
            ),
            summary=Text(
                en="Let independent requests wait together, a bounded number at a time.",
                ko="서로 독립적인 요청은 개수를 제한해 함께 기다리게 하세요.",
            ),
            change=_CHANGE,
        )


def _kind(site: CallSite) -> str:
    """Tell which sort of request a call is, if it is one."""
    if is_http(site.name):
        return _HTTP
    is_client = site.name.startswith(_CLIENTS) and site.name.rpartition(".")[2] in _VERBS
    return _AWAIT if is_client and site.is_awaited else ""


def _may_stop(node: ast.For | ast.comprehension) -> bool:
    """Tell whether a round decides if there is another one: a retry, or a search."""
    if isinstance(node, ast.comprehension):
        return False
    return any(
        isinstance(each, ast.Break | ast.Return) for part in node.body for each in ast.walk(part)
    )
