"""The advisor end to end, against a planner with a simple cost model."""

from collections.abc import Callable
from itertools import count

from aegis_cli.indexing.advise import advise
from aegis_cli.indexing.limits import Limits
from aegis_cli.model.facts.index_advice import AdviceKind
from aegis_cli.model.facts.index_workload import IndexWorkload
from tests.fakes.catalog import (
    access,
    condition,
    index,
    snapshot,
    statement,
    statistics,
    table,
    table_name,
)
from tests.fakes.planner import FakePlanner, Scan

ORDERS = table("orders", ("id", "user_id", "status", "created_at", "total"), key=("id",))
STATISTICS = (
    statistics("orders", "user_id", distinct=50_000),
    statistics("orders", "status", distinct=5),
    statistics("orders", "created_at", distinct=-0.9),
)
BY_USER = "SELECT * FROM orders WHERE user_id = $1"
USER_SCAN = Scan(table=table_name("orders"), equal={"user_id": 2e-5})


def ticking() -> Callable[[], float]:
    """Return a clock that moves on by a millisecond each time it is read."""
    ticks = count()
    return lambda: next(ticks) / 1000


def test_proposes_the_index_a_full_scan_lacks() -> None:
    shop = snapshot(ORDERS, statistics=STATISTICS)
    planner = FakePlanner(snapshot=shop, statements={BY_USER: (USER_SCAN,)})
    workload = IndexWorkload(
        statements=(statement(BY_USER, access("orders", condition("user_id")), calls=100),)
    )

    advice = advise(workload, shop, planner, Limits(), clock=ticking())

    (created,) = advice.creates
    assert created.name == "orders_user_id_idx"
    assert created.definition == index("orders", "user_id")
    assert created.kind is AdviceKind.MISSING
    assert created.marginal_loss == advice.search.cost_before - advice.search.cost_after
    (helped,) = created.helped
    assert helped.cost_before == 20_000.0
    assert helped.indexes_after == ("orders_user_id_idx",)
    assert helped.plan_after.startswith("Scan using orders_user_id_idx")
    assert set(planner.known) == {"orders_user_id_idx"}
