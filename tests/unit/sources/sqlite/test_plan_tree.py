"""Plans of SQLite are read in the notations of its versions."""

from pathlib import Path

import pytest

from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.sources.sqlite.plan_tree import Loop, plan_steps, plan_text, read_loop
from aegis_cli.sources.sqlite.target import sqlite_path


def loop(name: str, **parts: object) -> Loop:
    """Return a scan, but for the parts given."""
    whole: dict[str, object] = {
        "is_search": False,
        "index": None,
        "is_primary": False,
        "is_covering": False,
        "is_automatic": False,
        "equal": 0,
        "equal_keys": (),
        "is_ranged": False,
    }
    return Loop(name=name, **(whole | parts))  # type: ignore[arg-type]  # a test's shorthand


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ("SCAN t", loop("t")),
        ("SCAN TABLE users AS u USING INDEX my idx", loop("u", index="my idx")),
        (
            "SEARCH t USING COVERING INDEX i (a=? AND b>? AND b<?)",
            loop(
                "t",
                is_search=True,
                index="i",
                is_covering=True,
                equal=1,
                equal_keys=("a",),
                is_ranged=True,
            ),
        ),
        (
            "SEARCH t USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
            loop("t", is_search=True, is_primary=True, equal=1, equal_keys=("rowid",)),
        ),
        (
            "SEARCH t USING AUTOMATIC COVERING INDEX (x=?)",
            loop(
                "t",
                is_search=True,
                is_automatic=True,
                is_covering=True,
                equal=1,
                equal_keys=("x",),
            ),
        ),
        (
            "SEARCH t USING INDEX i (ANY(a) AND b=?)",
            loop("t", is_search=True, index="i", equal=1, equal_keys=("b",), skipped=1),
        ),
        ("SCAN 3 CONSTANT ROWS", None),
        ("USE TEMP B-TREE FOR ORDER BY", None),
    ],
)
def test_reads_how_a_table_is_walked(detail: str, expected: Loop | None) -> None:
    assert read_loop(detail) == expected


def test_lines_become_a_tree_and_text_again() -> None:
    steps = plan_steps([(2, 0, 0, "MULTI-INDEX OR"), (3, 2, 0, "INDEX 1"), (9, 0, 0, "SCAN u")])

    assert [each.detail for each in steps] == ["MULTI-INDEX OR", "SCAN u"]
    assert plan_text(steps) == "MULTI-INDEX OR\n  INDEX 1\nSCAN u"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("sqlite:///shop.db", Path("shop.db")),
        ("sqlite:////srv/shop", Path("/srv/shop")),
        ("shop.sqlite3", Path("shop.sqlite3")),
        ("shop.sql", None),
        ("mysql://host/db", None),
    ],
)
def test_targets_are_recognized(target: str, expected: Path | None) -> None:
    assert sqlite_path(target) == expected


def test_any_file_with_the_header_is_a_target(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"SQLite format 3\x00" + bytes(84))

    assert sqlite_path(str(path)) == path


def test_database_in_memory_is_refused() -> None:
    with pytest.raises(SourceUnavailable):
        sqlite_path("sqlite:///:memory:")
