"""What a verification measures, and what it leaves behind: nothing."""

from dataclasses import replace

import pytest

from aegis_cli.model.facts.verification import IndexToDrop, NotVerified, Verdict
from aegis_cli.sources.postgres.verification.verify import verify
from tests.integration.verification.conftest import Clone
from tests.integration.verification.verification_requests import BY_KIND, QUICK, index_on, request

pytestmark = pytest.mark.usefixtures("unchanged")


def test_a_helped_statement_is_measured_as_faster(clone: Clone) -> None:
    outcome = verify(clone.dsn, request(BY_KIND), limits=QUICK)

    (timed,) = outcome.statements
    assert (timed.verdict, timed.rounds) == (Verdict.FASTER, 7)
    assert timed.indexes_used == ("plain_kind_idx",)
    assert timed.ratio_low is not None
    assert timed.ratio_high is not None
    assert timed.ratio is not None
    assert timed.ratio_low <= timed.ratio <= timed.ratio_high < 1
    assert timed.cost_with < timed.cost_without


def test_a_statement_whose_plan_stays_is_not_timed(clone: Clone) -> None:
    outcome = verify(clone.dsn, request("SELECT count(*) FROM orders"), limits=QUICK)

    (timed,) = outcome.statements
    assert (timed.verdict, timed.rounds, timed.ratio) == (Verdict.SAME_PLAN, 0, None)


def test_sizes_are_those_of_the_built_index(clone: Clone) -> None:
    outcome = verify(clone.dsn, request(), limits=QUICK)

    clone.ask("CREATE INDEX own ON plain (kind)")
    ((size,),) = clone.ask("SELECT pg_relation_size('own')")
    clone.ask("DROP INDEX own")
    assert [each.size_bytes for each in outcome.built] == [size]


def test_an_index_on_a_partitioned_table_counts_its_partitions(clone: Clone) -> None:
    outcome = verify(
        clone.dsn,
        request("SELECT * FROM events WHERE id = 7", creates=(index_on("events", "id"),)),
        limits=QUICK,
    )

    clone.ask("CREATE INDEX own ON events (id)")
    ((size,),) = clone.ask(
        "SELECT sum(pg_relation_size(relid))::bigint FROM pg_partition_tree('own') WHERE isleaf"
    )
    clone.ask("DROP INDEX own")
    assert [each.size_bytes for each in outcome.built] == [size]
    assert outcome.statements[0].indexes_used == ("events_id_idx",)


def test_dropping_an_index_that_is_needed_is_a_regression(clone: Clone) -> None:
    drop = replace(
        request("SELECT * FROM orders WHERE customer = 77"),
        drops=(IndexToDrop(schema="public", name="orders_kept"),),
    )

    outcome = verify(clone.dsn, drop, limits=QUICK)

    assert [each.fingerprint for each in outcome.regressions] == ["s1"]
    assert outcome.regressions[0].ratio_low is not None
    assert outcome.regressions[0].ratio_low > 1.05


def test_an_execution_that_is_cut_off_without_the_index_counts_as_a_bound(clone: Clone) -> None:
    dear = index_on("few", "dear(id)", is_expression=True)

    outcome = verify(
        clone.dsn,
        request("SELECT * FROM few WHERE dear(id) = 7", creates=(dear,)),
        limits=replace(QUICK, statement_s=0.15),
    )

    (timed,) = outcome.statements
    assert (timed.verdict, timed.without_timed_out, timed.with_timed_out) == (
        Verdict.FASTER,
        True,
        False,
    )
    assert timed.without_ms == 150
    assert timed.ratio is not None
    assert timed.ratio < 1
    assert timed.ratio_high is None


def test_an_owner_who_is_no_superuser_can_verify(clone: Clone) -> None:
    dsn = clone.as_role("verification_owner")
    clone.ask("GRANT CREATE ON SCHEMA public TO verification_owner")
    clone.ask("ALTER TABLE plain OWNER TO verification_owner")

    outcome = verify(dsn, request(BY_KIND), limits=QUICK)

    clone.ask("ALTER TABLE plain OWNER TO CURRENT_USER")
    clone.ask("DROP OWNED BY verification_owner")
    assert [each.verdict for each in outcome.statements] == [Verdict.FASTER]
    assert outcome.not_verified == ()


def test_who_does_not_own_the_table_is_told_so(clone: Clone) -> None:
    dsn = clone.as_role("verification_guest")

    outcome = verify(dsn, request(), limits=QUICK)

    assert outcome.not_verified == (
        NotVerified(
            subject="plain_kind_idx",
            reason="must be owner of table plain",
            hint="The role must own the table.",
        ),
    )


def test_an_index_the_clone_has_already_is_not_built_again(clone: Clone) -> None:
    outcome = verify(clone.dsn, request(creates=(index_on("orders", "customer"),)), limits=QUICK)

    assert outcome.built == ()
    assert [each.reason for each in outcome.not_verified] == [
        "the database has the same index already: orders_kept"
    ]


def test_a_statement_gets_no_time_after_the_budget(clone: Clone) -> None:
    outcome = verify(clone.dsn, request(BY_KIND), limits=replace(QUICK, time_budget_s=0.0))

    assert outcome.statements == ()
    assert [each.reason for each in outcome.not_verified] == [
        "the time budget ended before its turn"
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("DELETE FROM few", "it writes, and --verify runs only what reads"),
        (
            "WITH gone AS (DELETE FROM few RETURNING id) SELECT * FROM gone",
            "it writes, and --verify runs only what reads",
        ),
        ("SELECT * FROM plain WHERE kind = $1", "it has placeholders whose values are not known"),
        ("SELECT * FROM nowhere", 'relation "nowhere" does not exist'),
        (
            "SELECT writes() FROM plain WHERE kind = 5",
            "cannot execute INSERT in a read-only transaction",
        ),
    ],
)
def test_what_writes_or_cannot_run_is_named(clone: Clone, text: str, reason: str) -> None:
    outcome = verify(clone.dsn, request(text), limits=QUICK)

    assert outcome.statements == ()
    assert outcome.not_verified == (NotVerified(subject="s1", reason=reason),)


def test_a_second_statement_in_a_text_is_not_smuggled_in(clone: Clone) -> None:
    smuggled = "SELECT 1; COMMIT; DELETE FROM few"

    outcome = verify(clone.dsn, request(smuggled), limits=QUICK)

    assert [each.subject for each in outcome.not_verified] == ["s1"]
