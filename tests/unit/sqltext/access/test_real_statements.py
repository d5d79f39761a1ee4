"""Statements that frameworks really send are understood down to their keys."""

from dataclasses import dataclass

import pytest

from aegis_cli.sqltext.access import accesses_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Real:
    """A statement somebody sends, and what an index on its tables would have to serve."""

    sql: str
    conditions: tuple[str, ...] = ()
    """Table and condition; `?` before those below OR."""
    joins: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    """The order of the first table."""


_STATEMENTS = {
    "django filter": Real(
        sql='SELECT "shop_order"."id", "shop_order"."total" FROM "shop_order" INNER JOIN'
        ' "shop_customer" ON ("shop_order"."customer_id" = "shop_customer"."id") WHERE'
        ' ("shop_customer"."email" = %s AND NOT "shop_order"."archived"'
        ' AND "shop_order"."placed_at" >= %s) ORDER BY "shop_order"."placed_at" DESC LIMIT 21',
        conditions=(
            "shop_order archived =",
            "shop_order placed_at >=",
            "shop_customer email =",
        ),
        joins=(
            "shop_order.customer_id = shop_customer.id",
            "shop_customer.id = shop_order.customer_id",
        ),
        order=("placed_at",),
    ),
    "django icontains": Real(
        sql='SELECT "a"."id" FROM "a" WHERE UPPER("a"."name"::text) LIKE UPPER(%s)',
        conditions=("a upper(name::text) LIKE",),
    ),
    "django exclude through a relation": Real(
        sql='SELECT "p"."id" FROM "p" WHERE NOT (EXISTS(SELECT 1 AS "a" FROM "t" U1 WHERE'
        ' (U1."name" = %s AND U1."post_id" = ("p"."id")) LIMIT 1))',
        conditions=("t name =",),
        joins=("p.id = t.post_id", "t.post_id = p.id"),
    ),
    "django isnull and Q": Real(
        sql='SELECT "t"."id" FROM "t" WHERE ("t"."done_at" IS NULL AND ("t"."a" = %s OR'
        ' "t"."b" IN (%s, %s))) ORDER BY "t"."rank" ASC NULLS LAST, "t"."id" ASC',
        conditions=("t done_at IS NULL", "t ?a =", "t ?b IN"),
        order=("rank", "id"),
    ),
    "django jsonfield": Real(
        sql='SELECT "t"."id" FROM "t" WHERE ("t"."data" #>> %s) = %s AND "t"."data" @> %s',
        conditions=("t data @>",),
    ),
    "sqlalchemy": Real(
        sql="SELECT orders.id AS orders_id, users_1.name AS users_1_name \nFROM orders LEFT OUTER"
        " JOIN users AS users_1 ON users_1.id = orders.user_id \nWHERE orders.status ="
        " %(status_1)s::VARCHAR AND lower(orders.note) LIKE '%%' || %(note_1)s || '%%'"
        " \n LIMIT %(param_1)s::INTEGER",
        conditions=("orders status =", "orders lower(note) LIKE"),
        joins=("orders.user_id = users.id", "users.id = orders.user_id"),
    ),
    "sqlalchemy any": Real(
        sql="SELECT t.id FROM t WHERE %(x)s = ANY (t.tags) AND t.id = ANY (%(ids)s)",
        conditions=("t id = ANY",),
    ),
    "rails": Real(
        sql='SELECT "users".* FROM "users" WHERE "users"."deleted_at" IS NULL AND'
        ' "users"."email" = $1 ORDER BY "users"."id" ASC LIMIT $2',
        conditions=("users deleted_at IS NULL", "users email ="),
        order=("id",),
    ),
    "rails polymorphic": Real(
        sql='SELECT COUNT(*) FROM "comments" WHERE "comments"."commentable_id" = $1 AND'
        ' "comments"."commentable_type" = $2',
        conditions=("comments commentable_id =", "comments commentable_type ="),
    ),
    "rails update": Real(
        sql='UPDATE "posts" SET "views" = COALESCE("views", 0) + $1 WHERE "posts"."id" = $2',
        conditions=("posts id =",),
    ),
    "a queue": Real(
        sql="DELETE FROM jobs WHERE id = (SELECT id FROM jobs WHERE state = 'ready' AND run_at <="
        " now() ORDER BY priority DESC, run_at FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING *",
        conditions=("jobs id =", "jobs state =", "jobs run_at <="),
    ),
    "keyset pagination": Real(
        sql="SELECT * FROM posts WHERE author_id = $1 AND (created_at, id) < ($2, $3)"
        " ORDER BY created_at DESC, id DESC LIMIT 20",
        conditions=("posts author_id =", "posts created_at <="),
        order=("created_at", "id"),
    ),
    "latest per group": Real(
        sql="SELECT DISTINCT ON (user_id) * FROM events WHERE kind = $1"
        " ORDER BY user_id, created_at DESC",
        conditions=("events kind =",),
        order=("user_id", "created_at"),
    ),
    "full text": Real(
        sql="SELECT id FROM docs WHERE to_tsvector('english', body) @@ plainto_tsquery($1)",
        conditions=("docs to_tsvector('english', body) @@",),
    ),
    "a report with grouping sets": Real(
        sql="SELECT region, sum(x) FROM sales WHERE day BETWEEN $1 AND $2"
        " GROUP BY GROUPING SETS ((region), ()) HAVING sum(x) > 5",
        conditions=("sales day BETWEEN",),
    ),
    "pagila's own style": Real(
        sql="SELECT f.title FROM film f, inventory i, rental r WHERE f.film_id = i.film_id AND"
        " i.inventory_id = r.inventory_id AND r.return_date IS NULL",
        conditions=("rental return_date IS NULL",),
        joins=(
            "film.film_id = inventory.film_id",
            "inventory.film_id = film.film_id",
            "inventory.inventory_id = rental.inventory_id",
            "rental.inventory_id = inventory.inventory_id",
        ),
    ),
}


@pytest.mark.parametrize("name", _STATEMENTS)
def test_a_real_statement_is_understood(name: str) -> None:
    real = _STATEMENTS[name]

    access = accesses_of(real.sql, lambda _: None)

    found = tuple(
        f"{table.table} {'?' if each.in_or else ''}{each.column or each.expression} {each.operator}"
        for table in access.tables
        for each in table.conditions
    )
    joins = tuple(
        f"{table.table}.{each.column} = {each.other_table}.{each.other_column}"
        for table in access.tables
        for each in table.joins
    )
    assert access.problem is None
    assert found == real.conditions
    assert joins == real.joins
    assert tuple(each.text for each in access.tables[0].order_by) == real.order
