"""AEG4104: transactions left open without work until the server ended them."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.facts.log_events import EventKind, EventProfile
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._event_evidence import event_evidence, event_identity
from aegis_cli.rules.queries._snippet import lines

RULE = Rule(
    code="AEG4104",
    name="idle-in-transaction",
    section="4.1",
    title=Text(
        en="Transactions left open without work",
        ko="아무 일도 하지 않고 열려 있는 트랜잭션",
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_IDLE_SQLSTATE = "25P03"
_IDLE_TEXT = "idle-in-transaction"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleInTransactionOptions(Options):
    """How often the server may end an idle transaction, and how long one may be idle."""

    min_timeouts: int = 1
    """Connections that idle_in_transaction_session_timeout ended, in a log."""
    min_idle_s: float = 60.0
    """Idle time of a transaction that is open now and that nobody waits for."""


class IdleInTransaction(Detector[EventProfile]):
    """Listen for connections that the server ended because their transaction was idle."""

    rule = RULE
    consumes = EventProfile
    options_type = IdleInTransactionOptions

    def observe(self, fact: EventProfile) -> Iterator[Finding]:
        """Report idle-in-transaction timeouts."""
        options = narrow(self._options, IdleInTransactionOptions)
        if _is_idle_timeout(fact) and fact.count >= options.min_timeouts:
            yield self._report(fact)

    def _report(self, fact: EventProfile) -> Finding:
        return self.finding(
            message=Text(
                en=f"The server ended {fact.count:,} connections whose transaction was open "
                "without work; until then each kept its locks and held vacuum back",
                ko=f"트랜잭션을 열어 둔 채 쉬던 커넥션 {fact.count:,}개를 서버가 종료했습니다. "
                "그때까지 잠금을 유지하고 VACUUM을 막고 있었습니다",
            ),
            identity=event_identity(fact),
            locations=fact.examples,
            evidence=event_evidence(fact),
            impact=Impact(basis=Basis.MEASURED),
            fix=Fix(
                summary=Text(
                    en="End the transaction before other work, and in every error path.",
                    ko="다른 작업을 하기 전에, 오류 경로에서도 빠짐없이 트랜잭션을 끝냅니다.",
                ),
                kind=FixKind.ADVICE,
                text=lines(
                    "# Django",
                    "with transaction.atomic():  # only around the statements",
                    "    order.save()",
                    "notify_other_service(order)  # after it, or transaction.on_commit(...)",
                    "# psycopg: a SELECT opens a transaction, too",
                    "with connection:  # commits or rolls back at the end",
                    "    ...",
                ),
                recheck=self.context.recheck,
            ),
        )


def _is_idle_timeout(fact: EventProfile) -> bool:
    if fact.kind not in (EventKind.FATAL, EventKind.ERROR):
        return False
    return fact.sqlstate == _IDLE_SQLSTATE or _IDLE_TEXT in fact.message
