"""A shape says what a statement reads, writes, returns and locks."""

# ruff: noqa: S608 - statements are only read here, never run

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.model.facts.shapes import Operand, OrderTerm, Predicate, Shape, StatementKind
from aegis_cli.sqltext.shape import shape_of


def test_tells_everything_about_a_page_of_a_list() -> None:
    sql = """
        SELECT o.id, o.total FROM public.orders o
        WHERE o.customer_id = $1 ORDER BY o.created_at DESC, o.id LIMIT 20 OFFSET $2
    """

    assert shape_of(sql) == Shape(
        kind=StatementKind.SELECT,
        tables_read=("orders",),
        predicates=(
            Predicate(table="orders", column="customer_id", operator="=", operand=Operand.VALUE),
        ),
        order_by=(
            OrderTerm(table="orders", column="created_at", descending=True),
            OrderTerm(table="orders", column="id", descending=False),
        ),
        selected_columns=("id", "total"),
        has_from=True,
        has_where=True,
        has_order_by=True,
        has_limit=True,
        limit_value=20,
        has_offset=True,
        offset_param=2,
    )


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("SELECT 1", StatementKind.SELECT),
        ("VALUES (1)", StatementKind.SELECT),
        ("INSERT INTO t DEFAULT VALUES", StatementKind.INSERT),
        ("UPDATE t SET a = 1", StatementKind.UPDATE),
        ("DELETE FROM t", StatementKind.DELETE),
        ("MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE", StatementKind.MERGE),
        ("COPY t FROM STDIN", StatementKind.COPY),
        ("BEGIN", StatementKind.BEGIN),
        ("START TRANSACTION ISOLATION LEVEL SERIALIZABLE", StatementKind.BEGIN),
        ("COMMIT", StatementKind.COMMIT),
        ("END", StatementKind.COMMIT),
        ("COMMIT PREPARED 'x'", StatementKind.COMMIT),
        ("ROLLBACK", StatementKind.ROLLBACK),
        ("ABORT", StatementKind.ROLLBACK),
        ("SAVEPOINT a", StatementKind.SAVEPOINT),
        ("RELEASE SAVEPOINT a", StatementKind.SAVEPOINT),
        ("ROLLBACK TO SAVEPOINT a", StatementKind.SAVEPOINT),
        ("SET LOCAL a.b = 1", StatementKind.SETTING),
        ("SHOW server_version", StatementKind.SETTING),
        ("RESET ALL", StatementKind.SETTING),
        ("DISCARD ALL", StatementKind.SETTING),
        ("DECLARE c CURSOR FOR SELECT 1", StatementKind.CURSOR),
        ("FETCH 10 FROM c", StatementKind.CURSOR),
        ("CLOSE c", StatementKind.CURSOR),
        ("CREATE INDEX ON t (a)", StatementKind.DDL),
        ("ALTER TABLE t ADD b int", StatementKind.DDL),
        ("DROP TABLE t", StatementKind.DDL),
        ("CREATE TABLE t AS SELECT 1", StatementKind.DDL),
        ("VACUUM t", StatementKind.OTHER),
        ("EXPLAIN SELECT 1", StatementKind.OTHER),
        ("LISTEN a", StatementKind.OTHER),
        ("", StatementKind.OTHER),
    ],
)
def test_names_the_kind(sql: str, kind: StatementKind) -> None:
    assert shape_of(sql).kind is kind


@pytest.mark.parametrize(
    ("sql", "read", "written"),
    [
        ("SELECT 1 FROM s.a, public.b", ("s.a", "b"), ()),
        ("SELECT (SELECT 1 FROM b) FROM a WHERE c IN (SELECT d FROM e)", ("b", "a", "e"), ()),
        ("SELECT 1 FROM a JOIN b USING (c) JOIN a x ON true", ("a", "b"), ()),
        ("SELECT 1 FROM a UNION ALL SELECT 2 FROM b", ("a", "b"), ()),
        ("SELECT 1 FROM a x FOR UPDATE OF x", ("a",), ()),
        ("SELECT * INTO n FROM a", ("a",), ("n",)),
        ("INSERT INTO t SELECT * FROM a", ("a",), ("t",)),
        ("UPDATE t SET x = 1 FROM a WHERE t.b = a.b", ("a",), ("t",)),
        ("DELETE FROM t USING a WHERE t.b = a.b", ("a",), ("t",)),
        ("MERGE INTO t USING a ON t.b = a.b WHEN MATCHED THEN DELETE", ("a",), ("t",)),
        ("COPY t FROM STDIN", (), ("t",)),
        ("COPY t TO STDOUT", ("t",), ()),
        ("COPY (SELECT 1 FROM t) TO STDOUT", ("t",), ()),
        ("TRUNCATE a, b", (), ("a", "b")),
        ("DECLARE c CURSOR FOR SELECT 1 FROM t", ("t",), ()),
    ],
)
def test_lists_the_tables(sql: str, read: tuple[str, ...], written: tuple[str, ...]) -> None:
    shape = shape_of(sql)

    assert (shape.tables_read, shape.tables_written) == (read, written)


