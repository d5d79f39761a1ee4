"""AEG4104, seen in a live server: transactions that are open now, without work."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import Evidence, QuerySample, measured
from aegis_cli.model.facts.pools import ConnectionSnapshot, Session
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.location import ObjectLocation
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.severity import Severity
from aegis_cli.model.spoken_numbers import duration
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._snippet import lines
from aegis_cli.rules.queries.idle_in_transaction import RULE, IdleInTransactionOptions

_MS = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """An idle transaction and how many sessions wait for it, directly."""

    session: Session
    idle_s: float
    waiters: int


class OpenTransaction(Detector[ConnectionSnapshot]):
    """Listen for sessions whose transaction is open while nothing runs."""

    rule = RULE
    consumes = ConnectionSnapshot
    options_type = IdleInTransactionOptions

    def observe(self, fact: ConnectionSnapshot) -> Iterator[Finding]:
        """Report transactions that are idle for long, or that others wait for."""
        options = narrow(self._options, IdleInTransactionOptions)
        for each in fact.sessions:
            if not each.state.is_open_without_work or each.state_age_s is None:
                continue
            waiters = sum(edge.blocker == each.pid for edge in fact.edges)
            found = _Open(session=each, idle_s=each.state_age_s, waiters=waiters)
            if found.idle_s >= options.min_idle_s or waiters:
                yield self._report(fact.server, found)

    def _report(self, server: str, found: _Open) -> Finding:
        session = found.session
        name = session.place or str(session.pid)
        return self.finding(
            message=_message(name, found),
            identity=(server, name, session.statement),
            locations=(ObjectLocation(server=server, kind="session", name=str(session.pid)),),
            evidence=_evidence(found),
            impact=Impact(basis=Basis.MEASURED),
            fix=Fix(
                summary=Text(
                    en="Commit or roll back before other work; let the server end what stays open.",
                    ko="다른 작업 전에 커밋하거나 롤백하고, 남은 것은 서버가 끝내게 합니다.",
                ),
                kind=FixKind.SETTING,
                text=lines(
                    "ALTER ROLE app SET idle_in_transaction_session_timeout = '30s';",
                    f"-- this one, now: SELECT pg_terminate_backend({session.pid});",
                ),
                recheck=self.context.recheck,
            ),
            severity=Severity.HIGH if found.waiters else Severity.MEDIUM,
        )


def _message(name: str, found: _Open) -> Text:
    idle = duration(found.idle_s * _MS)
    behind = f", and {found.waiters} wait for its locks" if found.waiters else ""
    behind_ko = f", 이 잠금을 {found.waiters}개 세션이 기다립니다" if found.waiters else ""
    pins, pins_ko = "", ""
    if found.session.xmin_age:
        pins = f"; vacuum keeps all that {found.session.xmin_age:,} transactions deleted"
        pins_ko = f". 그동안 트랜잭션 {found.session.xmin_age:,}개가 지운 행을 VACUUM이 못 치웁니다"
    return Text(
        en=f"{name} has held a transaction open without work for {idle}{behind}{pins}",
        ko=f"{name}에서 {idle} 동안 일 없이 트랜잭션을 열어 두고 있습니다{behind_ko}{pins_ko}",
    )


def _evidence(found: _Open) -> tuple[Evidence, ...]:
    session = found.session
    evidence: list[Evidence] = [
        measured("idle", found.idle_s, Unit.SECONDS),
        measured("waiting_sessions", found.waiters, Unit.COUNT, "directly behind it"),
    ]
    if session.transaction_age_s is not None:
        evidence.append(measured("transaction_age", session.transaction_age_s, Unit.SECONDS))
    if session.xmin_age is not None:
        evidence.append(measured("xmin_age", session.xmin_age, Unit.COUNT, "transactions"))
    if session.statement:
        evidence.append(
            QuerySample(role="last statement", fingerprint="", statement=session.statement)
        )
    return tuple(evidence)
