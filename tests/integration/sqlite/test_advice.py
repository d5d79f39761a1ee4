"""Advice for a SQLite file holds when the proposed indexes are really built."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from aegis_cli.indexing.limits import Limits
from aegis_cli.model.facts.index_advice import AdviceKind, Dialect, DropReason
from aegis_cli.model.facts.index_workload import ConstantsOrigin
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.model.quantity import Basis
from aegis_cli.usecases.index_advise.other_databases.request import (
    OtherAdvice,
    OtherRequest,
    WorkloadScript,
)
from aegis_cli.usecases.index_advise.other_databases.sqlite import advise_sqlite
from tests.integration.sqlite.shop import build_shop

ORDERS = TableName(schema="main", name="orders")
LATEST = "SELECT id, total FROM orders WHERE user_id = ? ORDER BY created DESC LIMIT 10;"
LOOKUP = "SELECT * FROM users WHERE email = 'u5@example.org';"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a shop that was never analyzed."""
    return build_shop(tmp_path_factory.mktemp("shop") / "shop.db")


def advise_on(path: Path, text: str, limits: Limits | None = None) -> OtherAdvice:
    """Return the advice for a script."""
    script = WorkloadScript(source="stdin", text=text)
    return advise_sqlite(
        OtherRequest(target=str(path), scripts=(script,), limits=limits or Limits())
    )


def proposed(advice: OtherAdvice) -> list[str]:
    """Return the statements that create the proposed indexes."""
    return [each.ddl for each in advice.advice.creates]


def real_plan(path: Path, statement: str, *ddl: str) -> str:
    """Return SQLite's plan on a copy of the file where statements were run first."""
    copy = path.with_name("built.db")
    shutil.copy(path, copy)
    with closing(sqlite3.connect(copy)) as connection:
        for each in (*ddl, "ANALYZE"):
            connection.execute(each)
        rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", ("1",) * statement.count("?"))
        return "\n".join(row[3] for row in rows)


@pytest.mark.parametrize(
    ("statement", "ddl"),
    [
        (LOOKUP, "CREATE INDEX users_email_idx ON users (email);"),
        (LATEST, "CREATE INDEX orders_user_id_created_idx ON orders (user_id, created);"),
        (
            "SELECT * FROM lines WHERE sku = 'sku 3';",
            'CREATE INDEX lines_sku_idx ON "lines" (sku);',
        ),
        (
            "SELECT id FROM users WHERE lower(email) = 'u5@example.org';",
            "CREATE INDEX users_lower_email_idx ON users (LOWER(email));",
        ),
    ],
)
def test_proposed_index_is_used_once_it_is_built(shop: Path, statement: str, ddl: str) -> None:
    advice = advise_on(shop, statement)

    assert proposed(advice) == [ddl]
    (outcome,) = advice.advice.statements
    assert outcome.cost_after < outcome.cost_before / 100
    assert real_plan(shop, statement, ddl) == outcome.plan_after.replace("  ", "")


def test_order_by_is_served_without_a_sort(shop: Path) -> None:
    (outcome,) = advise_on(shop, LATEST).advice.statements

    assert "TEMP B-TREE FOR ORDER BY" in outcome.plan_before
    assert "TEMP B-TREE" not in outcome.plan_after
    assert outcome.constants is ConstantsOrigin.GENERIC


def test_statements_already_served_yield_no_index(shop: Path) -> None:
    advice = advise_on(
        shop,
        "SELECT * FROM users WHERE id = 3; SELECT * FROM orders WHERE status = 'open' AND id = 4",
    )

    assert proposed(advice) == []


def test_duplicate_index_goes_although_one_names_the_rowid(shop: Path) -> None:
    advice = advise_on(shop, LOOKUP)

    (drop,) = advice.advice.drops
    assert (drop.index.name, drop.reason) == ("orders_status", DropReason.DUPLICATE)
    assert drop.covered_by == "orders_status_id"
    assert drop.ddl == "DROP INDEX orders_status;"
    assert drop.cost_change == 0


def test_calls_weigh_statements(shop: Path) -> None:
    text = f"-- calls: 100000\n{LOOKUP}\nSELECT * FROM lines WHERE sku = 'sku 3';"

    advice = advise_on(shop, text)

    assert proposed(advice) == ["CREATE INDEX users_email_idx ON users (email);"]
    assert [each.calls for each in advice.workload.statements] == [100_000, 1]


def test_writes_speak_against_an_index_and_say_so(shop: Path) -> None:
    writes = "-- calls: 1000000\nINSERT INTO users (email) VALUES ('a'), ('b');"

    advice = advise_on(shop, LOOKUP + writes)

    assert proposed(advice) == []
    assert any("costs more to keep up" in each.reason.en for each in advice.advice.rejected)


