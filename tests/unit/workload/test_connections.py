"""Connections followed through messages that PostgreSQL 15 and 18 wrote."""

import numpy as np
import pytest

from aegis_cli.model.facts.executions import ConnectionChurn
from aegis_cli.model.location import LogLocation
from aegis_cli.workload.connection_messages import (
    Authorized,
    Closed,
    ConnectionMessage,
    Ready,
    Received,
    read_connection_message,
)
from aegis_cli.workload.connections import ConnectionLog
from aegis_cli.workload.durations import DurationHistogram

RECEIVED = "connection received: host=127.0.0.1 port=49856"
AUTHENTICATED = (
    'connection authenticated: identity="shop" method=scram-sha-256 (/data/pg_hba.conf:115)'
)
AUTHORIZED = "connection authorized: user=shop database=orders application_name=my app"
READY = "connection ready: setup total=9.723 ms, fork=2.359 ms, authentication=3.813 ms"
CLOSED = "disconnection: session time: 0:00:00.157 user=shop database=orders host=127.0.0.1 port=4"
MS = 1000


def chunk(log: ConnectionLog, **executions: int) -> None:
    """Begin a chunk; sessions are named s1, s2 and so on."""
    log.executions(
        np.array([int(name[1:]) for name in executions], np.int64),
        np.array(list(executions.values()), np.int64),
    )


def whole_life(log: ConnectionLog, session: int, at_us: int, closed: str = CLOSED) -> None:
    log.observe(session, at_us, RECEIVED, LogLocation(path="log", line=at_us // MS))
    log.observe(session, at_us + MS, AUTHENTICATED)
    log.observe(session, at_us + 4 * MS, AUTHORIZED)
    log.observe(session, at_us + 157 * MS, closed)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (RECEIVED, Received()),
        ("connection received: host=[local]", Received()),
        (AUTHORIZED, Authorized(user="shop", database="orders", application="my app")),
        (
            "connection authorized: user=u database=d",
            Authorized(user="u", database="d", application=""),
        ),
        (
            (
                "connection authorized: user=a b database=c d application_name=x SSL enabled "
                "(protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384, bits=256)"
            ),
            Authorized(user="a b", database="c d", application="x"),
        ),
        (
            (
                "connection authorized: user=u database=d SSL enabled (protocol=TLSv1.2, "
                "cipher=ECDHE, bits=256, compression=off)"
            ),
            Authorized(user="u", database="d", application=""),
        ),
        (READY, Ready(setup_us=9723)),
        (CLOSED, Closed(session_time_us=157_000, user="shop", database="orders")),
        (
            "disconnection: session time: 101:02:03.004 user=u database=d host=[local]",
            Closed(session_time_us=363_723_004_000, user="u", database="d"),
        ),
        (AUTHENTICATED, None),
        ("replication connection authorized: user=r application_name=standby", None),
        ("duration: 1.000 ms", None),
        ("", None),
    ],
)
def test_reads_every_kind_of_message(message: str, expected: ConnectionMessage | None) -> None:
    assert read_connection_message(message) == expected


def test_counts_connections_with_their_statements_and_times() -> None:
    log = ConnectionLog()

    chunk(log, s1=1, s2=30)
    whole_life(log, 1, 1000 * MS)
    whole_life(log, 2, 3000 * MS)

    (fact,) = log.churn()
    assert fact == ConnectionChurn(
        user="shop",
        database="orders",
        application="my app",
        connections=2,
        executions=31,
        single_use=1,
        median_lifetime_us=pytest.approx(157_000, rel=0.005),  # type: ignore[arg-type] # compares equal
        median_setup_us=pytest.approx(4000, rel=0.005),  # type: ignore[arg-type] # compares equal
        span_us=2157 * MS,
        examples=(LogLocation(path="log", line=1000), LogLocation(path="log", line=3000)),
    )


def test_prefers_the_set_up_time_that_the_server_measured() -> None:
    log = ConnectionLog()
    log.observe(1, 0, RECEIVED)
    log.observe(1, 4000, AUTHORIZED)
    log.observe(1, 4000, READY)
    log.observe(1, 9000, CLOSED)

    assert log.churn()[0].median_setup_us == pytest.approx(9723, rel=0.005)


def test_adds_up_the_statements_of_a_connection_over_chunks() -> None:
    log = ConnectionLog()

    chunk(log, s1=2)
    log.observe(1, 0, RECEIVED)
    log.observe(1, 0, AUTHORIZED)
    chunk(log, s1=3)
    chunk(log, s1=4)
    log.observe(1, 9, CLOSED)

    assert (log.churn()[0].executions, log.churn()[0].single_use) == (9, 0)


@pytest.mark.parametrize(("executions", "single_use"), [(2, 1), (3, 0)])
def test_a_connection_for_two_statements_is_single_use(executions: int, single_use: int) -> None:
    log = ConnectionLog()

    chunk(log, s1=executions)
    whole_life(log, 1, 0)

    assert log.churn()[0].single_use == single_use


def test_calls_nothing_single_use_when_the_log_holds_no_statements() -> None:
    log = ConnectionLog()

    chunk(log)
    whole_life(log, 1, 0)

    assert (log.churn()[0].connections, log.churn()[0].single_use) == (1, 0)


def test_a_process_id_used_again_is_another_connection() -> None:
    log = ConnectionLog()

    chunk(log, s1=5)
    log.observe(1, 0, RECEIVED)
    chunk(log, s1=1)
    whole_life(log, 1, 10 * MS)

    assert (log.churn()[0].connections, log.churn()[0].executions) == (1, 1)


def test_says_nothing_about_connections_that_were_open_before_the_log_or_stay_open() -> None:
    log = ConnectionLog()

    chunk(log, s1=1, s2=1, s3=1)
    log.observe(1, 5, CLOSED)
    log.observe(2, 6, RECEIVED)
    log.observe(2, 7, AUTHORIZED)

    assert log.churn() == ()


def test_leaves_out_replication_connections() -> None:
    log = ConnectionLog()
    log.observe(1, 0, RECEIVED)
    log.observe(1, 1, "replication connection authorized: user=r application_name=standby")
    log.observe(1, 2, "disconnection: session time: 0:00:01.000 user=r database= host=[local]")

    assert log.churn() == ()


def test_knows_no_set_up_time_or_span_without_times() -> None:
    log = ConnectionLog()
    for message in (RECEIVED, AUTHORIZED, CLOSED):
        log.observe(1, -1, message)

    fact = log.churn()[0]
    assert (fact.connections, fact.median_setup_us, fact.span_us) == (1, -1, 0)


def test_counts_under_others_when_application_names_never_repeat() -> None:
    log = ConnectionLog()
    for number in range(1200):
        log.observe(number, number, RECEIVED)
        log.observe(
            number, number, f"connection authorized: user=u database=d application_name={number}"
        )
        log.observe(number, number, CLOSED)

    facts = log.churn()
    assert sum(fact.connections for fact in facts) == 1200
    assert (facts[0].user, facts[0].connections) == ("(others)", 200)


def test_forgets_the_oldest_connections_when_none_is_ever_closed() -> None:
    log = ConnectionLog()
    for number in range(60_000):
        log.received(number, number)

    assert len(log._open) == 50_000


def test_the_median_is_off_by_at_most_half_a_percent() -> None:
    histogram = DurationHistogram()
    for duration in range(1, 100_002):
        histogram.add(duration)

    assert histogram.median() == pytest.approx(50_001, rel=0.005)


def test_an_empty_histogram_has_no_median() -> None:
    assert DurationHistogram().median() == -1
