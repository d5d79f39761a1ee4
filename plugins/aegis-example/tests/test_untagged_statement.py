"""EXA001 reports missing tags only where tags are the custom."""

import pytest
from aegis_example.untagged_statement import UntaggedStatement, UntaggedStatementOptions

from aegis_cli.api import (
    Attribution,
    Finding,
    RunContext,
    Shape,
    Statement,
    StatementKind,
    StatementProfile,
)

TAG = (Attribution(route="/orders"),)


def a_profile(
    name: str,
    share: float,
    attributions: tuple[Attribution, ...] = (),
    kind: StatementKind = StatementKind.SELECT,
) -> StatementProfile:
    return StatementProfile(
        statement=Statement(fingerprint=name, text=f"SELECT {name}", shape=Shape(kind=kind)),
        calls=10,
        timed_calls=10,
        total_us=5000,
        max_us=900,
        p50_us=500.0,
        p95_us=800.0,
        p99_us=900.0,
        first_seen_us=0,
        last_seen_us=1,
        share=share,
        slowest=None,
        example=f"SELECT {name}",
        attributions=attributions,
    )


def findings_of(*profiles: StatementProfile) -> list[Finding]:
    context = RunContext(recheck="aegis explain-queries app.log")
    detector = UntaggedStatement(UntaggedStatementOptions(), context)
    during = [finding for each in profiles for finding in detector.observe(each)]
    return [*during, *detector.finish()]


def test_reports_an_untagged_statement_among_tagged_ones() -> None:
    tagged, untagged = a_profile("tagged", 0.9, TAG), a_profile("untagged", 0.1)

    found = findings_of(tagged, untagged)

    assert [each.identity for each in found] == ["EXA001:untagged"]


def test_gives_the_command_that_checks_again() -> None:
    found = findings_of(a_profile("tagged", 0.9, TAG), a_profile("untagged", 0.1))

    assert found[0].fix.recheck == "aegis explain-queries app.log"


def test_is_silent_where_nobody_tags() -> None:
    assert findings_of(a_profile("one", 0.5), a_profile("two", 0.5)) == []


def test_is_silent_about_transaction_control() -> None:
    commit = a_profile("commit", 0.1, kind=StatementKind.COMMIT)

    assert findings_of(a_profile("tagged", 0.9, TAG), commit) == []


@pytest.mark.parametrize(("tagged_share", "reports"), [(0.79, False), (0.8, True)])
def test_needs_most_of_the_time_to_be_tagged(tagged_share: float, *, reports: bool) -> None:
    found = findings_of(a_profile("tagged", tagged_share, TAG), a_profile("untagged", 0.2))

    assert bool(found) is reports


@pytest.mark.parametrize(("share", "reports"), [(0.049, False), (0.05, True)])
def test_needs_the_statement_to_take_time(share: float, *, reports: bool) -> None:
    found = findings_of(a_profile("tagged", 0.9, TAG), a_profile("untagged", share))

    assert bool(found) is reports
