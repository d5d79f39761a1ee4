"""AEG3201: a call that blocks the event loop."""

from collections.abc import Iterator

from aegis_cli.codebase.detector import identity_of, location, snippets
from aegis_cli.engine.detector import Detector
from aegis_cli.model.facts.source_code import BlockingPath
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text

RULE = Rule(
    code="AEG3201",
    name="blocking-call-in-coroutine",
    section="3.2",
    title=Text(en="A call that blocks the event loop", ko="이벤트 루프를 막는 호출"),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1.0",
)

_NEAR = 3
"""Places on the way up to which it is sure that the coroutine gets there."""

_INSTEAD = {
    "time": "await asyncio.sleep(seconds)",
    "requests": "async with httpx.AsyncClient() as client:\n    response = await client.get(url)",
    "httpx": "async with httpx.AsyncClient() as client:\n    response = await client.get(url)",
    "urllib": "async with httpx.AsyncClient() as client:\n    response = await client.get(url)",
    "subprocess": "process = await asyncio.create_subprocess_exec(*command)\nawait process.wait()",
    "redis": "client = redis.asyncio.Redis()\nvalue = await client.get(key)",
    "sqlalchemy": "rows = await session.scalars(statement)  # sqlalchemy.ext.asyncio.AsyncSession",
    "sqlmodel": "rows = await session.exec(statement)  # sqlmodel.ext.asyncio.session.AsyncSession",
    "psycopg": "async with await psycopg.AsyncConnection.connect(dsn) as connection: …",
}


class BlockingCallInCoroutine(Detector[BlockingPath]):
    """Listen for ways from coroutines to calls that hold their thread."""

    rule = RULE
    consumes = BlockingPath

    def observe(self, fact: BlockingPath) -> Iterator[Finding]:
        """Report each line of a coroutine that leads to a call that blocks."""
        yield self.finding(
            message=_message(fact),
            identity=identity_of(fact.places[0]),
            locations=tuple(location(each) for each in fact.places),
            evidence=snippets(fact.places),
            impact=Impact(basis=Basis.HEURISTIC),
            fix=Fix(
                summary=Text(
                    en="Use the asynchronous counterpart, or move the call to a thread.",
                    ko="비동기 대응 함수를 쓰거나 호출을 스레드로 옮기세요.",
                ),
                kind=FixKind.ADVICE,
                text=_change(fact),
                recheck=self.context.recheck,
            ),
            confidence=Confidence.HIGH if len(fact.places) <= _NEAR else Confidence.MEDIUM,
        )


def _message(fact: BlockingPath) -> Text:
    steps = [each.symbol for each in fact.places[1:]]
    way = f" through {' → '.join(steps)}" if steps else ""
    way_ko = f" ({' → '.join(steps)} 경유)" if steps else ""
    return Text(
        en=f"{fact.coroutine} calls {fact.call}(){way}: meanwhile the event loop serves nobody",
        ko=f"{fact.coroutine}에서 {fact.call}() 호출{way_ko}: 그동안 이벤트 루프는 다른 요청을 "
        "처리하지 못합니다",
    )


def _change(fact: BlockingPath) -> str:
    instead = _INSTEAD.get(fact.call.partition(".")[0].rstrip("0123456789"))
    called = fact.places[1].symbol if len(fact.places) > 1 else fact.call
    threaded = f"await asyncio.to_thread({called}, …)"
    if instead is None or len(fact.places) > 1:
        return threaded
    return f"{instead}\n# or: {threaded}"
