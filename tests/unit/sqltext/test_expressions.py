"""An expression that is written from its tree reads back as the same tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.sqltext.expressions import expression_sql
from aegis_cli.sqltext.identifiers import quoted
from aegis_cli.sqltext.tree import Json, Node, names, nodes, parse, unwrap

_PLACES = ("location", "funcformat", "list_start", "list_end", "rexpr_list_start", "rexpr_list_end")


def _column(reference: Node) -> str | None:
    return quoted(names(reference, "fields")[-1])


def _expression(sql: str) -> Json:
    statements = parse("SELECT " + sql)
    assert statements is not None, sql
    (target,) = nodes(unwrap(statements[0])[1], "targetList")
    return unwrap(target)[1].get("val")


def _bare(value: Json) -> Json:
    """Return a tree without places in the text and aliases of columns."""
    if isinstance(value, list):
        return [*map(_bare, value)]
    if not isinstance(value, dict):
        return value
    if "ColumnRef" in value:
        return names(unwrap(value)[1], "fields")[-1]
    return {key: _bare(each) for key, each in value.items() if key not in _PLACES}


def _written(sql: str) -> str:
    written = expression_sql(_expression(sql), _column)
    assert written is not None, sql
    return written


@pytest.mark.parametrize(
    "sql",
    [
        "a",
        "t.a",
        "\"Weird Name\" = 'it''s'",
        '"select"',
        "1",
        "-1",
        "0",
        "1.5e10",
        "NULL",
        "true",
        "false",
        "'a\\b'",
        "E'a\\nb'",
        "B'101'",
        "$1 + 2",
        "(a + b) * c - -1",
        "a - (b - c)",
        "- a",
        "NOT (a AND b OR c)",
        "a AND (b OR c) AND NOT d",
        "(a = b) = c",
        "a IS NULL",
        "(a IS NULL) IS NOT TRUE",
        "a IN (1, 2)",
        "a NOT IN ('x')",
        "a BETWEEN 1 AND 2 + 3",
        "a NOT BETWEEN SYMMETRIC 1 AND 2",
        "a LIKE 'x%' AND b NOT ILIKE 'y'",
        "a ~ 'x' OR a !~* 'y'",
        "a = ANY ('{1}'::int[])",
        "a <> ALL (ARRAY[1, 2])",
        "a IS DISTINCT FROM b",
        "a IS NOT DISTINCT FROM 2",
        "NULLIF(a, b)",
        "COALESCE(a, b, 0)",
        "GREATEST(a, b)",
        "LEAST(a, 1)",
        "lower(a)",
        "public.f(a, b)",
        '"Fn"(a)',
        "left(a, 2)",
        "replace(a, 'x', 'y')",
        "now()",
        "CURRENT_DATE",
        "CURRENT_TIMESTAMP - a",
        "position('x' IN a)",
        "EXTRACT(year FROM a)",
        "a::text",
        "(a + b)::numeric(10, 2)",
        "a::varchar(20)",
        "a::char(3)",
        "a::int[]",
        "a::bit(3)",
        'a::"char"',
        'a::shop."Order Status"',
        "a::timestamptz",
        "CAST(a AS double precision)",
        "'1 day'::interval",
        "interval '3' month",
        "interval '1' day to second",
        "interval(3) '1'",
        "date '2024-01-31'",
        "a -> 'x' ->> 'y'",
        "a #>> '{x,y}'",
        "a @> '{\"x\": 1}'::jsonb",
        "a ? 'x'",
        "a OPERATOR(public.=) b",
        'a COLLATE "C" || b',
        'lower(a COLLATE "de-x-icu")',
        "a[1]",
        "a[1:2]",
        "(a).b",
        "(a::t).b",
        "(a, b) > (1, 2)",
        "ROW(a) = ROW(1)",
        "CASE WHEN a = 1 THEN 'x' ELSE b END",
        "CASE a WHEN 1 THEN 2 END",
    ],
)
def test_what_is_written_means_the_same(sql: str) -> None:
    assert _bare(_expression(_written(sql))) == _bare(_expression(sql))


@pytest.mark.parametrize(
    ("sql", "written"),
    [
        ("t.a::date", "a::date"),
        ("trim(a)", "btrim(a)"),
        ("substring(a FROM 1 FOR 2)", "substring(a, 1, 2)"),
        ("a AT TIME ZONE 'utc'", "timezone('utc', a)"),
        ("a::pg_catalog.int4", "a::integer"),
        ("a::timestamp(3) with time zone", "a::timestamptz(3)"),
        ("(((a)))", "a"),
    ],
)
def test_the_grammars_own_functions_are_called_by_their_names(sql: str, written: str) -> None:
    assert _written(sql) == written


@pytest.mark.parametrize(
    "sql",
    [
        "(SELECT 1)",
        "a = (SELECT 1)",
        "EXISTS (SELECT 1)",
        "count(*)",
        "count(DISTINCT a)",
        "sum(a) OVER ()",
        "sum(a) FILTER (WHERE b)",
        "string_agg(a, ',' ORDER BY b)",
        "concat(VARIADIC a)",
        "f(x => 1)",
        "XMLELEMENT(NAME a)",
        "a IN (" + ", ".join("1" * 500) + ")",
    ],
)
def test_what_cannot_stand_in_an_index_is_not_written(sql: str) -> None:
    assert expression_sql(_expression(sql), _column) is None


def test_a_column_without_a_name_spoils_the_expression() -> None:
    assert expression_sql(_expression("a + b"), lambda _: None) is None


_LEAVES = st.sampled_from(("a", "b.c", "1", "-2", "'x'", "$1", "NULL", "true", "d::text"))


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(("+", "-", "||", "=", "<", "AND", "OR", "->>", "IS DISTINCT FROM"))
    binary = st.tuples(inner, operators, inner).map(lambda parts: f"({' '.join(parts)})")
    wraps = st.sampled_from(
        (
            "lower({})",
            "({})::int",
            "NOT ({})",
            "({}) IS NULL",
            "COALESCE({}, 1)",
            "- ({})",
            "({}) IN (1, 2)",
            "({}) BETWEEN 1 AND 2",
            'f(({}) COLLATE "C")',
            "({}) = ANY (e)",
        )
    )
    return st.one_of(
        binary, st.tuples(wraps, inner).map(lambda pair: f"({pair[0].format(pair[1])})")
    )


@given(st.recursive(_LEAVES, _compound, max_leaves=12))
def test_any_nesting_keeps_its_meaning(sql: str) -> None:
    assert _bare(_expression(_written(sql))) == _bare(_expression(sql))
