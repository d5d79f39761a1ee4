"""What keeping an index up costs is never silently zero."""

from dataclasses import replace

import pytest

from aegis_cli.engine.detector import AnyDetector, RunContext
from aegis_cli.engine.pipeline import run
from aegis_cli.model.evidence import Measurement
from aegis_cli.model.facts.index_advice import Dialect, DropReason, IndexAdvice
from aegis_cli.rules import indexes
from aegis_cli.testing.index_builders import (
    a_definition,
    a_drop_advice,
    an_existing_index,
    an_index_advice,
    an_outcome,
)
from aegis_cli.usecases.index_advise.sections import drops_section, indexes_section
from aegis_cli.usecases.index_advise.unknown_writes import unknown_writes
from tests.unit.usecases.index_advise.test_sections import ADVICE


def blind(table: str) -> IndexAdvice:
    """Build an index on a table of which nobody knows the writes."""
    create = an_index_advice(a_definition(table, ["a"]), [an_outcome("SELECT 1")])
    return replace(create, write_cost=0.0, write_cost_per_day=0.0, writes_known=False)


def numbers_of(fact: object) -> set[str]:
    """Return the names of the numbers that the findings about a fact show as evidence."""
    detectors: list[AnyDetector] = [
        each(each.options_type(), RunContext(recheck="")) for each in indexes.aegis_detectors()
    ]
    found = run([fact], detectors).findings
    evidence = [one for each in found for one in each.evidence]
    return {each.name for each in evidence if isinstance(each, Measurement)}


def test_known_writes_need_no_word() -> None:
    assert list(unknown_writes(ADVICE)) == []
    assert list(unknown_writes(None)) == []


def test_each_table_of_unknown_writes_is_named_once() -> None:
    advice = replace(ADVICE, creates=(blind("orders"), blind("orders"), blind("users")))

    (skipped,) = unknown_writes(advice)

    assert skipped.subject == "public.orders, public.users"
    assert "how often rows are written to public.orders, public.users is unknown" in (
        skipped.reason.en
    )
    assert "쓰는지 알 수 없어" in skipped.reason.ko


def test_many_tables_are_counted() -> None:
    advice = replace(ADVICE, creates=tuple(blind(f"t{number}") for number in range(8)))

    (skipped,) = unknown_writes(advice)

    assert skipped.subject.endswith("public.t4 (+3)")


@pytest.mark.parametrize(
    ("dialect", "word"),
    [
        (Dialect.POSTGRESQL, "pg_stat_statements"),
        (Dialect.MYSQL, "Add the statements that write"),
        (Dialect.SQLITE, "Add the statements that write"),
    ],
)
def test_the_hint_fits_the_database(dialect: Dialect, word: str) -> None:
    (skipped,) = unknown_writes(replace(ADVICE, dialect=dialect, creates=(blind("t"),)))

    assert word in skipped.hint.en


def test_sections_show_unknown_instead_of_zero() -> None:
    known = an_index_advice(a_definition("orders", ["a"]), [an_outcome("SELECT 1")])
    drop = a_drop_advice(
        an_existing_index("old_idx", a_definition("orders", ["a"])), DropReason.PREFIX
    )

    creates = indexes_section([known, blind("orders")])
    drops = drops_section([drop, replace(drop, writes_known=False)])

    assert creates is not None
    assert drops is not None
    at = [each.key for each in creates.columns].index("write_cost")
    assert [row[at] for row in creates.rows] == [100.0, None]
    assert [row[at + 1] for row in creates.rows] == [None, None]
    at = [each.key for each in drops.columns].index("write_cost_saved")
    assert [row[at] for row in drops.rows] == [50.0, None]


def test_findings_leave_unknown_costs_out() -> None:
    drop = a_drop_advice(
        an_existing_index("old_idx", a_definition("orders", ["a"])), DropReason.DUPLICATE
    )

    assert "write_cost" in numbers_of(replace(blind("orders"), writes_known=True))
    assert not {"write_cost", "write_cost_per_day"} & numbers_of(blind("orders"))
    assert "write_cost_saved" in numbers_of(drop)
    assert "write_cost_saved" not in numbers_of(replace(drop, writes_known=False))
