"""Rows are read where that makes sense only, and the report says which sizes come from them."""

from dataclasses import replace
from pathlib import Path

import pytest

from aegis_cli.model.errors import UsageError
from aegis_cli.model.quantity import Basis
from aegis_cli.testing.index_builders import a_definition, an_index_advice
from aegis_cli.usecases.index_advise.request import Request, check
from aegis_cli.usecases.index_advise.sections import indexes_section

ESTIMATED = an_index_advice(a_definition("orders", ["user_id"]), [], name="first_idx")
SAMPLED = replace(ESTIMATED, name="second_idx", size_basis=Basis.MEASURED)


@pytest.mark.parametrize(
    "request_of",
    [
        Request(dsn="mysql://db/shop", sample_rows=True),
        Request(dsn="sqlite:///shop.db", sample_rows=True),
        Request(snapshot=Path("shop.snapshot"), sample_rows=True),
        Request(workload=("app.log",), sample_rows=True),
    ],
)
def test_rows_are_read_of_a_live_postgresql_only(request_of: Request) -> None:
    with pytest.raises(UsageError, match="live PostgreSQL only"):
        check(request_of)


def test_rows_of_a_postgresql_may_be_read() -> None:
    check(Request(dsn="postgresql://db/shop", sample_rows=True))


def test_sizes_from_rows_are_marked() -> None:
    section = indexes_section([ESTIMATED, SAMPLED])

    assert section is not None
    assert section.columns[-1].key == "size_basis"
    assert [row[-1] for row in section.rows] == [None, "measured"]


def test_without_such_sizes_there_is_no_mark() -> None:
    section = indexes_section([ESTIMATED])

    assert section is not None
    assert "size_basis" not in [each.key for each in section.columns]
