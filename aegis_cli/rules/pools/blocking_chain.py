"""AEG4109: sessions that wait for a lock, gathered under the one that holds all of them up."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import Evidence, QuerySample, measured
from aegis_cli.model.facts.pools import BlockingEdge, ConnectionSnapshot, Session
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.location import ObjectLocation
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.pools._wording import UNNAMED, seconds

RULE = Rule(
    code="AEG4109",
    name="blocking-chain",
    section="4.1",
    title=Text(en="Sessions wait behind one that blocks them", ko="한 세션 뒤에 줄지은 대기"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)
_MS = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockingChainOptions(Options):
    """How long a wait is none of anybody's business."""

    min_wait_s: float = 1.0
    """The longest wait behind a blocker; where the server does not tell, each counts."""
    high_wait_s: float = 30.0
    """The longest wait from which the severity is high."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chain:
    """One that waits for nobody, and all that wait for it, directly or not."""

    blocker: int
    prepared: str | None
    waiters: tuple[int, ...]
    edges: tuple[BlockingEdge, ...]

    @property
    def longest_s(self) -> float | None:
        """Return the longest wait; None where the server does not tell."""
        known = [each.waiting_s for each in self.edges if each.waiting_s is not None]
        return max(known, default=None)


class BlockingChain(Detector[ConnectionSnapshot]):
    """Listen for sessions that wait for a lock of another one."""

    rule = RULE
    consumes = ConnectionSnapshot
    options_type = BlockingChainOptions

    def observe(self, fact: ConnectionSnapshot) -> Iterator[Finding]:
        """Report each blocker that waits for nobody, with all that wait for it."""
        options = narrow(self._options, BlockingChainOptions)
        sessions = {each.pid: each for each in fact.sessions}
        for chain in _chains(fact.edges):
            if chain.longest_s is None or chain.longest_s >= options.min_wait_s:
                yield self._report(fact, chain, sessions, options)

    def _report(
        self,
        fact: ConnectionSnapshot,
        chain: _Chain,
        sessions: Mapping[int, Session],
        options: BlockingChainOptions,
    ) -> Finding:
        blocker = sessions.get(chain.blocker)
        longest_s = chain.longest_s
        is_high = longest_s is not None and longest_s >= options.high_wait_s
        return self.finding(
            message=_message(chain, blocker),
            identity=(fact.server, *_stable(chain, blocker)),
            locations=_places(fact.server, chain),
            evidence=_evidence(chain, blocker, sessions),
            impact=Impact(basis=Basis.MEASURED),
            fix=_fix(chain, blocker, self.context.recheck),
            severity=Severity.HIGH if is_high else Severity.MEDIUM,
        )


def _chains(edges: Sequence[BlockingEdge]) -> Iterator[_Chain]:
    """Yield a chain for each blocker that waits for nobody, the longest first.

    Who waits for two of them is in both chains: each of the two has to end.
    """
    behind: defaultdict[tuple[int, str | None], list[BlockingEdge]] = defaultdict(list)
    for edge in edges:
        behind[edge.blocker, edge.prepared].append(edge)
    waiting = {each.waiter for each in edges}
    roots = [each for each in behind if each[0] not in waiting]
    chains = [_chain(root, behind) for root in roots]
    yield from sorted(chains, key=lambda each: (-len(each.waiters), each.blocker))


def _chain(
    root: tuple[int, str | None],
    behind: Mapping[tuple[int, str | None], Sequence[BlockingEdge]],
) -> _Chain:
    seen: dict[int, None] = {}
    found: list[BlockingEdge] = []
    to_do = [root]
    while to_do:
        for edge in behind.get(to_do.pop(0), ()):
            found.append(edge)
            if edge.waiter not in seen:
                seen[edge.waiter] = None
                to_do.append((edge.waiter, None))
    return _Chain(blocker=root[0], prepared=root[1], waiters=tuple(seen), edges=tuple(found))


def _message(chain: _Chain, blocker: Session | None) -> Text:
    many = len(chain.waiters)
    longest = f" for up to {seconds(chain.longest_s)}" if chain.longest_s is not None else ""
    longest_ko = f" 최대 {seconds(chain.longest_s)} 동안" if chain.longest_s is not None else ""
    who, who_ko = _named(chain, blocker)
    waits, sessions = ("waits", "session") if many == 1 else ("wait", "sessions")
    return Text(
        en=f"{many} {sessions} {waits}{longest} for {who}",
        ko=f"세션 {many}개가{longest_ko} {who_ko}을(를) 기다리고 있습니다",
    )


def _named(chain: _Chain, blocker: Session | None) -> tuple[str, str]:
    if chain.blocker == 0:
        name = chain.prepared or UNNAMED
        return f"the prepared transaction {name}", f"준비된 트랜잭션 {name}"
    if blocker is None:
        return f"process {chain.blocker}", f"프로세스 {chain.blocker}"
    name = blocker.place or UNNAMED
    doing = blocker.state.value
    return f"{name} (process {blocker.pid}), {doing}", f"{name}(프로세스 {blocker.pid}, {doing})"


def _stable(chain: _Chain, blocker: Session | None) -> tuple[str, ...]:
    """Return names that the same problem has tomorrow, too: no process numbers."""
    if blocker is None:
        return ("prepared" if chain.blocker == 0 else "hidden",)
    return (blocker.place, blocker.statement)


def _places(server: str, chain: _Chain) -> tuple[ObjectLocation, ...]:
    name = chain.prepared or UNNAMED if chain.blocker == 0 else str(chain.blocker)
    kind = "prepared transaction" if chain.blocker == 0 else "session"
    return (ObjectLocation(server=server, kind=kind, name=name),)


def _evidence(
    chain: _Chain, blocker: Session | None, sessions: Mapping[int, Session]
) -> tuple[Evidence, ...]:
    found: list[Evidence] = [measured("waiting_sessions", len(chain.waiters), Unit.COUNT)]
    if chain.longest_s is not None:
        found.append(measured("longest_wait", chain.longest_s, Unit.SECONDS))
    if blocker is not None and blocker.transaction_age_s is not None:
        age_s = blocker.transaction_age_s
        found.append(measured("transaction_age", age_s, Unit.SECONDS, "of the blocker"))
    if blocker is not None and blocker.statement:
        found.append(QuerySample(role="blocker", fingerprint="", statement=blocker.statement))
    first = sessions.get(chain.waiters[0])
    if first is not None and first.statement:
        found.append(QuerySample(role="waiter", fingerprint="", statement=first.statement))
    return tuple(found)


def _fix(chain: _Chain, blocker: Session | None, recheck: str) -> Fix:
    if chain.blocker == 0:
        name = (chain.prepared or "").replace("'", "''")
        text = f"ROLLBACK PREPARED '{name}';  -- or COMMIT PREPARED, as its coordinator decided"
        summary = Text(
            en="End the prepared transaction; its coordinator has forgotten it or is down.",
            ko="준비된 트랜잭션을 끝냅니다. 코디네이터가 잊었거나 멈췄습니다.",
        )
    elif blocker is not None and blocker.state.is_open_without_work:
        text = f"SELECT pg_terminate_backend({blocker.pid});  -- rolls its transaction back"
        summary = Text(
            en="Its transaction is open without work: end it, and commit sooner in the code.",
            ko="일 없이 열려 있는 트랜잭션입니다. 끝내고, 코드에서 더 일찍 커밋합니다.",
        )
    else:
        text = f"SELECT pg_cancel_backend({chain.blocker});  -- ends its statement only"
        summary = Text(
            en="Let the statement end or cancel it; take fewer locks, in one order, for less time.",
            ko="문장이 끝나기를 기다리거나 취소합니다. 잠금은 적게, 같은 순서로, 짧게 잡습니다.",
        )
    return Fix(summary=summary, kind=FixKind.DDL, text=text, recheck=recheck)
