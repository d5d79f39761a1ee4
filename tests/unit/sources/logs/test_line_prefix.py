"""Prefixes are read as the server writes them."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from aegis_cli.sources.logs.entries import Session
from aegis_cli.sources.logs.line_prefix import (
    Head,
    LeadingTime,
    compile_prefix,
    parse_template,
)

AT = datetime(2026, 11, 23, 20, 0, 1, tzinfo=UTC)
BOB: dict[str, Any] = {"user": "bob", "database": "shop"}
AT_US = int(AT.timestamp()) * 1_000_000


def head(at_us: int = AT_US, sqlstate: str | None = None, **session: Any) -> Head:
    """Build the expected head."""
    return Head(at_us=at_us, session=Session(**{"identity": "", **session}), sqlstate=sqlstate)


@pytest.mark.parametrize(
    ("template", "text", "expected"),
    [
        ("%m [%p] ", b"2026-11-23 20:00:01.123 UTC [42] ", head(AT_US + 123_000, identity="42")),
        ("%t [%p] ", b"2026-11-23 20:00:01 +0530 [42] ", head(identity="42")),
        ("%t ", b"2026-11-23 20:00:01 -03:30 ", head()),
        ("%t ", b"2026-11-23 20:00:01 America/Sao_Paulo ", head()),
        (
            "%t:%r:%u@%d:[%p]:",
            b"2026-11-23 20:00:01 UTC:10.0.0.9(4711):bob@shop:[42]:",
            head(identity="42", user="bob", database="shop", host="10.0.0.9"),
        ),
        (
            "%t:%r:%u@%d:[%p]:",
            b"2026-11-23 20:00:01 UTC::@:[42]:",
            head(identity="42"),
        ),
        (
            "%n %c %e %u,%a ",
            b"1795464001.250 6ab34f01.2a 23505 [unknown],PostgreSQL JDBC Driver ",
            head(
                1_795_464_001_250_000,
                "23505",
                identity="6ab34f01.2a",
                user="[unknown]",
                application="PostgreSQL JDBC Driver",
            ),
        ),
        ("%-8u|%6p|", b"bob     |    42|", head(-1, identity="42", user="bob")),
        ("%-8u|%6p|", b"        |    42|", head(-1, identity="42")),
        ("%%%p%% ", b"%42% ", head(-1, identity="42")),
        ("%h %L ", b"db.example.com [none] ", head(-1, host="db.example.com")),
        ("", b"", head(-1)),
    ],
)
def test_reads_what_each_escape_writes(template: str, text: bytes, expected: Head) -> None:
    assert compile_prefix(template).match(text) == expected


def test_what_follows_q_is_missing_in_background_processes() -> None:
    prefix = compile_prefix("%m [%p] %q%u@%d ")

    heads = [
        prefix.match(b"2026-11-23 20:00:01.000 UTC [42] al ice@my shop "),
        prefix.match(b"2026-11-23 20:00:01.000 UTC [42] "),
        prefix.match(b"2026-11-23 20:00:01.000 UTC [42] al ice"),
    ]

    assert heads == [
        head(identity="42", user="al ice", database="my shop"),
        head(identity="42"),
        None,
    ]


def test_spaces_at_the_end_of_a_template_may_be_forgotten() -> None:
    assert compile_prefix("%m [%p]").match(b"2026-11-23 20:00:01.000 UTC [42] ") == head(
        identity="42"
    )


@pytest.mark.parametrize(
    ("template", "leading"),
    [
        ("%m [%p] ", LeadingTime(offset=0, has_milliseconds=True)),
        ("< %t >", LeadingTime(offset=2, has_milliseconds=False)),
        ("%-30m|", LeadingTime(offset=0, has_milliseconds=True)),
        ("%30m|", None),
        ("%p %m ", None),
        ("%q%m ", None),
        ("%n ", None),
        ("", None),
    ],
)
def test_tells_where_a_leading_time_stands(template: str, leading: LeadingTime | None) -> None:
    assert compile_prefix(template).leading_time == leading


@pytest.mark.parametrize(
    ("template", "rest", "session"),
    [
        ("%m [%p] %q%u@%d ", b" UTC [42] bob@shop ", Session(**BOB, identity="42")),
        ("%m [%p] %q%u@%d ", b" +09 [42] ", Session(identity="42")),
        (
            "%t:%r:%u@%d:[%p]:",
            b" UTC:[local]:bob@shop:[42]:",
            Session(**BOB, identity="42", host="[local]"),
        ),
        ("%m ", b" UTC ", Session(identity="")),
        ("%m [%p] ", b" UTC 42 ", None),
    ],
)
def test_reads_the_rest_behind_the_clock(
    template: str, rest: bytes, session: Session | None
) -> None:
    assert compile_prefix(template).match_rest(rest) == session


@pytest.mark.parametrize(
    ("template", "varies"),
    [
        ("%m [%p] %q%u@%d ", False),
        ("%m [%p] %s %c ", False),
        ("%m [%p-%l] ", True),
        ("%m %e ", True),
        ("%p %m ", True),
        ("%m %n ", True),
        ("%p %u ", False),
    ],
)
def test_tells_whether_rests_repeat(template: str, varies: bool) -> None:  # noqa: FBT001
    assert compile_prefix(template).varies_per_line is varies


def test_tells_sessions_by_session_or_process_id_only() -> None:
    told = [compile_prefix(template).tells_sessions for template in ("%m %c ", "%p ", "%m %u ")]

    assert told == [True, True, False]


def test_an_impossible_date_is_no_time() -> None:
    assert compile_prefix("%t ").match(b"2026-13-45 20:00:01 UTC ") == head(-1)


def test_unknown_escapes_write_nothing() -> None:
    always, optional = parse_template("%m%Z%")

    assert ([str(piece) for piece in always], optional) == (["%m"], ())


@pytest.mark.parametrize("size", [190, 900, 100_000])
def test_a_hostile_head_is_refused_quickly(size: int) -> None:
    prefix = compile_prefix("%u@%d@%a@%i@%b|")
    started = time.process_time()

    head = prefix.match(b"@" * size)

    assert head is None
    assert time.process_time() - started < 5.0