def test_limits_are_kept(shop: Path) -> None:
    text = LOOKUP + LATEST

    assert len(proposed(advise_on(shop, text))) == 2
    assert len(proposed(advise_on(shop, text, Limits(max_indexes=1)))) == 1
    assert proposed(advise_on(shop, text, Limits(budget_bytes=1000))) == []
    excluded = advise_on(shop, text, Limits(exclude=frozenset((ORDERS,))))
    assert {each.definition.table.name for each in excluded.advice.creates} == {"users"}
    assert excluded.advice.drops == ()


def test_statement_on_a_view_gets_an_index_on_its_table(shop: Path) -> None:
    advice = advise_on(shop, "SELECT * FROM open_orders WHERE user_id = 5;")

    (create,) = advice.advice.creates
    assert create.definition.table == ORDERS
    assert create.definition.keys[0].text == "user_id" or create.kind is AdviceKind.PARTIAL


def test_costs_are_called_heuristic_and_belong_to_sqlite(shop: Path) -> None:
    advice = advise_on(shop, LOOKUP).advice

    assert advice.dialect is Dialect.SQLITE
    assert advice.search.basis is Basis.HEURISTIC
    assert {each.basis for each in advice.creates} == {Basis.HEURISTIC}


def test_estimated_size_is_near_the_real_one(shop: Path) -> None:
    (create,) = advise_on(shop, LOOKUP).advice.creates
    with closing(sqlite3.connect(shop.with_name("sized.db"))) as connection:
        shutil.copy(shop, shop.with_name("sized.db"))
        connection.execute(create.ddl)
        ((real,),) = connection.execute(
            "SELECT sum(pgsize) FROM dbstat WHERE name = ?", (create.name,)
        )

    assert 0.5 < create.size_bytes / real < 2


def test_statistics_of_analyze_are_believed_and_their_lack_is_told(
    shop: Path, tmp_path: Path
) -> None:
    analyzed = advise_on(build_shop(tmp_path / "analyzed.db", analyze=True), LOOKUP)
    sampled = advise_on(shop, LOOKUP)

    assert proposed(analyzed) == proposed(sampled)
    assert not any("ANALYZE never ran" in each.reason.en for each in analyzed.skipped)
    (told,) = [each for each in sampled.skipped if "ANALYZE never ran" in each.reason.en]
    assert told.subject == "users"


def test_stale_statistics_are_told(tmp_path: Path) -> None:
    path = build_shop(tmp_path / "shop.db", analyze=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM users WHERE id > 900")
        connection.commit()

    advice = advise_on(path, LOOKUP)

    assert any("halved since ANALYZE" in each.reason.en for each in advice.skipped)


def test_what_is_not_understood_is_skipped_with_its_literals_masked(shop: Path) -> None:
    advice = advise_on(shop, "DROP TABLE users; SELECT * FROM nope WHERE a = 'secret'; SELEC 'x';")

    subjects = [each.subject for each in advice.skipped]
    assert "DROP TABLE users" in subjects
    assert "SELECT * FROM nope WHERE a = ?" in subjects
    assert not any("secret" in each.subject + each.reason.en for each in advice.skipped)


def test_health_has_foreign_keys_and_no_counts_of_use(shop: Path) -> None:
    health = {each.table.name.name: each for each in advise_on(shop, LOOKUP).health}

    (key,) = [each for each in health["orders"].table.constraints if each.referenced_table]
    assert (key.columns, key.referenced_table) == (
        ("user_id",),
        TableName(schema="main", name="users"),
    )
    assert [each.scans for each in health["orders"].table.indexes] == [None, None]
    assert [each.name.name for each in health["orders"].referenced] == ["users"]
    assert health["orders"].dialect is Dialect.SQLITE


def test_collations_and_functions_of_the_application_are_stood_in_for(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.create_collation("korean", lambda one, two: (one > two) - (one < two))
        connection.execute("CREATE TABLE t (a TEXT COLLATE korean, b INT)")
        connection.execute("CREATE INDEX t_a ON t (a)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", ((str(at), at) for at in range(2000)))
        connection.commit()

    advice = advise_on(path, "SELECT * FROM t WHERE b = 3;")

    assert proposed(advice) == ["CREATE INDEX t_b_idx ON t (b);"]


def test_no_workload_still_finds_redundant_indexes(shop: Path) -> None:
    advice = advise_on(shop, "")

    assert [each.index.name for each in advice.advice.drops] == ["orders_status"]
    assert any("no statement of a workload" in each.reason.en for each in advice.skipped)