@pytest.mark.parametrize(
    ("sql", "read", "written"),
    [
        ("WITH q AS (SELECT 1 FROM a) SELECT * FROM q", ("a",), ()),
        ("WITH q AS (DELETE FROM a RETURNING *) SELECT * FROM q", (), ("a",)),
        ("WITH t AS (SELECT * FROM t) SELECT * FROM t", ("t",), ()),
        ("WITH RECURSIVE t AS (SELECT 1 UNION SELECT * FROM t) SELECT * FROM t", (), ()),
        ("WITH q AS (SELECT 1) SELECT * FROM s.q", ("s.q",), ()),
        ("SELECT * FROM (WITH q AS (SELECT 1) SELECT * FROM q) x, q", ("q",), ()),
    ],
)
def test_common_table_expressions_are_no_tables(
    sql: str, read: tuple[str, ...], written: tuple[str, ...]
) -> None:
    shape = shape_of(sql)

    assert (shape.tables_read, shape.tables_written) == (read, written)


@pytest.mark.parametrize(
    ("sql", "limit"),
    [
        ("SELECT a FROM t", (False, None, None)),
        ("SELECT a FROM t LIMIT 0", (True, 0, None)),
        ("SELECT a FROM t LIMIT 9999999999", (True, 9999999999, None)),
        ("SELECT a FROM t LIMIT $3", (True, None, 3)),
        ("SELECT a FROM t LIMIT $1::bigint", (True, None, 1)),
        ("SELECT a FROM t LIMIT 1 + 1", (True, None, None)),
        ("SELECT a FROM t LIMIT ALL", (False, None, None)),
        ("SELECT a FROM t FETCH FIRST ROW ONLY", (True, 1, None)),
        (f"SELECT a FROM t LIMIT {'9' * 5000}", (True, None, None)),
    ],
)
def test_reads_the_limit(sql: str, limit: tuple[bool, int | None, int | None]) -> None:
    shape = shape_of(sql)

    assert (shape.has_limit, shape.limit_value, shape.limit_param) == limit


@pytest.mark.parametrize(
    ("order", "terms"),
    [
        ("b DESC NULLS LAST", [("b", True)]),
        ("2, 1", [("c", False), ("b", False)]),
        ("n", [("c", False)]),
        ("b, lower(c), d", [("b", False)]),
        ("random()", []),
        ("9", []),
    ],
)
def test_reads_the_order_up_to_the_first_expression(
    order: str, terms: list[tuple[str, bool]]
) -> None:
    found = shape_of(f"SELECT b, c AS n FROM t ORDER BY {order}")

    assert found.has_order_by
    assert [(term.column, term.descending) for term in found.order_by] == terms


@pytest.mark.parametrize(
    ("selected", "aggregate_only", "count_only"),
    [
        ("count(*)", True, True),
        ("count(DISTINCT a) AS n", True, True),
        ("coalesce(sum(a), 0), max(b)", True, False),
        ("json_agg(a ORDER BY b)", True, False),
        ("a, count(*) OVER ()", False, False),
        ("count(*) OVER ()", False, False),
        ("unnest(array_agg(a))", False, False),
        ("a, (SELECT count(*) FROM u)", False, False),
        ("lower(a)", False, False),
    ],
)
def test_knows_aggregates(selected: str, aggregate_only: bool, count_only: bool) -> None:  # noqa: FBT001 - expected values
    shape = shape_of(f"SELECT {selected} FROM t")

    assert (shape.is_aggregate_only, shape.count_only) == (aggregate_only, count_only)


def test_groups_make_an_aggregate_many_rows() -> None:
    shape = shape_of("SELECT count(*) FROM t GROUP BY a")

    assert (shape.is_aggregate_only, shape.count_only, shape.has_group_by) == (False, False, True)


