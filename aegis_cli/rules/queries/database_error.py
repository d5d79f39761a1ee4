"""AEG5309: deadlocks, cancelled statements, refused connections and frequent errors."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.facts.log_events import EventKind, EventProfile
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._event_evidence import event_evidence, event_identity
from aegis_cli.rules.queries._wording import tables

RULE = Rule(
    code="AEG5309",
    name="database-error",
    section="5.3",
    title=Text(en="Errors in the database log", ko="데이터베이스 로그의 오류"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_TOO_MANY_CONNECTIONS = "53300"
_TOO_MANY_TEXTS = ("too many clients", "too many connections", "remaining connection slots")
_OPERATOR_SQLSTATES = frozenset({"57P01", "57P02", "57P03"})
_OPERATOR_TEXTS = ("administrator command", "system is starting up", "system is shutting down")
_IDLE_SQLSTATE, _IDLE_TEXT = "25P03", "idle-in-transaction"
_BY_USER_TEXT = "user request"
_KINDS = MappingProxyType(
    {
        EventKind.DEADLOCK: Text(en="Deadlock", ko="교착 상태"),
        EventKind.CANCELLED: Text(en="Statement cancelled", ko="취소된 쿼리"),
        EventKind.FATAL: Text(en="Connection refused or lost", ko="거부되거나 끊긴 연결"),
        EventKind.ERROR: Text(en="Error", ko="오류"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseErrorOptions(Options):
    """How often each kind of entry may occur."""

    min_deadlocks: int = 1
    """Deadlocks."""
    min_cancelled: int = 1
    """Statements cancelled by a timeout or conflict."""
    min_fatal: int = 3
    """Connections that were refused or lost."""
    min_errors: int = 10
    """Errors of one message and statement."""


class DatabaseError(Detector[EventProfile]):
    """Listen for entries in which a statement or connection failed."""

    rule = RULE
    consumes = EventProfile
    options_type = DatabaseErrorOptions

    def observe(self, fact: EventProfile) -> Iterator[Finding]:
        """Report failures that occur often enough for their kind."""
        options = narrow(self._options, DatabaseErrorOptions)
        least = _least(fact, options)
        if least is not None and fact.count >= least and not _is_expected(fact):
            yield self._report(fact)

    def _report(self, fact: EventProfile) -> Finding:
        name = f" ({tables(fact.statement)})" if fact.statement else ""
        return self.finding(
            message=Text(
                en=f"{_KINDS[fact.kind].en}, {fact.count:,} times{name}: {fact.message}",
                ko=f"{_KINDS[fact.kind].ko} {fact.count:,}회{name}: {fact.message}",
            ),
            identity=event_identity(fact),
            locations=fact.examples,
            evidence=event_evidence(fact),
            impact=Impact(basis=Basis.MEASURED),
            fix=_fix(fact, self.context.recheck),
            severity=_severity(fact),
        )


def _least(fact: EventProfile, options: DatabaseErrorOptions) -> int | None:
    match fact.kind:
        case EventKind.DEADLOCK:
            return options.min_deadlocks
        case EventKind.CANCELLED:
            return options.min_cancelled
        case EventKind.FATAL:
            return options.min_fatal
        case EventKind.ERROR:
            return options.min_errors
        case _:
            return None


def _is_expected(fact: EventProfile) -> bool:
    """Tell whether somebody asked for it: an operator, a user, or a timeout with its own rule."""
    if fact.sqlstate == _IDLE_SQLSTATE or _IDLE_TEXT in fact.message:
        return True
    if fact.kind is EventKind.CANCELLED:
        return _BY_USER_TEXT in fact.message
    is_operator = fact.sqlstate in _OPERATOR_SQLSTATES
    return is_operator or any(each in fact.message for each in _OPERATOR_TEXTS)


def _is_exhausted(fact: EventProfile) -> bool:
    by_text = any(each in fact.message for each in _TOO_MANY_TEXTS)
    return fact.sqlstate == _TOO_MANY_CONNECTIONS or by_text


def _severity(fact: EventProfile) -> Severity:
    if _is_exhausted(fact):
        return Severity.HIGH
    return Severity.LOW if fact.kind is EventKind.ERROR else Severity.MEDIUM


def _fix(fact: EventProfile, recheck: str) -> Fix:
    summary, lines = _advice(fact)
    return Fix(summary=summary, kind=FixKind.ADVICE, text="\n".join(lines), recheck=recheck)


def _advice(fact: EventProfile) -> tuple[Text, tuple[str, ...]]:
    if _is_exhausted(fact):
        return _exhausted()
    match fact.kind:
        case EventKind.DEADLOCK:
            return _deadlock()
        case EventKind.CANCELLED:
            return _cancelled()
        case _:
            return _failed()


def _exhausted() -> tuple[Text, tuple[str, ...]]:
    return (
        Text(
            en="Bound the connections of all processes below max_connections.",
            ko="모든 프로세스의 커넥션 합계를 max_connections 아래로 제한합니다.",
        ),
        ("-- processes × pool maximum < max_connections - reserved slots", "-- or PgBouncer"),
    )


def _deadlock() -> tuple[Text, tuple[str, ...]]:
    return (
        Text(
            en="Lock rows in the same order everywhere, and retry the loser.",
            ko="모든 곳에서 같은 순서로 행을 잠그고, 실패한 쪽은 재시도합니다.",
        ),
        (
            "-- lock in key order before changing",
            "SELECT … WHERE id = ANY($1) ORDER BY id FOR UPDATE;",
            "-- keep transactions short; retry on SQLSTATE 40P01",
        ),
    )


def _cancelled() -> tuple[Text, tuple[str, ...]]:
    return (
        Text(
            en="Make the statement fit its timeout, or give this one statement more time.",
            ko="쿼리를 제한 시간 안에 끝나게 하거나, 이 쿼리에만 시간을 더 줍니다.",
        ),
        ("-- for a report that may take long:", "SET LOCAL statement_timeout = '5min';"),
    )


def _failed() -> tuple[Text, tuple[str, ...]]:
    return (
        Text(
            en="Find the caller that sends it and stop the failing call.",
            ko="오류를 일으키는 호출을 찾아 고칩니다.",
        ),
        (
            "-- a failed statement costs a round trip and its whole transaction",
            "-- duplicate keys: INSERT … ON CONFLICT DO NOTHING / DO UPDATE",
        ),
    )
