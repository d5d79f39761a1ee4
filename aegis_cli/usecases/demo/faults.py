"""The planted faults as data: which rule must find what, and how often it happened."""

from dataclasses import dataclass
from typing import Final

from aegis_cli.usecases.demo import faulty_views as views

ORDER_PAGES: Final = 24
DEPARTMENTS: Final = 8
IMPORTS: Final = 2
ROWS_PER_IMPORT: Final = 300
EXPORT_PAGES: Final = 40
HOME_VISITS: Final = 300
PRICE_CHANGES: Final = 3
WARRANTY_CHECKS: Final = 60
REMINDERS: Final = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedFault:
    """One fault of the shop and the exact size of it.

    Attributes:
        name: What the fault is called in prose.
        section: Section of the guide that it breaks.
        rule: Code of the rule that finds it.
        statement: The statement as the shop sends it, with the driver's placeholders.
        fragment: Lower-case words of it that no other statement of the demo holds.
        executions: How often the statement runs.
        units: In how many units of work: requests, jobs or sessions.
    """

    name: str
    section: str
    rule: str
    statement: str
    fragment: str
    executions: int
    units: int


PLANTED_FAULTS: Final = (
    PlantedFault(
        name="orders fetch each customer by itself",
        section="1.1",
        rule="AEG1101",
        statement=views.CUSTOMER_OF_ORDER,
        fragment="from customers where id =",
        executions=ORDER_PAGES * views.ORDERS_PER_PAGE,
        units=ORDER_PAGES,
    ),
    PlantedFault(
        name="departments walk categories, products and reviews",
        section="1.1",
        rule="AEG1102",
        statement=views.LATEST_REVIEW,
        fragment="from reviews where product_id =",
        executions=(DEPARTMENTS * views.CATEGORIES_PER_DEPARTMENT * views.PRODUCTS_PER_CATEGORY),
        units=DEPARTMENTS,
    ),
    PlantedFault(
        name="deliveries are imported row by row",
        section="1.4",
        rule="AEG1401",
        statement=views.IMPORT_ROW,
        fragment="insert into import_rows",
        executions=IMPORTS * ROWS_PER_IMPORT,
        units=IMPORTS,
    ),
    PlantedFault(
        name="the export pages with a growing OFFSET",
        section="2.1",
        rule="AEG2102",
        statement=views.EXPORT_ORDERS,
        fragment="from orders order by placed_at, id limit",
        executions=EXPORT_PAGES,
        units=EXPORT_PAGES,
    ),
    PlantedFault(
        name="every visitor computes the same price ranges",
        section="1.3",
        rule="AEG1301",
        statement=views.PRICE_RANGES,
        fragment="join products p on p.category_id = c.id",
        executions=HOME_VISITS,
        units=HOME_VISITS,
    ),
    PlantedFault(
        name="a serial number is searched without an index",
        section="5.3",
        rule="AEG5303",
        statement=views.FIND_SERIAL,
        fragment="from order_items where serial_number =",
        executions=WARRANTY_CHECKS,
        units=WARRANTY_CHECKS,
    ),
    PlantedFault(
        name="the reminder job connects for every query",
        section="4.1",
        rule="AEG4101",
        statement=views.OPEN_ORDERS,
        fragment="select count(*) from orders where customer_id =",
        executions=REMINDERS,
        units=REMINDERS,
    ),
)
