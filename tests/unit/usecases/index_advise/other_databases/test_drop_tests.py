"""Which indexes of MySQL are tested, and what a test means for the advice."""

from dataclasses import replace

import pytest

from aegis_cli.model.facts.catalog import ExistingIndex, Table, TableKind
from aegis_cli.model.facts.index_advice import Advice, DropReason, SearchOutcome
from aegis_cli.model.quantity import Basis
from aegis_cli.testing.index_builders import a_definition, a_drop_advice, an_existing_index
from aegis_cli.usecases.index_advise.other_databases.drop_section import (
    drops_tested,
    without_needed,
)
from aegis_cli.usecases.index_advise.other_databases.drop_tests import (
    DropTest,
    DropVerdict,
    droppable,
)

SEARCH = SearchOutcome(
    cost_before=1.0,
    cost_after=1.0,
    write_cost_before=0.0,
    write_cost_after=0.0,
    lower_bound=1.0,
    candidates=0,
    candidates_useful=0,
    explains=0,
    cache_hits=0,
    elapsed_s=0.0,
    is_time_limited=False,
    basis=Basis.HEURISTIC,
    size_bytes=0,
    budget_bytes=None,
)
SHORT = an_existing_index("short", a_definition("orders", ["a"]))
LONG = an_existing_index("long", a_definition("orders", ["a", "b"]), scans=0)
IDLE = an_existing_index("idle", a_definition("orders", ["c"]), scans=0)
BUSY = an_existing_index("busy", a_definition("orders", ["d"]))
KEY = an_existing_index("key", a_definition("orders", ["e"]), scans=0, constraint="key")


def orders(*indexes: ExistingIndex) -> Table:
    """Build the table with its indexes."""
    name = a_definition("orders", ["a"]).table
    return Table(name=name, kind=TableKind.TABLE, columns=(), indexes=indexes)


def advice(reason: DropReason = DropReason.PREFIX, covered_by: str | None = "long") -> Advice:
    """Build advice that drops the short index."""
    drop = a_drop_advice(SHORT, reason, covered_by=covered_by)
    return Advice(creates=(), drops=(drop,), statements=(), search=SEARCH)


def names(found: Advice, table: Table) -> list[str]:
    """Return what is to be tested."""
    return [index.name for _, index in droppable(found, [table])]


def test_advised_drops_and_idle_indexes_are_tested() -> None:
    assert names(advice(), orders(SHORT, IDLE, BUSY)) == ["short", "idle"]


def test_an_idle_index_that_does_the_work_of_one_that_goes_is_not() -> None:
    assert names(advice(), orders(SHORT, LONG)) == ["short"]


def test_what_enforces_a_constraint_or_is_hidden_already_is_not() -> None:
    hidden = replace(IDLE, is_valid=False)

    assert names(advice(), orders(KEY, hidden)) == []


@pytest.mark.parametrize("scans", [0, 100])
def test_what_a_new_index_will_replace_cannot_be_tested(scans: int) -> None:
    short = replace(SHORT, scans=scans)

    assert names(advice(DropReason.REPLACED, "new_idx"), orders(short)) == []


@pytest.mark.parametrize(
    ("verdict", "stays"),
    [
        (DropVerdict.UNREAD, False),
        (DropVerdict.REPLACED, False),
        (DropVerdict.WORSE, True),
        (DropVerdict.NAMED, True),
    ],
)
def test_an_index_that_is_needed_is_no_longer_advised_to_drop(
    verdict: DropVerdict, *, stays: bool
) -> None:
    test = DropTest(table="orders", index="short", verdict=verdict, statements=1)

    assert (without_needed(advice(), [test]).drops == ()) is stays


def test_every_test_is_shown() -> None:
    test = DropTest(
        table="orders", index="short", verdict=DropVerdict.WORSE, statements=2, worse=1,
        rows_with=10.0, rows_without=500.0,
    )  # fmt: skip

    (section,) = drops_tested([test])

    assert section.rows == (("short", "orders", "plans get worse", 2, 1, 10.0, 500.0),)
    assert list(drops_tested([])) == []
