"""The shop at work: several sessions at once, faulty and healthy requests mixed."""

import hashlib
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from aegis_cli.usecases.demo import faults, faulty_views, healthy_views
from aegis_cli.usecases.demo.connection import Connect, Connection, Tally

WEB_WORKERS: Final = 3
PRODUCT_VISITS: Final = 150
ACCOUNT_VISITS: Final = 60
CUSTOMER_PAGES: Final = 12
STOCK_BATCHES: Final = 6
_SEED: Final = 20260101
_THINK_S: Final = 0.002
_ORDERS: Final = 40_000
_PRODUCTS: Final = 4_000

Request: TypeAlias = Callable[[Connection], None]
Pause: TypeAlias = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendRun:
    """What the shop really executed.

    Attributes:
        executions: How often each statement ran, by the text the shop sends.
        sessions: How many sessions each application name opened.
        faults: The planted faults, with the counts a report must show.
    """

    executions: Mapping[str, int]
    sessions: Mapping[str, int]
    faults: tuple[faults.PlantedFault, ...]


def run_backend(connect: Connect, pause: Pause) -> BackendRun:
    """Serve the shop's traffic once.

    Args:
        connect: Opens a session for an application name.
        pause: Waits the given seconds, between two requests of one worker.
    """
    tally = Tally()
    counted = tally.counting(connect)
    jobs = [*_web_workers(counted, pause), *_background_jobs(counted, pause)]
    with ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(job) for job in jobs]:
            done.result()
    return BackendRun(
        executions=dict(tally.statements),
        sessions=dict(tally.sessions),
        faults=faults.PLANTED_FAULTS,
    )


def _web_workers(connect: Connect, pause: Pause) -> Iterator[Callable[[], None]]:
    """Deal the web requests out to as many workers as the shop has."""
    requests = list(_web_requests())
    random.Random(_SEED).shuffle(requests)  # noqa: S311 - an order, not a secret
    for worker in range(WEB_WORKERS):
        mine = requests[worker::WEB_WORKERS]
        yield _session_job(connect, pause, "shop web-" + str(worker + 1), mine)


def _web_requests() -> Iterator[Request]:
    for page in range(faults.ORDER_PAGES):
        newest = _ORDERS - page * 1_000
        yield partial(faulty_views.list_orders, newest=newest)
    for department in range(1, faults.DEPARTMENTS + 1):
        yield partial(faulty_views.show_department, department=department)
    for _ in range(faults.HOME_VISITS):
        yield faulty_views.show_home
    for check in range(faults.WARRANTY_CHECKS):
        serial = _serial_number(1 + check * 5_003)
        yield partial(faulty_views.check_warranty, serial_number=serial)
    for visit in range(PRODUCT_VISITS):
        product = 1 + visit * 26 % _PRODUCTS
        yield partial(healthy_views.show_product, product_id=product)
    for visit in range(ACCOUNT_VISITS):
        customer = 1 + visit * 83
        yield partial(healthy_views.show_account, customer_id=customer)


def _background_jobs(connect: Connect, pause: Pause) -> Iterator[Callable[[], None]]:
    jobs: Mapping[str, Sequence[Request]] = {
        "shop import": list(_imports()),
        "shop back office": list(_back_office()),
        "shop export": [partial(faulty_views.export_orders, pages=faults.EXPORT_PAGES)],
        "shop newsletter": [partial(healthy_views.walk_customers, pages=CUSTOMER_PAGES)],
    }
    for application_name, requests in jobs.items():
        yield _session_job(connect, pause, application_name, requests)
    yield partial(_remind, connect, pause)


def _imports() -> Iterator[Request]:
    for batch in range(1, faults.IMPORTS + 1):
        yield partial(faulty_views.import_deliveries, batch=batch, rows=faults.ROWS_PER_IMPORT)


def _back_office() -> Iterator[Request]:
    for batch in range(STOCK_BATCHES):
        first = 1 + batch * healthy_views.STOCK_ROWS
        yield partial(healthy_views.book_stock, first_product=first)
    for product in range(1, faults.PRICE_CHANGES + 1):
        yield partial(faulty_views.change_price, product_id=product)


def _session_job(
    connect: Connect, pause: Pause, application_name: str, requests: Sequence[Request]
) -> Callable[[], None]:
    """Return a worker that serves requests one after the other on one session."""

    def work() -> None:
        with connect(application_name) as session:
            for request in requests:
                request(session)
                pause(_THINK_S)

    return work


def _remind(connect: Connect, pause: Pause) -> None:
    for customer in range(1, faults.REMINDERS + 1):
        faulty_views.remind_customer(connect, customer * 11)
        pause(_THINK_S)


def _serial_number(item: int) -> str:
    """Return the serial number that shop.sql gave to an item."""
    return "SN-" + hashlib.md5(str(item).encode(), usedforsecurity=False).hexdigest()
