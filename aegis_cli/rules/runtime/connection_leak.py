"""AEG4105: connections that are opened again and again, and closed by nobody."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import measured
from aegis_cli.model.facts.connections import ConnectionsLeftOpen
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.location import CodeLocation
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.runtime._code import lines, ms, spoken, stable_name

RULE = Rule(
    code="AEG4105",
    name="connection-leak",
    section="4.1",
    title=Text(en="Connections that nobody closes", ko="닫지 않는 커넥션"),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLeakOptions(Options):
    """When connections that stay open are no pool."""

    min_left_open: int = 10
    """Connections that one place opened and the program never closed."""
    min_left_share: float = 0.5
    """These / all connections that the place opened."""
    min_late_share: float = 0.2
    """Of these, opened in the second half of the run; a pool opens its connections early."""


class ConnectionLeak(Detector[ConnectionsLeftOpen]):
    """Listen for places that go on opening connections which stay open."""

    rule = RULE
    consumes = ConnectionsLeftOpen
    options_type = ConnectionLeakOptions

    def observe(self, fact: ConnectionsLeftOpen) -> Iterator[Finding]:
        """Report a place that opens one connection after the other and closes none."""
        options = narrow(self._options, ConnectionLeakOptions)
        code = fact.attribution.code
        if code is None or fact.left_open < options.min_left_open:
            return
        if fact.left_open < options.min_left_share * fact.opened:
            return
        if fact.opened_late < options.min_late_share * fact.left_open:
            return
        yield self.finding(
            message=_message(fact, code),
            identity=(*stable_name(code), fact.driver, fact.database),
            locations=(code, *fact.attribution.callers),
            evidence=(
                measured("opened", fact.opened, Unit.COUNT, "connections, from this place"),
                measured("left_open", fact.left_open, Unit.COUNT, "never closed by the program"),
                measured("opened_late", fact.opened_late, Unit.COUNT, "of these, in the 2nd half"),
                measured("span", ms(fact.span_us), Unit.MS, "from first to last statement"),
            ),
            impact=Impact(basis=Basis.MEASURED),
            fix=_fix(fact.driver, self.context.recheck),
        )


def _message(fact: ConnectionsLeftOpen, code: CodeLocation) -> Text:
    place, database = spoken(code), fact.database or fact.driver
    return Text(
        en=f"{place} opened {fact.opened:,} connections to {database} and the program closed "
        f"{fact.opened - fact.left_open:,} of them; the last came late in the run",
        ko=f"{place}에서 {database} 커넥션 {fact.opened:,}개를 열었지만 프로그램은 그중 "
        f"{fact.opened - fact.left_open:,}개만 닫았고, 실행 후반에도 계속 열었습니다",
    )


def _fix(driver: str, recheck: str) -> Fix:
    if driver == "sqlite3":
        text = lines(
            "with contextlib.closing(sqlite3.connect(path)) as connection:",
            "    with connection:  # this alone ends a transaction, and closes nothing",
            "        ...",
        )
    else:
        text = lines(
            "pool = ConnectionPool(conninfo, min_size=2, max_size=10)  # once per process",
            "with pool.connection() as connection:  # given back, in error paths too",
            "    ...",
            "# psycopg2: `with connection:` ends a transaction and closes nothing;",
            "# use contextlib.closing(psycopg2.connect(dsn))",
        )
    return Fix(
        summary=Text(
            en="Close each connection where it is opened, or take it from a pool.",
            ko="연 곳에서 커넥션을 닫거나 풀에서 빌려 씁니다.",
        ),
        kind=FixKind.ADVICE,
        text=text,
        recheck=recheck,
    )
