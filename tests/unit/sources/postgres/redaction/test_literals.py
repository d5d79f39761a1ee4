"""Literals are taken out of SQL, and what is left still is SQL."""

import pytest

from aegis_cli.sources.postgres.redaction.literals import Masked, mask

ENUMERATIONS = frozenset({"shop.status", '"Odd".mood'})


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("name = 'x'::text", "name = '0'::text"),
        ("name = 'it''s'::character varying(20)", "name = '0'::character varying(20)"),
        ("day > '1987-03-14'::date", "day > '2000-01-01'::date"),
        (
            "at > '1987-03-14 00:00:00'::timestamp without time zone",
            "at > '2000-01-01'::timestamp without time zone",
        ),
        (
            "at > '1987-03-14'::timestamp(3) with time zone",
            "at > '2000-01-01'::timestamp(3) with time zone",
        ),
        ("salary > 987654", "salary > 1"),
        ("salary > 98.7654", "salary > 1"),
        ("rate > 1.5e10", "rate > 1"),
        ("x > '-5'::integer", "x > '0'::integer"),
        ("tags && '{a,b}'::text[]", "tags && '{}'::text[]"),
        ("x = ANY (ARRAY['a'::text, 'b'::text])", "x = ANY (ARRAY['0'::text, '0'::text])"),
        ("profile @> '{\"a\": 1}'::jsonb", "profile @> '0'::jsonb"),
        ("bits = B'1010'::\"bit\"", "bits = B'0'::\"bit\""),
        ("name = 'plain'", "name = '0'"),
        ("at > (now() - '3 days'::interval)", "at > (now() - '1 day'::interval)"),
    ],
)
def test_values_are_replaced(sql: str, expected: str) -> None:
    assert mask(sql, ENUMERATIONS) == Masked(sql=expected, is_changed=True)


@pytest.mark.parametrize(
    "sql",
    [
        "deleted_at IS NULL",
        "status = 'open'::shop.status",
        "feeling = 'calm'::\"Odd\".mood",
        "status = ANY ('{open,paid}'::shop.status[])",
        "to_tsvector('english'::regconfig, body)",
        "nextval('shop.numbers'::regclass)",
        "is_member = 'true'::boolean",
        'CREATE INDEX "it\'s 12345" ON shop."t999" USING btree (c1234)',
        "substring(name, 1, 12)",
        "x > 0",
        "column1987 = $1",
    ],
)
def test_the_schema_stays(sql: str) -> None:
    assert mask(sql, ENUMERATIONS) == Masked(sql=sql, is_changed=False)


@pytest.mark.parametrize(
    "sql", ["p = '(1,2)'::point", "r && '[1,5)'::int4range", "x = 'SECRET'::shop.custom"]
)
def test_a_literal_of_an_unknown_type_makes_it_impossible(sql: str) -> None:
    assert mask(sql, ENUMERATIONS) is None


def test_a_quote_in_an_identifier_starts_no_string() -> None:
    masked = mask("\"a'b\" = 'SECRET'::text AND \"c'd\" = 'SECRET'::text", ENUMERATIONS)

    assert masked is not None
    assert masked.sql == "\"a'b\" = '0'::text AND \"c'd\" = '0'::text"
