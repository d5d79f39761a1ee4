"""A shop backend with planted faults, talking to the server through psycopg2."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeAlias

import psycopg2
import psycopg2.extensions

from benchmarks.truth import Plant, Truth

Row: TypeAlias = tuple[object, ...]

ORDERS = (
    'SELECT "shop_order"."id", "shop_order"."number", "shop_order"."status",'
    ' "shop_order"."total", "shop_order"."currency", "shop_order"."note",'
    ' "shop_order"."customer_id", "shop_order"."shipping_address_id" FROM "shop_order"'
    ' WHERE ("shop_order"."status" = %s AND "shop_order"."id" > %s)'
    ' ORDER BY "shop_order"."id" ASC LIMIT %s'
)
ORDER_CUSTOMER = (
    'SELECT "shop_customer"."id", "shop_customer"."email", "shop_customer"."first_name",'
    ' "shop_customer"."last_name", "shop_customer"."created_at" FROM "shop_customer"'
    ' WHERE "shop_customer"."id" = %s LIMIT 21'
)
ORDER_ITEMS = (
    'SELECT "shop_orderitem"."id", "shop_orderitem"."product_id", "shop_orderitem"."quantity",'
    ' "shop_orderitem"."unit_price" FROM "shop_orderitem" WHERE "shop_orderitem"."order_id" = %s'
)
ITEM_PRODUCT = (
    'SELECT "shop_product"."id", "shop_product"."sku", "shop_product"."name",'
    ' "shop_product"."price" FROM "shop_product" WHERE "shop_product"."id" = %s LIMIT 21'
)
PRODUCTS = (
    "SELECT p.id, p.sku, p.name, p.category_id FROM shop_product AS p"
    " WHERE p.price BETWEEN %s AND %s ORDER BY p.id LIMIT %s"
)
PRODUCT_CATEGORY = "SELECT c.id, c.name, c.slug FROM shop_category AS c WHERE c.id = %s"
ADD_EVENT = (
    'INSERT INTO "shop_event" ("kind", "payload", "created_at") VALUES (%s, %s, now())'
    ' RETURNING "shop_event"."id"'
)
SETTING = 'SELECT "shop_setting"."value" FROM "shop_setting" WHERE "shop_setting"."key" = %s'
SESSION = (
    'SELECT "django_session"."session_key", "django_session"."session_data",'
    ' "django_session"."expire_date" FROM "django_session"'
    ' WHERE ("django_session"."expire_date" > now() AND "django_session"."session_key" = %s)'
    " LIMIT 21"
)
SEARCH = (
    'SELECT "shop_product"."id", "shop_product"."name" FROM "shop_product"'
    ' WHERE (UPPER("shop_product"."name"::text) LIKE UPPER(%s) AND "shop_product"."id" IN %s)'
)
BROKEN_INSERT = "INSERT INTO shop_setting (key, value) VALUES ('setting.1', 'it''s there')"
BROKEN_SELECT = "SELECT nothing_here\nFROM shop_setting"
COUNT = 'SELECT COUNT(*) AS "__count" FROM "shop_order" WHERE "shop_order"."status" = %s'

BROKEN_SHARE = 0.02


@dataclass(slots=True, kw_only=True)
class Session:
    """A pooled connection that remembers what it executed."""

    connection: psycopg2.extensions.connection
    executed: Counter[str] = field(default_factory=Counter)
    samples: dict[str, str] = field(default_factory=dict)

    def run(self, template: str, *values: object) -> Sequence[Row]:
        """Execute a statement with its values put in by the client, as psycopg2 does."""
        with self.connection.cursor() as cursor:
            cursor.execute(template, values)
            rows = cursor.fetchall() if cursor.description else []
            self.executed[template] += 1
            if template not in self.samples:
                self.samples[template] = cursor.mogrify(template, values).decode()
        return rows

    def in_unit(self, *, explicit: bool, request: Callable[[], object]) -> None:
        """Serve one request, in a transaction or in autocommit."""
        self.connection.autocommit = not explicit
        request()
        if explicit:
            self.connection.commit()
            self.executed["BEGIN"] += 1
            self.executed["COMMIT"] += 1

    def truth(self) -> Truth:
        """Say what was executed, by fingerprint."""
        total = Truth()
        for template, count in self.executed.items():
            total.executed(self.samples.get(template, template), count)
        return total


@dataclass(slots=True, kw_only=True)
class Shop:
    """The views of the shop; each returns after planting at most one burst."""

    session: Session
    draw: random.Random
    truth: Truth
    unit: str

    def orders_with_customers(self) -> None:
        """List orders and ask for the customer of each: n-plus-one."""
        rows = self._orders(self.draw.randint(5, 80))
        for row in rows:
            self.session.run(ORDER_CUSTOMER, row[6])
        self._planted("orders_with_customers", "AEG1101", len(rows), ORDER_CUSTOMER)

    def products_with_categories(self) -> None:
        """Ask for the category of each product; two products may share one."""
        low = self.draw.randint(1, 500)
        rows = self.session.run(PRODUCTS, low, low + 300, self.draw.randint(8, 24))
        for row in rows:
            self.session.run(PRODUCT_CATEGORY, row[3])
        self._planted("products_with_categories", "AEG1101", len(rows), PRODUCT_CATEGORY)

    def invoices(self) -> None:
        """Ask for the items of each order and the product of each item: nested."""
        children = 0
        for order in self._orders(self.draw.randint(5, 12)):
            items = self.session.run(ORDER_ITEMS, order[0])
            for item in items:
                self.session.run(ITEM_PRODUCT, item[1])
            children += 1 + len(items)
        self._planted("invoices", "AEG1102", children, ORDER_ITEMS, ITEM_PRODUCT)

    def track_events(self) -> None:
        """Insert events one at a time."""
        size = self.draw.randint(6, 60)
        for number in range(size):
            self.session.run(ADD_EVENT, "page", f'{{"path": "/p/{number}", "who": "it\'s me"}}')
        self._planted("track_events", "AEG1401", size, ADD_EVENT)

    def render_settings(self) -> None:
        """Read one setting again and again."""
        size = self.draw.randint(6, 20)
        key = f"setting.{self.draw.randint(1, 30)}"
        for _ in range(size):
            self.session.run(SETTING, key)
        self._planted("render_settings", "AEG1106", size, SETTING)

    def search(self) -> None:
        """Serve a search page as it should be."""
        self.session.run(SESSION, f"{self.draw.getrandbits(128):032x}")
        ids = tuple(self.draw.sample(range(1, 5000), self.draw.randint(3, 40)))
        self.session.run(SEARCH, f"%{self.draw.choice(('oclock', 'x%y', 'déjà vu'))}%", ids)
        self.session.run(COUNT, self.draw.choice(("new", "paid", "shipped")))

    def broken(self) -> None:
        """Send statements that the server refuses; they have no duration and count for nothing."""
        for statement in (BROKEN_INSERT, BROKEN_SELECT):
            with self.session.connection.cursor() as cursor, suppress(psycopg2.Error):
                cursor.execute(statement)

    def _orders(self, limit: int) -> Sequence[Row]:
        status = self.draw.choice(("new", "paid", "shipped", "returned"))
        return self.session.run(ORDERS, status, self.draw.randint(1, 30_000), limit)

    def _planted(self, name: str, rule: str, size: int, *children: str) -> None:
        samples = tuple(self.session.samples[child] for child in children)
        name = f"client_{name}_{self.unit}"
        known = self.truth.plants.get(name)
        plant = known or Plant(name=name, rule=rule, unit=self.unit, children=samples)
        self.truth.planted(plant, size)


def serve(dsn: str, seed: int, requests: int, connections: int = 3, pause_s: float = 0.0) -> Truth:
    """Serve requests over a small pool of connections and say what happened."""
    draw = random.Random(seed)
    pool = [Session(connection=psycopg2.connect(dsn)) for _ in range(connections)]
    truth = Truth()
    for _ in range(requests):
        explicit = draw.random() < 0.5
        session = draw.choice(pool)
        unit = "explicit" if explicit else "autocommit"
        shop = Shop(session=session, draw=draw, truth=truth, unit=unit)
        views: list[Callable[[], None]] = [
            shop.orders_with_customers, shop.products_with_categories, shop.invoices,
            shop.track_events, shop.render_settings, shop.search,
        ]  # fmt: skip
        (view,) = draw.choices(views, weights=(4, 2, 3, 2, 1, 20))
        if not explicit and draw.random() < BROKEN_SHARE:
            session.connection.autocommit = True
            shop.broken()
        session.in_unit(explicit=explicit, request=view)
        time.sleep(draw.expovariate(1 / pause_s) if pause_s else 0)
    for session in pool:
        session.connection.close()
        truth.add(session.truth())
    return truth
