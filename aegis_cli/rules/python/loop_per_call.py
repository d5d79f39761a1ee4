"""AEG3207: A new event loop is made for each item or each call."""

from collections.abc import Iterator

from aegis_cli.codebase.context import Context
from aegis_cli.codebase.detector import SourceDetector
from aegis_cli.codebase.visitors import Piece
from aegis_cli.model.facts.source_code import Sighting
from aegis_cli.model.finding import Finding
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text

RULE = Rule(
    code="AEG3207",
    name="loop-per-call",
    section="3.2",
    title=Text(en="An event loop for each call", ko="호출마다 새로 만드는 이벤트 루프"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)
_ENTRIES = frozenset(("main", "run", "cli", "_main", "start", "serve"))

_CHANGE = """\
async def all_of(items):
    async with httpx.AsyncClient() as client:
        return await asyncio.gather(*[one(client, item) for item in items])

asyncio.run(all_of(items))"""


class LoopPerCall(SourceDetector):
    """See event loops that are made again and again."""

    rule = RULE
    calls = frozenset(
        ("asyncio.run", "asyncio.new_event_loop", "asyncio.get_event_loop.run_until_complete")
    )

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield a loop made within a loop of the program; in a function it is a hint."""
        site = context.call
        if site is None or context.function is None:
            return
        is_repeated = site.loop is not None and not site.loop.is_small
        if is_repeated or context.function.symbol not in _ENTRIES:
            yield context.sighting(RULE.code, site.node, subject=site.name, is_hint=not is_repeated)

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report every such loop."""
        yield self.found(
            sighting,
            message=Text(
                en=f"{sighting.subject}() makes an event loop for each call: connections and "
                "sessions cannot be kept, and nothing runs at the same time",
                ko=f"{sighting.subject}()이(가) 호출마다 이벤트 루프를 만듭니다. 커넥션과 세션을 "
                "유지할 수 없고, 동시에 도는 것도 없습니다",
            ),
            summary=Text(
                en="Enter the loop once and await everything inside.",
                ko="루프에는 한 번만 들어가고 모든 것을 그 안에서 기다리세요.",
            ),
            change=_CHANGE,
        )
