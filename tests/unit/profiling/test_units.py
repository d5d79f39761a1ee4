"""A unit of work is told to whoever captures, and to nobody else."""

import sqlite3
from contextlib import closing

from aegis_cli.api import is_captured, profile, unit_of_work


def _units_of(block_rows: object) -> list[str]:
    assert isinstance(block_rows, tuple)
    return sorted(str(row[0]) for row in block_rows)


def test_a_block_counts_statements_by_unit() -> None:
    with closing(sqlite3.connect(":memory:")), profile("shop") as block:
        assert is_captured()
        with closing(sqlite3.connect(":memory:")) as connection:
            for name in ("GET /orders", "GET /orders", "GET /cart"):
                with unit_of_work(name):
                    connection.execute("SELECT 1")

    (section,) = (each for each in block.report.sections if each.id == "units-of-work")
    assert _units_of(section.rows) == ["GET /cart", "GET /orders"]


def test_a_unit_inside_another_is_one_of_its_own() -> None:
    with (
        profile("shop") as block,
        closing(sqlite3.connect(":memory:")) as connection,
        unit_of_work("outer"),
    ):
        connection.execute("SELECT 1")
        with unit_of_work("inner"):
            connection.execute("SELECT 2")
        connection.execute("SELECT 3")

    (section,) = (each for each in block.report.sections if each.id == "units-of-work")
    assert {row[0]: row[2] for row in section.rows} == {"outer": 2, "inner": 1}
