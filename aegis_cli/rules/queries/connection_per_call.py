"""AEG4101: a new connection for every call."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import Evidence, estimated, measured
from aegis_cli.model.facts.executions import Clock, ConnectionChurn
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import percent
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._snippet import lines
from aegis_cli.rules.queries._wording import ms, places

RULE = Rule(
    code="AEG4101",
    name="connection-per-call",
    section="4.1",
    title=Text(en="A new connection for every call", ko="호출마다 새로 만드는 커넥션"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)

_US_PER_MINUTE = 60_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionPerCallOptions(Options):
    """When connections come and go too fast."""

    min_connections: int = 20
    """Connections opened and closed within the log."""
    min_single_use_share: float = 0.5
    """Connections with at most two statements / all connections."""
    min_per_minute: int = 12
    """Connections per minute; a health check every ten seconds stays below."""
    assumed_setup_ms: float = 2.0
    """Cost of opening a connection where the log does not tell (log_connections)."""
    high_severity_connections: int = 50
    """Connections with at most two statements from which the severity is high."""


class ConnectionPerCall(Detector[ConnectionChurn]):
    """Listen for connections that are closed again after a statement or two."""

    rule = RULE
    consumes = ConnectionChurn
    options_type = ConnectionPerCallOptions

    def observe(self, fact: ConnectionChurn) -> Iterator[Finding]:
        """Report a client that connects for almost every call."""
        options = narrow(self._options, ConnectionPerCallOptions)
        if fact.connections < options.min_connections:
            return
        if fact.single_use < options.min_single_use_share * fact.connections:
            return
        if _per_minute(fact) >= options.min_per_minute:
            yield self._report(fact, options)

    def _report(self, fact: ConnectionChurn, options: ConnectionPerCallOptions) -> Finding:
        is_known = fact.median_setup_us >= 0
        setup_ms = ms(fact.median_setup_us) if is_known else options.assumed_setup_ms
        # A pool keeps one connection; each of the others was opened in vain.
        saved_ms = (fact.single_use - 1) * setup_ms
        is_large = fact.single_use >= options.high_severity_connections
        return self.finding(
            message=_message(fact),
            identity=(fact.user, fact.database, fact.application, *_functions(fact)),
            locations=places(fact.attributions, fact.examples),
            evidence=_evidence(fact, saved_ms, setup_ms, is_known=is_known),
            impact=Impact(
                basis=Basis.MEASURED if is_known else Basis.HEURISTIC, time_saved_ms=saved_ms
            ),
            fix=_fix(self.context.recheck),
            severity=Severity.HIGH if is_large else Severity.MEDIUM,
            confidence=Confidence.HIGH if is_known else Confidence.MEDIUM,
        )


def _functions(fact: ConnectionChurn) -> tuple[str, ...]:
    """Return who opens them, by names that stay when lines move."""
    codes = [each.code for each in fact.attributions if each.code is not None]
    return tuple(f"{each.path}:{each.function}" for each in codes)


def _per_minute(fact: ConnectionChurn) -> float:
    return fact.connections * _US_PER_MINUTE / max(fact.span_us, 1)


def _evidence(
    fact: ConnectionChurn, saved_ms: float, setup_ms: float, *, is_known: bool
) -> tuple[Evidence, ...]:
    share = fact.single_use / fact.connections
    rate = _per_minute(fact) / 60
    basis = Basis.MEASURED if is_known else Basis.HEURISTIC
    whole = "log" if fact.clock is Clock.SERVER else "run"
    detail = f"assumed: the {whole} does not tell"
    if is_known:
        received = "median from received to authorized"
        detail = received if fact.clock is Clock.SERVER else "median, as the program waited"
    return (
        measured("connections", fact.connections, Unit.COUNT, f"opened and closed in the {whole}"),
        measured("single_use", fact.single_use, Unit.COUNT, "ran at most two statements"),
        measured("single_use_share", share, Unit.RATIO),
        measured("executions", fact.executions, Unit.CALLS),
        measured("connection_rate", rate, Unit.PER_SECOND),
        measured("median_lifetime", ms(fact.median_lifetime_us), Unit.MS),
        estimated("connection_setup", setup_ms, Unit.MS, basis, detail),
        estimated("time_saved", saved_ms, Unit.MS, basis, "one setup per connection but one"),
    )


def _message(fact: ConnectionChurn) -> Text:
    share = percent(fact.single_use / fact.connections)
    who = f"{fact.user}@{fact.database}" if fact.user else fact.database
    client = f"{who} ({fact.application})" if fact.application else who
    return Text(
        en=f"{client} opened {fact.connections:,} connections; {fact.single_use:,} of them "
        f"({share}) ran at most two statements before they were closed",
        ko=f"{client} 커넥션 {fact.connections:,}개 중 {fact.single_use:,}개({share})가 "
        "쿼리를 두 개 이하로 실행하고 닫혔습니다",
    )


def _fix(recheck: str) -> Fix:
    return Fix(
        summary=Text(
            en="Keep connections open in a pool and hand them out per call.",
            ko="커넥션 풀에 커넥션을 유지하고 호출마다 빌려 씁니다.",
        ),
        kind=FixKind.SETTING,
        text=lines(
            "# Django: keep the connection between requests, or (5.1 and newer) a pool",
            'DATABASES["default"]["CONN_MAX_AGE"] = 60',
            'DATABASES["default"]["CONN_HEALTH_CHECKS"] = True',
            'DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 2, "max_size": 10}}',
            "# SQLAlchemy: one engine per process, created once",
            "engine = create_engine(url, pool_size=10, pool_recycle=3600, pool_pre_ping=True)",
            "# psycopg 3 / psycopg2 with threads",
            "pool = ConnectionPool(conninfo, min_size=2, max_size=10)",
            "pool = ThreadedConnectionPool(2, 10, dsn)",
            "# many short processes: PgBouncer in front of the server",
            "",
            "# Caution: processes times pool size must stay below max_connections;",
            "# give every connection back (with block), recycle those idle for long.",
        ),
        recheck=recheck,
    )