@pytest.mark.parametrize(
    "expression",
    [
        *("now()", "random()", "nextval('s')", "clock_timestamp()", "CURRENT_TIMESTAMP"),
        *("CURRENT_DATE", "pg_backend_pid()", "txid_current()", "'now'::timestamp"),
        *("pg_catalog.now() - interval '1 day'", "gen_random_uuid()"),
    ],
)
def test_notices_results_that_change_by_themselves(expression: str) -> None:
    assert shape_of(f"SELECT a FROM t WHERE b > {expression}").is_volatile


@pytest.mark.parametrize("expression", ["lower(b)", "date_trunc('day', b)", "pg_typeof(b)", "'x'"])
def test_other_functions_do_not_change_a_result(expression: str) -> None:
    assert not shape_of(f"SELECT a FROM t WHERE b = {expression}").is_volatile


@pytest.mark.parametrize(
    ("sql", "catalog_only"),
    [
        ("SELECT 1 FROM pg_class c JOIN pg_catalog.pg_namespace n ON true", True),
        ("SELECT 1 FROM information_schema.tables", True),
        ("SELECT 1 FROM pg_class, t", False),
        ("SELECT 1 FROM s.pg_copy", False),
        ("SELECT 1", False),
    ],
)
def test_tells_the_catalog_from_user_tables(sql: str, *, catalog_only: bool) -> None:
    assert shape_of(sql).touches_catalog_only is catalog_only


@pytest.mark.parametrize(
    ("sql", "rows", "from_select", "on_conflict"),
    [
        ("INSERT INTO t VALUES (1)", 1, False, False),
        ("INSERT INTO t VALUES (1), (2), (3) ON CONFLICT DO NOTHING", 3, False, True),
        ("INSERT INTO t DEFAULT VALUES", 1, False, False),
        ("INSERT INTO t SELECT unnest($1::int[])", None, True, False),
        ("INSERT INTO t VALUES (?), (?)", 2, False, False),
    ],
)
def test_counts_the_rows_of_an_insert(
    sql: str,
    rows: int | None,
    from_select: bool,  # noqa: FBT001 - expected value
    on_conflict: bool,  # noqa: FBT001 - expected value
) -> None:
    shape = shape_of(sql)

    assert (shape.values_rows, shape.insert_from_select, shape.on_conflict) == (
        rows,
        from_select,
        on_conflict,
    )


def test_counts_the_rows_of_a_very_long_insert() -> None:
    rows = ", ".join(f"({each}, 'name {each}')" for each in range(5_000))

    shape = shape_of(f"INSERT INTO t VALUES {rows} ON CONFLICT (a, b) DO NOTHING")

    assert (shape.values_rows, shape.is_parsed, shape.tables_written) == (5_000, True, ("t",))


def test_a_very_long_list_stays_a_list() -> None:
    shape = shape_of(f"SELECT a FROM t WHERE b IN ({', '.join(map(str, range(20_000)))})")

    assert shape.predicates == (
        Predicate(table="t", column="b", operator="IN", operand=Operand.LIST),
    )


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t WHERE id = 1",
        "SELECT a FROM t WHERE id = $1 AND tenant = $2",
        "SELECT a FROM t WHERE id IN (1)",
        "SELECT a FROM t WHERE id = $1::uuid LIMIT 21",
        "SELECT a FROM t WHERE id = $1 AND active AND NOT hidden AND gone IS NULL",
        "SELECT t.a FROM t JOIN u ON t.u_id = u.id WHERE t.id = 5",
        "SELECT a FROM t WHERE id = 1 FOR UPDATE",
        "SELECT a FROM t WHERE id = ?",
        "SELECT `a` FROM `t` WHERE `id` = 1",
        "BEGIN; SELECT a FROM t WHERE id = 1; COMMIT",
    ],
)
def test_finds_lookups_by_key(sql: str) -> None:
    assert shape_of(sql).is_single_row_lookup


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t",
        "SELECT a FROM t WHERE id > 1",
        "SELECT a FROM t WHERE id = 1 OR id = 2",
        "SELECT a FROM t WHERE id IN (1, 2)",
        "SELECT a FROM t WHERE id IN (?, ?)",
        "SELECT a FROM t WHERE id = ANY ($1)",
        "SELECT a FROM t WHERE id = (SELECT max(id) FROM t)",
        "SELECT a FROM t WHERE NOT id = 1",
        "SELECT a FROM t WHERE lower(name) = 'x'",
        "SELECT a FROM t WHERE id = 1 AND EXISTS (SELECT 1 FROM u WHERE u.t_id = t.id)",
        "SELECT a FROM t WHERE gone IS NULL",
        "SELECT count(*) FROM t WHERE id = 1 GROUP BY a",
        "SELECT t.a FROM t JOIN u ON t.u_id = u.id",
        "SELECT a FROM t WHERE 1 = 1",
        "UPDATE t SET a = 1 WHERE id = 1",
        "SELECT 1; SELECT a FROM t WHERE id = 1",
    ],
)
def test_other_statements_are_no_lookups_by_key(sql: str) -> None:
    assert not shape_of(sql).is_single_row_lookup


