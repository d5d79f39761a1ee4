"""Advice gets its DDL, the application's spelling, its server and its model."""

from dataclasses import replace

import pytest

from aegis_cli.model.facts.catalog import Constraint, ConstraintKind, Table, TableKind
from aegis_cli.model.facts.index_advice import Advice, DropReason, SearchOutcome
from aegis_cli.model.location import CodeLocation
from aegis_cli.model.quantity import Basis
from aegis_cli.testing.index_builders import (
    a_definition,
    a_drop_advice,
    an_existing_index,
    an_index_advice,
    an_outcome,
)
from aegis_cli.usecases.index_advise.request import Spelling
from aegis_cli.usecases.index_advise.spelled import spelled
from tests.fakes.catalog import existing, index, snapshot, table, table_name

SEARCH = SearchOutcome(
    cost_before=1.0,
    cost_after=1.0,
    write_cost_before=0.0,
    write_cost_after=0.0,
    lower_bound=1.0,
    candidates=1,
    candidates_useful=1,
    explains=1,
    cache_hits=0,
    elapsed_s=0.1,
    is_time_limited=False,
    basis=Basis.PLANNER,
    size_bytes=0,
    budget_bytes=None,
)
MODEL = CodeLocation(path="shop/models.py", line=7, function="Order")


def advice_on(*keys: str) -> Advice:
    """Build advice that creates one index on orders and drops another."""
    create = an_index_advice(
        a_definition("orders", keys), [an_outcome("SELECT 1")], name="orders_new_idx"
    )
    drop = a_drop_advice(
        an_existing_index("orders_old_idx", a_definition("orders", ["a"])),
        DropReason.REPLACED,
        covered_by="orders_new_idx",
    )
    return Advice(creates=(create,), drops=(drop,), statements=(), search=SEARCH)


def orders() -> Table:
    """Build a table with a foreign key and one that is none."""
    key = Constraint(
        name="fk",
        kind=ConstraintKind.FOREIGN_KEY,
        columns=("user_id",),
        definition="",
        referenced_table=table_name("users"),
    )
    return table("orders", ["id", "user_id", "trace_id"], constraints=[key])


@pytest.mark.parametrize(
    ("spelling", "text"),
    [
        (Spelling.DDL, ""),
        (Spelling.DJANGO, "models.Index(fields=['user', 'trace_id'], name='orders_new_idx')"),
        (Spelling.SQLALCHEMY, "Index('orders_new_idx', 'user_id', 'trace_id', "),
    ],
)
def test_the_spelling_that_was_asked_for_stands_beside_the_ddl(
    spelling: Spelling, text: str
) -> None:
    (create,) = spelled(advice_on("user_id", "trace_id"), snapshot(orders()), spelling).creates

    assert create.ddl == (
        "CREATE INDEX CONCURRENTLY orders_new_idx ON public.orders (user_id, trace_id);"
    )
    assert text in create.spelled
    assert bool(create.spelled) == bool(text)


def test_server_and_model_are_known_afterwards() -> None:
    advice = spelled(advice_on("id"), snapshot(orders()), models={"orders": MODEL})

    (create,), (drop,) = advice.creates, advice.drops
    assert (create.server, create.model) == ("db:5432/shop", MODEL)
    assert (drop.server, drop.model) == ("db:5432/shop", MODEL)
    assert drop.ddl == "DROP INDEX CONCURRENTLY public.orders_old_idx;"


def test_indexes_of_partitioned_tables_are_written_part_by_part() -> None:
    top = replace(orders(), kind=TableKind.PARTITIONED)
    taken = existing("orders_1_id_idx", index("orders_1", "trace_id"))
    part = replace(
        table("orders_1", ["id"], indexes=[taken]), parents=(top.name,), partition_bound="DEFAULT"
    )

    advice = spelled(advice_on("id"), snapshot(top, part))

    assert advice.creates[0].ddl.splitlines() == [
        "CREATE INDEX orders_new_idx ON ONLY public.orders (id);",
        "CREATE INDEX CONCURRENTLY orders_1_id_idx2 ON public.orders_1 (id);",
        "ALTER INDEX public.orders_new_idx ATTACH PARTITION public.orders_1_id_idx2;",
    ]
    assert "CONCURRENTLY" not in advice.drops[0].ddl.splitlines()[1]
