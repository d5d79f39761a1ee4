"""The shop's nightly report with planted faults, a program to be profiled: nothing but Python."""

import asyncio
import sqlite3
import time

CUSTOMERS = 240
ALERTS = 12
WORDS = 2600

SENT: list[str] = []


def open_shop() -> sqlite3.Connection:
    """Make a database in memory with customers and their orders."""
    shop = sqlite3.connect(":memory:")
    shop.execute("CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT)")
    shop.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER, total INTEGER)")
    names = [(number, f"customer {number}") for number in range(CUSTOMERS)]
    orders = [(number % CUSTOMERS, number * 7 % 990) for number in range(CUSTOMERS * 3)]
    shop.executemany("INSERT INTO customers VALUES (?, ?)", names)
    shop.executemany("INSERT INTO orders (customer_id, total) VALUES (?, ?)", orders)
    shop.commit()
    return shop


def revenue_by_customer(shop: sqlite3.Connection) -> dict[str, int]:
    """Ask for each customer's orders by itself (guide 1.1, N+1)."""
    revenue = {}
    for number, name in shop.execute("SELECT id, name FROM customers").fetchall():
        orders = shop.execute("SELECT total FROM orders WHERE customer_id = ?", (number,))
        revenue[name] = sum(total for (total,) in orders.fetchall())
    return revenue


def distinct_words(words: list[str]) -> list[str]:
    """Look every word up in a list that grows (guide 5.3, bottlenecks)."""
    distinct: list[str] = []
    for word in words:
        if word not in distinct:
            distinct.append(word)
    return distinct


async def send_alert(number: int) -> None:
    """Wait with a call that stops the event loop (guide 3.2, asynchronous work)."""
    await asyncio.sleep(0)
    time.sleep(0.06)  # noqa: ASYNC251  # planted
    SENT.append(f"alert {number}")


async def send_alerts() -> None:
    """Send all alerts at once, or so it seems."""
    await asyncio.gather(*(send_alert(number) for number in range(ALERTS)))


def main() -> None:
    """Write the report."""
    with open_shop() as shop:
        revenue_by_customer(shop)
    for _ in range(24):
        distinct_words([f"word {number}" for number in range(WORDS)])
    asyncio.run(send_alerts())


if __name__ == "__main__":
    main()
