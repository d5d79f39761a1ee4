"""The shop's views with planted faults; each names the section of the guide it breaks."""

from typing import Final

from aegis_cli.usecases.demo.connection import Connect, Connection, tagged

ORDERS_PER_PAGE: Final = 25
CATEGORIES_PER_DEPARTMENT: Final = 5
PRODUCTS_PER_CATEGORY: Final = 6
EXPORT_PAGE: Final = 500

ORDER_PAGE: Final = tagged(
    "SELECT id, customer_id, placed_at, status, total FROM orders"
    " WHERE id <= %s ORDER BY id DESC LIMIT 25",
    controller="orders",
    route="/orders",
    file="shop/views/orders.py",
    line="18",
)
CUSTOMER_OF_ORDER: Final = tagged(
    "SELECT id, name, email, city FROM customers WHERE id = %s",
    controller="orders",
    route="/orders",
    file="shop/views/orders.py",
    line="21",
)
DEPARTMENT_CATEGORIES: Final = tagged(
    "SELECT id, name FROM categories WHERE department_id = %s ORDER BY id",
    controller="catalog",
    route="/departments/<id>",
)
CATEGORY_PRODUCTS: Final = tagged(
    "SELECT id, name, price FROM products WHERE category_id = %s ORDER BY id LIMIT 6",
    controller="catalog",
    route="/departments/<id>",
)
LATEST_REVIEW: Final = tagged(
    "SELECT id, rating, body FROM reviews WHERE product_id = %s ORDER BY id DESC LIMIT 1",
    controller="catalog",
    route="/departments/<id>",
)
IMPORT_ROW: Final = "INSERT INTO import_rows (batch, sku, quantity, price) VALUES (%s, %s, %s, %s)"
EXPORT_ORDERS: Final = (
    "SELECT id, placed_at, status, total FROM orders ORDER BY placed_at, id LIMIT %s OFFSET %s"
)
PRICE_RANGES: Final = tagged(
    "SELECT c.id, c.name, min(p.price), max(p.price), count(*) FROM categories c"
    " JOIN products p ON p.category_id = c.id WHERE p.in_stock > %s"
    " GROUP BY c.id, c.name ORDER BY c.id",
    controller="home",
    route="/",
)
CHANGE_PRICE: Final = "UPDATE products SET price = price + %s WHERE id = %s"
FIND_SERIAL: Final = tagged(
    "SELECT order_id, line, product_id FROM order_items WHERE serial_number = %s",
    controller="warranty",
    route="/warranty/<serial>",
)
OPEN_ORDERS: Final = "SELECT count(*) FROM orders WHERE customer_id = %s AND status = 'paid'"


def list_orders(connection: Connection, newest: int) -> None:
    """List a page of orders and fetch each one's customer by itself (guide 1.1, N+1)."""
    with connection.transaction():
        for _, customer_id, *_ in connection.execute(ORDER_PAGE, (newest,)):
            connection.execute(CUSTOMER_OF_ORDER, (customer_id,))


def show_department(connection: Connection, department: int) -> None:
    """Walk categories, their products and the latest review of each (guide 1.1, nested N+1)."""
    with connection.transaction():
        for category_id, _ in connection.execute(DEPARTMENT_CATEGORIES, (department,)):
            for product_id, *_ in connection.execute(CATEGORY_PRODUCTS, (category_id,)):
                connection.execute(LATEST_REVIEW, (product_id,))


def import_deliveries(connection: Connection, batch: int, rows: int) -> None:
    """Insert the lines of a delivery file one at a time (guide 1.4, batches)."""
    with connection.transaction():
        for line in range(rows):
            values = (batch, "SKU-" + str(line).zfill(6), 1 + line % 9, 5 + line % 90)
            connection.execute(IMPORT_ROW, values)


def export_orders(connection: Connection, pages: int) -> None:
    """Page through all orders with a growing OFFSET (guide 2.1, pagination)."""
    for page in range(pages):
        with connection.transaction():
            connection.execute(EXPORT_ORDERS, (EXPORT_PAGE, page * EXPORT_PAGE))


def show_home(connection: Connection) -> None:
    """Compute the same price ranges for every visitor (guide 1.3, caching)."""
    with connection.transaction():
        connection.execute(PRICE_RANGES, (0,))


def change_price(connection: Connection, product_id: int) -> None:
    """Change one price: a rare write to what the home page reads."""
    with connection.transaction():
        connection.execute(CHANGE_PRICE, (1, product_id))


def check_warranty(connection: Connection, serial_number: str) -> None:
    """Look an item up by a column without an index (guide 5.3, bottlenecks)."""
    with connection.transaction():
        connection.execute(FIND_SERIAL, (serial_number,))


def remind_customer(connect: Connect, customer_id: int) -> None:
    """Open a connection for one query and close it again (guide 4.1, connection pools)."""
    with connect("shop reminder") as connection:
        connection.execute(OPEN_ORDERS, (customer_id,))
