"""AEG4201: an expensive object that is made again for every call."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import measured
from aegis_cli.model.facts.outgoing import Constructions
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration
from aegis_cli.model.text import Text
from aegis_cli.rules.runtime._code import lines, ms, snippet, spoken, stable_name

RULE = Rule(
    code="AEG4201",
    name="construction-in-loop",
    section="4.2",
    title=Text(en="An object made anew for every call", ko="호출마다 새로 만드는 객체"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)

_CONNECTING = (
    "aiohttp.",
    "boto3.",
    "httpx.",
    "psycopg",
    "redis.",
    "requests.",
    "sqlalchemy.",
    "urllib3.",
)
"""Each of these has connections of its own, which the next one cannot use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstructionInLoopOptions(Options):
    """How often is too often."""

    min_count: int = 20
    """Objects of one kind that one line made."""
    min_time_ms: float = 20.0
    """Time to make them, unless each has connections of its own."""


class ConstructionInLoop(Detector[Constructions]):
    """Listen for lines that make one client, pool or pattern after the other."""

    rule = RULE
    consumes = Constructions
    options_type = ConstructionInLoopOptions

    def observe(self, fact: Constructions) -> Iterator[Finding]:
        """Report a line that makes many, where that costs time or connections."""
        options = narrow(self._options, ConstructionInLoopOptions)
        if fact.count < options.min_count:
            return
        is_connecting = fact.what.startswith(_CONNECTING)
        if not is_connecting and ms(fact.total_us) < options.min_time_ms:
            return
        place = fact.places[0]
        # One of them is needed.
        saved_ms = ms(fact.total_us) * (fact.count - 1) / fact.count
        yield self.finding(
            message=_message(fact, is_connecting=is_connecting),
            identity=(*stable_name(place), fact.what),
            locations=fact.places,
            evidence=(
                measured("constructions", fact.count, Unit.COUNT),
                measured("time", ms(fact.total_us), Unit.MS, "to make them, without connecting"),
                measured("longest", ms(fact.longest_us), Unit.MS),
                *snippet(place, fact.source),
            ),
            impact=Impact(basis=Basis.MEASURED, time_saved_ms=saved_ms, calls_saved=fact.count - 1),
            fix=_fix(fact, self.context.recheck),
        )


def _message(fact: Constructions, *, is_connecting: bool) -> Text:
    place, spent = spoken(fact.places[0]), duration(ms(fact.total_us))
    also = ", and each opens connections of its own" if is_connecting else ""
    also_ko = ". 커넥션도 매번 새로 엽니다" if is_connecting else ""
    return Text(
        en=f"{place} made {fact.what} {fact.count:,} times ({spent}){also}",
        ko=f"{place}에서 {fact.what} 객체를 {fact.count:,}번 만들었습니다({spent}){also_ko}",
    )


def _fix(fact: Constructions, recheck: str) -> Fix:
    known = (text for start, text in _REMEDIES if fact.what.startswith(start))
    return Fix(
        summary=Text(
            en="Make it once, outside of the loop or function, and use that one.",
            ko="반복문이나 함수 밖에서 한 번만 만들어 계속 사용합니다.",
        ),
        kind=FixKind.ADVICE,
        text=next(known, _ONCE),
        recheck=recheck,
    )


_ONCE = lines(
    "shared = make()  # once per process, at start-up", "", "def handle(...): ...  # uses it"
)
_REMEDIES = (
    (
        "requests.",
        lines(
            "session = requests.Session()  # once per thread; requests.get() makes one per call",
            "session.get(url)",
        ),
    ),
    (
        "urllib3.",
        lines("pool = urllib3.PoolManager()  # once per process", "pool.request('GET', url)"),
    ),
    (
        "httpx.Async",
        lines("client = httpx.AsyncClient()  # once per event loop", "await client.get(url)"),
    ),
    ("httpx.", lines("client = httpx.Client()  # once; httpx.get() makes one per call")),
    ("aiohttp.", lines("session = aiohttp.ClientSession()  # once per event loop, at start-up")),
    (
        "redis.asyncio",
        lines("client = redis.asyncio.Redis()  # once per event loop: it has a pool"),
    ),
    ("redis.", lines("client = redis.Redis()  # once per process: it has a pool, and is safe")),
    ("sqlalchemy.", lines("engine = create_engine(url)  # once per process: it holds the pool")),
    ("psycopg", lines("pool = ConnectionPool(conninfo, min_size=2, max_size=10)  # once")),
    (
        "re.",
        lines(
            "PATTERN = re.compile(r'...')  # once, at module level",
            "# a pattern built from data: escape it and use one with a group, or str methods",
        ),
    ),
    ("jinja2 t", lines("template = environment.get_template('page.html')  # compiled once")),
    ("jinja2.", lines("environment = jinja2.Environment(loader=...)  # once per process")),
    ("pydantic.", lines("ADAPTER = TypeAdapter(list[Item])  # once, at module level")),
)
