"""The command proposes what a real database lacks, and nothing where nothing is missing."""

import re
from pathlib import Path

import pytest

from aegis_cli.embedded.session import open_session
from tests.integration.index_advise.conftest import HERE, QUERIES, Told, run_advise
from tests.integration.postgres.targets import Target, database


def test_the_missing_index_is_proposed_with_costs_size_and_ddl(advised: Told) -> None:
    assert advised.code == 0, advised.err
    (index,) = advised.rows("indexes")
    assert index["table"] == "public.posts"
    assert "(author_id, published_at" in str(index["ddl"])
    assert str(index["ddl"]).startswith("CREATE INDEX CONCURRENTLY ")
    assert float(str(index["cost_after"])) < float(str(index["cost_before"])) / 2
    assert float(str(index["marginal_loss"])) > 0


def test_every_statement_tells_its_cost_before_and_after(advised: Told) -> None:
    outcomes = advised.rows("statements")
    assert [each["calls"] for each in outcomes] == [500, 300, 20] or len(outcomes) == 3
    assert {each["constants"] for each in outcomes} == {"known"}


def test_the_search_tells_its_basis_and_its_gap(advised: Told) -> None:
    search = advised.data("search")
    assert search["basis"] == "planner"
    assert 0 <= float(str(search["optimality_gap"])) < 0.05
    assert int(str(search["explains"])) > 0


def test_the_proposed_index_is_used_when_it_is_really_built(blog: Target, advised: Told) -> None:
    (index,) = advised.rows("indexes")
    statement = (
        "EXPLAIN (FORMAT JSON) SELECT id, title FROM posts WHERE author_id = 17 "
        "ORDER BY published_at DESC LIMIT 10"
    )
    with open_session(blog.dsn) as session:
        session.execute(str(index["ddl"]))
        try:
            ((plan,),) = session.execute(statement)
            ((size,),) = session.execute(
                "SELECT pg_relation_size(to_regclass(%s))", (f"public.{index['name']}",)
            )
        finally:
            session.execute(f'DROP INDEX public."{index["name"]}"')
    assert str(index["name"]) in str(plan)
    (first, *_) = advised.rows("statements")
    # The first cost in the document is that of the top node.
    (real, *_) = re.findall(r"'Total Cost': ([\d.]+)", str(plan))
    assert float(str(first["cost_after"])) == pytest.approx(float(real), rel=0.01)
    assert float(str(index["size_bytes"])) == pytest.approx(float(str(size)), rel=0.15)


def test_a_workload_that_its_indexes_serve_yields_no_proposal(blog: Target) -> None:
    served = (
        "SELECT id, title FROM posts WHERE id = 5;"
        "SELECT count(*) FROM visits WHERE post_id = 4711;"
        "SELECT id FROM authors WHERE email = 'author7@secret-mail.example';"
    )
    told = run_advise("-", "--dsn", blog.dsn, stdin=served)
    assert told.code == 0, told.err
    assert told.rows("indexes") == []
    assert "AEG1201" not in told.rules()


def test_literals_are_masked_unless_asked_for(blog: Target, advised: Told) -> None:
    assert "4711" not in advised.out
    shown = run_advise(QUERIES, "--dsn", blog.dsn, "--show-literals")
    assert "author_id = 17" in shown.out


def test_limits_are_kept(blog: Target) -> None:
    none = run_advise(QUERIES, "--dsn", blog.dsn, "--budget", "8kB")
    assert none.rows("indexes") == []
    other = run_advise(QUERIES, "--dsn", blog.dsn, "--only", "visits")
    assert other.rows("indexes") == []
    without = run_advise(QUERIES, "--dsn", blog.dsn, "--exclude", "public.posts")
    assert without.rows("indexes") == []
    narrow = run_advise(QUERIES, "--dsn", blog.dsn, "--max-width", "1", "--plain")
    assert all("," not in str(each["ddl"]).partition("(")[2] for each in narrow.rows("indexes"))


def test_an_unknown_table_is_told(blog: Target) -> None:
    told = run_advise(QUERIES, "--dsn", blog.dsn, "--exclude", "nosuch")
    assert any("nosuch" in str(each["subject"]) for each in told.report["skipped"])


@pytest.mark.parametrize(
    ("spelling", "fragment"),
    [("django", "models.Index(fields=['author', "), ("sqlalchemy", "Index(")],
)
def test_indexes_are_spelled_for_the_application(
    blog: Target, spelling: str, fragment: str
) -> None:
    told = run_advise(QUERIES, "--dsn", blog.dsn, "--as", spelling)
    (index,) = told.rows("indexes")
    assert fragment in str(index["spelled"])


def test_writes_change_the_advice_and_the_report_says_why(blog: Target) -> None:
    reads = "-- calls: 3\nSELECT id FROM visits WHERE at = '2026-01-02 00:00:03+00';\n"
    writes = "-- calls: 5000000\nINSERT INTO visits VALUES (1, 2, now(), 'x');\n"
    without = run_advise("-", "--dsn", blog.dsn, stdin=reads)
    assert [each["table"] for each in without.rows("indexes")] == ["public.visits"]
    told = run_advise("-", "--dsn", blog.dsn, stdin=reads + writes)
    assert told.rows("indexes") == []
    assert any("maintain" in str(each["reason"]) for each in told.rows("search"))


def test_a_clone_measures_the_advice(blog: Target) -> None:
    forced = run_advise(QUERIES, "--dsn", blog.dsn, "--verify", blog.dsn)
    assert forced.code == 2
    assert "target itself" in forced.err


def test_a_clone_that_is_gone_does_not_cost_the_advice(blog: Target, tmp_path: Path) -> None:
    snapshot = tmp_path / "blog.json"
    run_advise(QUERIES, "--dsn", blog.dsn, "--save-snapshot", snapshot)
    with database(blog.dsn, "aegis_blog_clone", blog.major, "SELECT 1") as empty:
        told = run_advise(QUERIES, "--snapshot", snapshot, "--verify", empty.dsn)
    assert told.code == 0, told.err
    assert told.rows("indexes")
    assert any(
        "aegis_blog_clone" in str(each) or "posts" in str(each) for each in told.report["skipped"]
    )


def test_a_clone_shows_what_the_advice_is_worth(blog: Target) -> None:
    script = (HERE / "blog.sql").read_text("utf-8")
    with database(blog.dsn, "aegis_blog_clone", blog.major, script) as clone:
        told = run_advise(QUERIES, "--dsn", blog.dsn, "--verify", clone.dsn)
        left = clone.value("SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'aegis%'")
    assert told.code == 0, told.err
    assert "faster" in {each["verdict"] for each in told.rows("verification")}
    assert left == 0
