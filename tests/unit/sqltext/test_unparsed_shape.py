"""Where the parser gives up, keywords still tell the kind and the tables."""

# ruff: noqa: S608 - statements are only read here, never run

import pytest

from aegis_cli.model.facts.shapes import Shape, StatementKind
from aegis_cli.sqltext.shape import shape_of


def test_reads_a_statement_that_the_log_cut_off() -> None:
    sql = "SELECT * FROM orders o JOIN customers c ON o.c_id = c.id WHERE o.note = 'cut o"

    assert shape_of(sql) == Shape(
        kind=StatementKind.SELECT,
        tables_read=("orders", "customers"),
        selects_star=True,
        has_from=True,
        has_where=True,
        has_other_conditions=True,
        is_parsed=False,
    )


def test_reads_an_insert_of_another_dialect() -> None:
    sql = "INSERT IGNORE INTO `Shop`.`Items` (`a`) VALUES (1), (2) ON DUPLICATE KEY UPDATE a = 3"

    assert shape_of(sql) == Shape(
        kind=StatementKind.INSERT,
        tables_written=("Shop.Items",),
        values_rows=2,
        on_conflict=True,
        is_parsed=False,
    )


def test_reads_limit_and_offset_of_another_dialect() -> None:
    shape = shape_of("SELECT a FROM t FORCE INDEX (x) ORDER BY a LIMIT 10 OFFSET 5000")

    assert (shape.is_parsed, shape.limit_value, shape.offset_value) == (False, 10, 5000)


@pytest.mark.parametrize(
    ("sql", "read", "written"),
    [
        ("SELECT 1 FROM a x, B.c AS y, d WHERE '", ("a", "b.c", "d"), ()),
        ('SELECT 1 FROM "Odd Name" JOIN LATERAL f(1) ON \'', ("Odd Name",), ()),
        ("WITH q AS (SELECT 1 FROM a) SELECT 1 FROM q, b WHERE '", ("a", "b"), ()),
        ("WITH q(x) AS (SELECT 1 FROM a) INSERT INTO t SELECT 'cut", ("a",), ("t",)),
        ("UPDATE ONLY a SET b = 'cut", (), ("a",)),
        ("DELETE FROM a WHERE b = 'cut", (), ("a",)),
        ("DELETE FROM a USING c WHERE b IS DISTINCT FROM d AND 'cut", (), ("a",)),
        ("SELECT 1 FROM public.a FOR UPDATE NOWAIT 'cut", ("a",), ()),
        ("SELECT 'FROM fake' FROM a WHERE b = 'JOIN cut", ("a",), ()),
        ("SELECT a FROM generate_series(1, 2), b WHERE 'cut", (), ()),
    ],
)
def test_lists_tables_by_keyword(sql: str, read: tuple[str, ...], written: tuple[str, ...]) -> None:
    shape = shape_of(sql)

    assert (shape.is_parsed, shape.tables_read, shape.tables_written) == (False, read, written)


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("BEGIN 'cut", StatementKind.BEGIN),
        ("COMMIT 'cut", StatementKind.COMMIT),
        ("ROLLBACK 'cut", StatementKind.ROLLBACK),
        ("ROLLBACK TO SAVEPOINT 'cut", StatementKind.SAVEPOINT),
        ("SET x = 'cut", StatementKind.SETTING),
        ("CREATE TABLE t (a int DEFAULT 'cut", StatementKind.DDL),
        ("FETCH 'cut", StatementKind.CURSOR),
        ("(SELECT 'cut", StatementKind.SELECT),
        ("/* tag */ select 'cut", StatementKind.SELECT),
        ("WITH a AS (SELECT 1) DELETE FROM b WHERE 'cut", StatementKind.DELETE),
        ("KILL 5 'cut", StatementKind.OTHER),
    ],
)
def test_names_the_kind_by_the_first_word(sql: str, kind: StatementKind) -> None:
    shape = shape_of(sql)

    assert (shape.kind, shape.is_parsed) == (kind, False)


@pytest.mark.parametrize(
    ("sql", "is_volatile"),
    [
        ("SELECT now(), 'cut", True),
        ("SELECT a FROM t WHERE b > CURRENT_DATE AND c = 'cut", True),
        ('SELECT "now()" FROM t WHERE c = \'now() cut', False),
    ],
)
def test_notices_results_that_change_by_themselves(sql: str, *, is_volatile: bool) -> None:
    assert shape_of(sql).is_volatile is is_volatile


def test_is_never_taken_for_a_lookup_by_key() -> None:
    shape = shape_of("SELECT a FROM t WHERE id = 5 AND note = 'cut")

    assert (shape.is_single_row_lookup, shape.can_return_many) == (False, True)


@pytest.mark.parametrize("number", ["9" * 5000, "²", "x"])
def test_odd_limits_are_unknown(number: str) -> None:
    shape = shape_of(f"SELECT a FROM t LIMIT {number} 'cut")

    assert (shape.has_limit, shape.limit_value) == (True, None)
