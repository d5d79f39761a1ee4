"""The shop's views done right: what a report must not complain about."""

from typing import Final

from aegis_cli.usecases.demo.connection import Connection, tagged

STOCK_ROWS: Final = 100
CUSTOMERS_PER_PAGE: Final = 200

PRODUCT: Final = tagged(
    "SELECT id, sku, name, price, in_stock FROM products WHERE id = %s",
    controller="catalog",
    route="/products/<id>",
)
ORDERS_OF_CUSTOMER: Final = tagged(
    "SELECT o.id, o.placed_at, o.total, c.name FROM orders o"
    " JOIN customers c ON c.id = o.customer_id WHERE o.customer_id = %s"
    " ORDER BY o.id DESC LIMIT 20",
    controller="account",
    route="/account/orders",
)
ORDER_LINES: Final = tagged(
    "SELECT i.order_id, i.line, i.quantity, p.name FROM order_items i"
    " JOIN products p ON p.id = i.product_id WHERE i.order_id = ANY(%s)"
    " ORDER BY i.order_id, i.line",
    controller="account",
    route="/account/orders",
)
CUSTOMERS_AFTER: Final = "SELECT id, name, email FROM customers WHERE id > %s ORDER BY id LIMIT 200"
STOCK_BATCH: Final = "INSERT INTO stock_movements (product_id, quantity, reason) VALUES " + (  # noqa: S608 - placeholders only
    ", ".join(("(%s, %s, %s)",) * STOCK_ROWS)
)


def show_product(connection: Connection, product_id: int) -> None:
    """Fetch one product by its key: one indexed lookup a request."""
    with connection.transaction():
        connection.execute(PRODUCT, (product_id,))


def show_account(connection: Connection, customer_id: int) -> None:
    """Fetch orders joined with their customer, and all their lines in one more query."""
    with connection.transaction():
        orders = connection.execute(ORDERS_OF_CUSTOMER, (customer_id,))
        connection.execute(ORDER_LINES, ([order_id for order_id, *_ in orders],))


def walk_customers(connection: Connection, pages: int) -> None:
    """Page through customers by the last key seen."""
    last: object = 0
    for _ in range(pages):
        with connection.transaction():
            page = connection.execute(CUSTOMERS_AFTER, (last,))
        last = page[-1][0]


def book_stock(connection: Connection, first_product: int) -> None:
    """Insert a hundred rows with one statement."""
    values: list[object] = []
    for product_id in range(first_product, first_product + STOCK_ROWS):
        values += (product_id, product_id % 7, "recount")
    with connection.transaction():
        connection.execute(STOCK_BATCH, values)
