"""Statements that drivers, frameworks and tools really send."""

from dataclasses import dataclass

import pytest

from aegis_cli.model.facts.shapes import StatementKind
from aegis_cli.sqltext.display import pretty
from aegis_cli.sqltext.fingerprint import fingerprint
from aegis_cli.sqltext.normalize import normalize
from aegis_cli.sqltext.parameters import mask_literals
from aegis_cli.sqltext.shape import shape_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Real:
    """A statement somebody sends, and what it is known to do."""

    sql: str
    kind: StatementKind = StatementKind.SELECT
    read: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    is_lookup: bool = False
    is_keyed_write: bool = False
    is_catalog: bool = False


_STATEMENTS = {
    "django get": Real(
        sql='SELECT "shop_customer"."id", "shop_customer"."name" FROM "shop_customer" '
        'WHERE "shop_customer"."id" = 42 LIMIT 21',
        read=("shop_customer",),
        is_lookup=True,
    ),
    "django count": Real(
        sql='SELECT COUNT(*) AS "__count" FROM "shop_order" WHERE ("shop_order"."paid" AND NOT '
        '("shop_order"."total" <= 10))',
        read=("shop_order",),
    ),
    "django search": Real(
        sql='SELECT "a"."id" FROM "a" WHERE UPPER("a"."name"::text) LIKE UPPER(\'%x%\') '
        'ORDER BY "a"."name" ASC LIMIT 20 OFFSET 40',
        read=("a",),
    ),
    "django prefetch": Real(
        sql='SELECT "t"."id", ("m"."post_id") AS "_prefetch_related_val_post_id" FROM "t" INNER '
        'JOIN "m" ON ("t"."id" = "m"."tag_id") WHERE "m"."post_id" IN (1, 2, 3)',
        read=("t", "m"),
    ),
    "django insert": Real(
        sql='INSERT INTO "auth_group" ("name") VALUES (\'x\') RETURNING "auth_group"."id"',
        kind=StatementKind.INSERT,
        written=("auth_group",),
    ),
    "django session": Real(
        sql='UPDATE "django_session" SET "session_data" = \'a:b\', "expire_date" = '
        "'2024-01-01T00:00:00+00:00'::timestamptz WHERE \"django_session\".\"session_key\" = 'k'",
        kind=StatementKind.UPDATE,
        written=("django_session",),
        is_keyed_write=True,
    ),
    "sqlalchemy asyncpg": Real(
        sql="SELECT users.id, users.email \nFROM users \nWHERE users.email = $1::VARCHAR \n LIMIT "
        "$2::INTEGER",
        read=("users",),
        is_lookup=True,
    ),
    "sqlalchemy psycopg template": Real(
        sql="SELECT users.id FROM users WHERE users.id = %(pk_1)s::INTEGER",
        read=("users",),
        is_lookup=True,
    ),
    "sqlalchemy insertmanyvalues": Real(
        sql="INSERT INTO t (a, b) SELECT p0::INTEGER, p1::VARCHAR FROM (VALUES (1, 'a', 0), "
        "(2, 'b', 1)) AS imp_sen(p0, p1, sen_counter) ORDER BY sen_counter RETURNING t.id",
        kind=StatementKind.INSERT,
        written=("t",),
    ),
    "sqlalchemy has_table": Real(
        sql="SELECT pg_catalog.pg_class.relname FROM pg_catalog.pg_class JOIN "
        "pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace "
        "WHERE pg_catalog.pg_class.relname = 'a' AND pg_catalog.pg_class.relkind = ANY "
        "(ARRAY['r', 'p', 'f', 'v', 'm']) AND pg_catalog.pg_table_is_visible(pg_class.oid) "
        "AND pg_catalog.pg_namespace.nspname != 'pg_catalog'",
        read=("pg_catalog.pg_class", "pg_catalog.pg_namespace"),
        is_catalog=True,
    ),
    "pgbench select": Real(
        sql="SELECT abalance FROM pgbench_accounts WHERE aid = 4711;",
        read=("pgbench_accounts",),
        is_lookup=True,
    ),
    "pgbench update": Real(
        sql="UPDATE pgbench_tellers SET tbalance = tbalance + -3021 WHERE tid = 6;",
        kind=StatementKind.UPDATE,
        written=("pgbench_tellers",),
        is_keyed_write=True,
    ),
    "pgbench history": Real(
        sql="INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (6, 1, 4711, -3021, "
        "CURRENT_TIMESTAMP);",
        kind=StatementKind.INSERT,
        written=("pgbench_history",),
    ),
    "psql describe": Real(
        sql="SELECT c.oid,\n  n.nspname,\n  c.relname\nFROM pg_catalog.pg_class c\n     LEFT JOIN "
        "pg_catalog.pg_namespace n ON n.oid = c.relnamespace\nWHERE c.relname OPERATOR(pg_catalog.~"
        ") '^(a)$' COLLATE pg_catalog.default\n  AND pg_catalog.pg_table_is_visible(c.oid)\nORDER "
        "BY 2, 3;",
        read=("pg_catalog.pg_class", "pg_catalog.pg_namespace"),
        is_catalog=True,
    ),
    "asyncpg introspection": Real(
        sql="WITH RECURSIVE typeinfo_tree(oid, ns, depth) AS (SELECT ti.oid, ti.ns, 0 FROM "
        "(SELECT t.oid, ns.nspname AS ns FROM pg_catalog.pg_type AS t INNER JOIN "
        "pg_catalog.pg_namespace ns ON (ns.oid = t.typnamespace)) AS ti WHERE ti.oid = any($1"
        "::oid[]) UNION ALL SELECT ti.oid, ti.ns, tt.depth + 1 FROM pg_catalog.pg_type AS ti, "
        "typeinfo_tree AS tt WHERE tt.ns IS NOT NULL) SELECT DISTINCT *, basetype::regtype::text "
        "FROM typeinfo_tree ORDER BY depth DESC",
        read=("pg_catalog.pg_type", "pg_catalog.pg_namespace"),
        is_catalog=True,
    ),
    "rails find": Real(
        sql='SELECT "users".* FROM "users" WHERE "users"."id" = $1 LIMIT $2 '
        "/*action='show',application='Shop',controller='users'*/",
        read=("users",),
        is_lookup=True,
    ),
    "rails exists": Real(
        sql='SELECT 1 AS one FROM "users" WHERE "users"."email" = \'it\'\'s\' LIMIT 1',
        read=("users",),
        is_lookup=True,
    ),
    "rails attributes": Real(
        sql="SELECT a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, "
        "d.adrelid) FROM pg_attribute a LEFT JOIN pg_attrdef d ON a.attrelid = d.adrelid AND "
        "a.attnum = d.adnum WHERE a.attrelid = '\"users\"'::regclass AND a.attnum > 0",
        read=("pg_attribute", "pg_attrdef"),
        is_catalog=True,
    ),
    "rails save": Real(
        sql='DELETE FROM "likes" WHERE "likes"."id" = $1',
        kind=StatementKind.DELETE,
        written=("likes",),
        is_keyed_write=True,
    ),
    "queue": Real(
        sql="UPDATE jobs SET state = 'running' WHERE id = (SELECT id FROM jobs WHERE state = "
        "'queued' ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING *",
        kind=StatementKind.UPDATE,
        read=("jobs",),
        written=("jobs",),
    ),
    "upsert": Real(
        sql="INSERT INTO counters AS c (k, n) VALUES ($1, 1) ON CONFLICT (k) DO UPDATE SET n = "
        "c.n + EXCLUDED.n",
        kind=StatementKind.INSERT,
        written=("counters",),
    ),
    "json": Real(
        sql="SELECT id FROM events WHERE data @> '{\"a\": 1}' AND data ? 'k' AND data ?| ARRAY['a',"
        " 'b'] AND data #>> '{x,y}' = 'z'",
        read=("events",),
    ),
    "row values": Real(
        sql="SELECT * FROM posts WHERE (created_at, id) < ('2024-01-01', 99) ORDER BY created_at "
        "DESC, id DESC LIMIT 50",
        read=("posts",),
    ),
}
_ALL = pytest.mark.parametrize("real", _STATEMENTS.values(), ids=_STATEMENTS)


@_ALL
def test_tells_what_it_does(real: Real) -> None:
    shape = shape_of(real.sql)

    assert (
        Real(
            sql=real.sql,
            kind=shape.kind,
            read=shape.tables_read,
            written=shape.tables_written,
            is_lookup=shape.is_single_row_lookup,
            is_keyed_write=shape.is_keyed_write,
            is_catalog=shape.touches_catalog_only,
        )
        == real
    )
    assert shape.is_parsed


@_ALL
def test_its_id_survives_normalizing_and_masking(real: Real) -> None:
    found = fingerprint(real.sql)

    assert found.is_parsed
    assert fingerprint(normalize(real.sql)) == found
    assert fingerprint(mask_literals(real.sql)) == found


@_ALL
def test_its_normalized_statement_is_settled(real: Real) -> None:
    once = normalize(real.sql)

    assert normalize(once) == once


@_ALL
def test_its_display_keeps_every_word(real: Real) -> None:
    shown = pretty(real.sql, 80)

    assert "".join(shown.split()).lower() == "".join(real.sql.split()).lower()
