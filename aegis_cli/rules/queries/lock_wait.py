"""AEG5306: statements that wait for locks of others."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import measured
from aegis_cli.model.facts.log_events import EventKind, EventProfile
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._event_evidence import event_evidence, event_identity, event_subject
from aegis_cli.rules.queries._snippet import lines
from aegis_cli.rules.queries._wording import US_PER_MS, ms

RULE = Rule(
    code="AEG5306",
    name="lock-wait",
    section="5.3",
    title=Text(en="Waiting for a lock", ko="잠금 대기"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LockWaitOptions(Options):
    """How much waiting is worth a finding; the server logs waits of a second or more."""

    min_waits: int = 1
    """Waits in the log."""
    high_severity_wait_ms: int = 60_000
    """Total wait from which the severity is high."""


class LockWait(Detector[EventProfile]):
    """Listen for logged lock waits."""

    rule = RULE
    consumes = EventProfile
    options_type = LockWaitOptions

    def observe(self, fact: EventProfile) -> Iterator[Finding]:
        """Report a statement that waited for locks."""
        options = narrow(self._options, LockWaitOptions)
        if fact.kind is EventKind.LOCK_WAIT and fact.count >= options.min_waits:
            yield self._report(fact, options)

    def _report(self, fact: EventProfile, options: LockWaitOptions) -> Finding:
        is_long = fact.total_wait_us >= options.high_severity_wait_ms * US_PER_MS
        wait_ms = ms(fact.total_wait_us)
        return self.finding(
            message=_message(fact, wait_ms),
            identity=event_identity(fact),
            locations=fact.examples,
            evidence=event_evidence(fact, measured("wait", wait_ms, Unit.MS, fact.message)),
            impact=Impact(
                basis=Basis.MEASURED, time_saved_ms=wait_ms if fact.total_wait_us > 0 else None
            ),
            fix=_fix(fact, self.context.recheck),
            severity=Severity.HIGH if is_long else Severity.MEDIUM,
        )


def _message(fact: EventProfile, wait_ms: float) -> Text:
    name = event_subject(fact)
    total = f", {duration(wait_ms)}" if wait_ms > 0 else ""
    return Text(
        en=f"{name} waited for a lock {fact.count:,} times{total}",
        ko=f"{name} 쿼리가 잠금을 {fact.count:,}회 기다렸습니다{total}",
    )


def _fix(fact: EventProfile, recheck: str) -> Fix:
    name = event_subject(fact)
    return Fix(
        summary=Text(
            en=f"Shorten the transactions that hold the lock on {name}.",
            ko=f"{name} 잠금을 잡고 있는 트랜잭션을 짧게 만듭니다.",
        ),
        kind=FixKind.ADVICE,
        text=lines(
            "-- no calls to other services, no waiting for people inside a transaction",
            "-- change hot rows last in the transaction; spread hot counters over rows",
            "-- job queues: SELECT … FOR UPDATE SKIP LOCKED",
            "-- schema changes: give up early instead of queueing everybody behind",
            "SET lock_timeout = '2s';",
            "-- who blocks whom, while it happens:",
            "SELECT pid, pg_blocking_pids(pid) FROM pg_stat_activity",
            "WHERE wait_event_type = 'Lock';",
        ),
        recheck=recheck,
    )
