"""The parts of the report on connections: slots, applications, who waits for whom, rates."""

from collections import Counter
from collections.abc import Iterator, Mapping

from aegis_cli.model.facts.pools import (
    ConnectionRates,
    ConnectionSnapshot,
    Session,
    SessionState,
)
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Cell, Section, titled_column, titled_datum
from aegis_cli.model.text import Text
from aegis_cli.usecases.pool_check.looks import Watched
from aegis_cli.usecases.pool_check.wait_tree import WaitNode, wait_tree

_STEP = "> "


def sections(watched: Watched) -> Iterator[Section]:
    """Yield what was seen of one server."""
    snapshot = watched.snapshot
    yield _connections(snapshot)
    yield _applications(watched)
    yield from _blocking(snapshot)
    yield from _prepared(snapshot)
    if watched.rates is not None:
        yield _rates(watched.rates)


def _connections(snapshot: ConnectionSnapshot) -> Section:
    slots = snapshot.slots
    states = Counter(each.state for each in snapshot.sessions)
    return Section(
        id="connections",
        title=Text(en="Connections", ko="커넥션"),
        data=(
            titled_datum("server", "Server", "서버", snapshot.server),
            titled_datum("used", "Used", "사용 중", slots.used, Unit.COUNT),
            titled_datum("usable", "Usable", "사용 가능", slots.usable, Unit.COUNT),
            titled_datum("reserved", "Reserved", "예약", slots.reserved, Unit.COUNT),
            titled_datum("saturation", "Saturation", "사용률", slots.saturation, Unit.RATIO),
            *(
                titled_datum(state.name.lower(), state.value, state.value, count, Unit.COUNT)
                for state, count in sorted(states.items())
            ),
        ),
    )


def _applications(watched: Watched) -> Section:
    rows: list[tuple[Cell, ...]] = []
    for pool in watched.pools:
        own = [
            each
            for each in watched.snapshot.sessions
            if (each.application, each.user, each.database)
            == (pool.application, pool.user, pool.database)
        ]
        states = Counter(each.state for each in own)
        open_s = [each.transaction_age_s for each in own if each.transaction_age_s is not None]
        rows.append(
            (
                pool.application,
                pool.user,
                pool.database,
                pool.open,
                states[SessionState.ACTIVE],
                states[SessionState.IDLE],
                states[SessionState.IDLE_IN_TRANSACTION] + states[SessionState.FAILED_TRANSACTION],
                pool.busy_p95,
                pool.busy_max,
                max(open_s, default=None),
                max((each.age_s for each in own if each.age_s is not None), default=None),
            )
        )
    return Section(
        id="applications",
        title=Text(en="Connections by application", ko="애플리케이션별 커넥션"),
        columns=(
            titled_column("application", "Application", "애플리케이션"),
            titled_column("user", "User", "사용자"),
            titled_column("database", "Database", "데이터베이스"),
            titled_column("open", "Open", "열림", Unit.COUNT),
            titled_column("active", "Active", "실행 중", Unit.COUNT),
            titled_column("idle", "Idle", "유휴", Unit.COUNT),
            titled_column("in_transaction", "Idle in tx", "트랜잭션 유휴", Unit.COUNT),
            titled_column("busy_p95", "Busy p95", "사용 p95", Unit.COUNT),
            titled_column("busy_max", "Busy max", "사용 최대", Unit.COUNT),
            titled_column("oldest_transaction_s", "Oldest tx", "최장 트랜잭션", Unit.SECONDS),
            titled_column("oldest_s", "Oldest", "최장 연결", Unit.SECONDS),
        ),
        rows=tuple(rows),
    )


def _blocking(snapshot: ConnectionSnapshot) -> Iterator[Section]:
    """Yield the tree of who waits for whom; everybody stands in it once."""
    if not snapshot.edges:
        return
    sessions = {each.pid: each for each in snapshot.sessions}
    yield Section(
        id="blocking",
        title=Text(en="Who waits for whom", ko="잠금 대기"),
        columns=(
            titled_column("process", "Process", "프로세스"),
            titled_column("waits_for", "Waits for", "기다리는 대상"),
            titled_column("waiting_s", "Waiting", "대기", Unit.SECONDS),
            titled_column("application", "Application", "애플리케이션"),
            titled_column("state", "State", "상태"),
            titled_column("lock", "Lock", "잠금"),
            titled_column("statement", "Statement", "문장"),
        ),
        rows=tuple(_row(each, sessions) for each in wait_tree(snapshot.edges)),
    )


def _row(node: WaitNode, sessions: Mapping[int, Session]) -> tuple[Cell, ...]:
    session = sessions.get(node.pid)
    name = f"prepared {node.prepared or ''}".strip() if node.pid == 0 else str(node.pid)
    return (
        f"{_STEP * node.depth}{name}",
        ", ".join(str(each) if each else "prepared" for each in node.waits_for) or None,
        node.waiting_s,
        session.place if session is not None else None,
        session.state.value if session is not None else None,
        node.lock,
        session.statement if session is not None else None,
    )


def _prepared(snapshot: ConnectionSnapshot) -> Iterator[Section]:
    if snapshot.prepared:
        yield Section(
            id="prepared",
            title=Text(en="Prepared transactions", ko="준비된 트랜잭션"),
            columns=(
                titled_column("name", "Name", "이름"),
                titled_column("owner", "Owner", "소유자"),
                titled_column("database", "Database", "데이터베이스"),
                titled_column("age_s", "Age", "경과", Unit.SECONDS),
                titled_column("xmin_age", "Transactions since", "이후 트랜잭션", Unit.COUNT),
            ),
            rows=tuple(
                (each.name, each.owner, each.database, each.age_s, each.xmin_age)
                for each in snapshot.prepared
            ),
        )


def _rates(rates: ConnectionRates) -> Section:
    span_s = rates.span_s
    per_s = None if rates.sessions is None else rates.sessions / span_s
    return Section(
        id="rates",
        title=Text(en="Over the interval", ko="관찰 구간"),
        data=(
            titled_datum("span_s", "Interval", "구간", span_s, Unit.SECONDS),
            titled_datum(
                "transactions_per_s",
                "Transactions",
                "트랜잭션",
                rates.transactions / span_s,
                Unit.PER_SECOND,
            ),
            titled_datum("sessions_per_s", "New connections", "새 커넥션", per_s, Unit.PER_SECOND),
            titled_datum("busy", "Busy, on average", "평균 사용", rates.busy, Unit.COUNT),
            titled_datum(
                "open_without_work",
                "Idle in transaction, on average",
                "평균 트랜잭션 유휴",
                rates.open_without_work,
                Unit.COUNT,
            ),
            titled_datum("abandoned", "Lost by clients", "끊긴 연결", rates.abandoned, Unit.COUNT),
        ),
    )
