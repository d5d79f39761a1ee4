"""Several looks at the sessions tell how busy each application's connections are."""

from aegis_cli.model.facts.pools import ConnectionSlots, ConnectionSnapshot, Session, SessionState
from aegis_cli.usecases.pool_check.looks import Fleet, budget, pools


def a_session(pid: int, state: SessionState, application: str = "web") -> Session:
    return Session(
        pid=pid,
        user="app",
        database="shop",
        application=application,
        client="",
        state=state,
        age_s=1.0,
        state_age_s=1.0,
        transaction_age_s=None,
        xmin_age=None,
        statement="",
    )


def look(busy: int, idle: int, application: str = "web") -> list[Session]:
    states = [SessionState.ACTIVE] * busy + [SessionState.IDLE] * idle
    return [a_session(pid, state, application) for pid, state in enumerate(states)]


def test_busy_at_p95_is_what_nearly_all_looks_do_not_exceed() -> None:
    looks = [look(2, 8)] * 19 + [look(10, 0)]

    (pool,) = pools("db", looks, 9.5)

    assert (pool.open, pool.busy_p95, pool.busy_max, pool.looks) == (10, 2.0, 10, 20)


def test_an_open_transaction_is_busy_and_a_hidden_session_is_nobodys() -> None:
    states = (SessionState.IDLE_IN_TRANSACTION, SessionState.FAILED_TRANSACTION)
    seen = [a_session(pid, state) for pid, state in enumerate(states)]

    (pool,) = pools("db", [[*seen, a_session(9, SessionState.HIDDEN)]], 0.0)

    assert (pool.open, pool.busy_max) == (2, 2)


def test_who_comes_later_was_not_there_before() -> None:
    found = list(pools("db", [look(1, 0), [*look(1, 0), *look(0, 5, "late")]], 0.5))

    assert [(each.application, each.open, each.looks) for each in found] == [
        ("late", 5, 2),
        ("web", 1, 2),
    ]


def test_only_other_applications_count_beside_a_fleet() -> None:
    snapshot = ConnectionSnapshot(
        server="db",
        role="monitor",
        slots=ConnectionSlots(total=100, reserved=3, used=9),
        sessions=(*look(2, 0), *look(0, 7, "other")),
        edges=(),
        prepared=(),
    )

    named = budget(snapshot, Fleet(processes=2, per_process=5, application="web"))
    unnamed = budget(snapshot, Fleet(processes=2, per_process=5))

    assert (named.most, named.others) == (10, 7)
    assert unnamed.others == 0