@pytest.mark.parametrize(
    ("sql", "keyed"),
    [
        ("SELECT a FROM t WHERE id = 1", True),
        ("SELECT a FROM t WHERE sku = 'x' AND name <> 'y'", True),
        ("SELECT a FROM t WHERE u_id = 1 AND state NOT IN ('a', 'b')", True),
        ("SELECT a FROM t WHERE u_id = 1 AND at > '2026-01-01'", True),
        ("SELECT a FROM t WHERE u_id = 1 AND EXISTS (SELECT 1 FROM u WHERE u.t_id = t.id)", True),
        ("SELECT a FROM t WHERE tenant_id = 1 AND id > 5 ORDER BY id LIMIT 100", False),
        ("SELECT a FROM t WHERE tenant_id = 1 AND id IN (1, 2)", False),
        ("SELECT a FROM t WHERE tenant_id = 1 AND id = ANY ($1)", False),
        ("SELECT a FROM t WHERE tenant_id = 1 OFFSET 5", False),
        ("SELECT a FROM t WHERE id = 1 OR name = 'x'", False),
        ("SELECT a FROM t WHERE id > 5", False),
        ("UPDATE t SET a = 1 WHERE id = 1", False),
    ],
)
def test_a_lookup_by_key_may_filter_but_neither_batch_nor_page(sql: str, *, keyed: bool) -> None:
    assert shape_of(sql).is_keyed_lookup is keyed


@pytest.mark.parametrize(
    ("sql", "keyed"),
    [
        ("UPDATE t SET a = a + 1 WHERE id = $1", True),
        ("DELETE FROM t WHERE a = 1 AND b = 'x'", True),
        ("UPDATE t SET a = 1", False),
        ("UPDATE t SET a = 1 WHERE id > 5", False),
        ("UPDATE t SET a = 1 FROM u WHERE t.id = u.id", False),
        ("DELETE FROM t WHERE id IN (1, 2)", False),
        ("INSERT INTO t VALUES (1)", False),
    ],
)
def test_finds_writes_by_key(sql: str, *, keyed: bool) -> None:
    assert shape_of(sql).is_keyed_write is keyed


@pytest.mark.parametrize(
    ("sql", "many"),
    [
        ("SELECT a FROM t", True),
        ("SELECT a FROM t LIMIT 21", True),
        ("SELECT a FROM t UNION SELECT b FROM u", True),
        ("SELECT a FROM t LIMIT 1", False),
        ("SELECT count(*) FROM t", False),
        ("SELECT EXISTS (SELECT 1 FROM t)", False),
        ("SELECT relname FROM pg_class", False),
        ("SELECT 1", False),
    ],
)
def test_tells_what_can_return_many_rows(sql: str, *, many: bool) -> None:
    assert shape_of(sql).can_return_many is many


def test_statements_sent_together_keep_only_what_is_true_of_all() -> None:
    shape = shape_of("UPDATE a SET x = 1 WHERE id = 1; DELETE FROM b WHERE id = (SELECT 1 FROM c)")

    assert shape == Shape(kind=StatementKind.OTHER, tables_read=("c",), tables_written=("a", "b"))


@given(st.text(max_size=60))
def test_never_raises(sql: str) -> None:
    assert isinstance(shape_of(sql), Shape)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t WHERE b = " + "+".join(["1"] * 10_000),
        "SELECT a FROM t WHERE " + " AND ".join(f"a = {each}" for each in range(3_000)),
        " UNION ALL ".join(["SELECT a FROM t"] * 5_000),
        "SELECT a FROM t WHERE b = " + "(" * 50_000,
        "SELECT a FROM t WHERE b = 1" + "::int" * 50_000,
    ],
    ids=["sum", "and", "union", "parentheses", "casts"],
)
def test_hostile_nesting_still_shows_the_table(sql: str) -> None:
    assert shape_of(sql).tables_read == ("t",)
