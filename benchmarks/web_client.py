"""A pooled web application without faults: a few different statements per request."""

import random
import time
from collections.abc import Callable

from benchmarks.shop_client import COUNT, SEARCH, SESSION, Session
from benchmarks.truth import Truth

REQUESTS = 300
PAUSE_S = 0.02

USER = (
    'SELECT "shop_customer"."id", "shop_customer"."email", "shop_customer"."is_active"'
    ' FROM "shop_customer" WHERE "shop_customer"."id" = %s LIMIT 21'
)
DETAIL = (
    'SELECT "shop_product"."id", "shop_product"."name", "shop_product"."price",'
    ' "shop_category"."name" FROM "shop_product" INNER JOIN "shop_category"'
    ' ON ("shop_product"."category_id" = "shop_category"."id")'
    ' WHERE "shop_product"."id" = %s LIMIT 21'
)
LIST = (
    'SELECT "shop_product"."id", "shop_product"."name", "shop_product"."price"'
    ' FROM "shop_product" WHERE "shop_product"."category_id" = %s'
    ' ORDER BY "shop_product"."id" ASC LIMIT 20'
)
PREFETCH = (
    'SELECT "shop_review"."id", "shop_review"."product_id", "shop_review"."rating"'
    ' FROM "shop_review" WHERE "shop_review"."product_id" IN %s'
)
BASKET = (
    'INSERT INTO "shop_orderitem" ("order_id", "product_id", "quantity", "unit_price")'
    ' VALUES (%s, %s, %s, %s) RETURNING "shop_orderitem"."id"'
)


def browse(session: Session, draw: random.Random, *, explicit: bool) -> Truth:
    """Serve requests, a random time apart, each in a transaction or all in autocommit."""
    pages = (_detail, _list, _search, _basket)
    for _ in range(REQUESTS):
        (page,) = draw.choices(pages, weights=(6, 2, 1, 1))
        session.in_unit(explicit=explicit, request=_request(session, draw, page))
        time.sleep(draw.expovariate(1 / PAUSE_S))
    session.connection.close()
    return session.truth()


def _request(
    session: Session, draw: random.Random, page: Callable[[Session, random.Random], None]
) -> Callable[[], None]:
    def serve() -> None:
        session.run(SESSION, f"{draw.getrandbits(128):032x}")
        session.run(USER, draw.randint(1, 20_000))
        page(session, draw)

    return serve


def _detail(session: Session, draw: random.Random) -> None:
    product = draw.randint(1, 5000)
    session.run(DETAIL, product)
    session.run(PREFETCH, (product,))


def _list(session: Session, draw: random.Random) -> None:
    rows = session.run(LIST, draw.randint(1, 40))
    session.run(PREFETCH, tuple(row[0] for row in rows))
    # A few lookups of one shape are no loop.
    for row in rows[: draw.randint(0, 3)]:
        session.run(DETAIL, row[0])


def _search(session: Session, draw: random.Random) -> None:
    session.run(SEARCH, "%Product 1%", tuple(draw.sample(range(1, 5000), 20)))
    session.run(COUNT, "paid")


def _basket(session: Session, draw: random.Random) -> None:
    product = draw.randint(1, 5000)
    session.run(DETAIL, product)
    session.run(BASKET, draw.randint(1, 40_000), product, 1, "9.99")
