"""A query comes in the variant that fits the server; all our SQL keeps its rules."""

import re
from pathlib import Path

import pytest

import aegis_cli.sources.postgres
from aegis_cli.sources.postgres.query_files import is_ours, query_text

FOLDER = Path(aegis_cli.sources.postgres.__file__).parent / "queries"
FILES = sorted(FOLDER.glob("*.sql"))
VERSIONS = (130_000, 140_000, 150_000, 160_000, 170_000, 180_000)


@pytest.mark.parametrize(
    ("version", "column"),
    [
        (130_000, "FALSE AS nulls_not_distinct"),
        (140_012, "FALSE AS nulls_not_distinct"),
        (150_000, "i.indnullsnotdistinct AS nulls_not_distinct"),
        (180_001, "i.indnullsnotdistinct AS nulls_not_distinct"),
    ],
)
def test_the_variant_of_the_servers_version_is_taken(version: int, column: str) -> None:
    assert column in query_text("indexes", version)


@pytest.mark.parametrize(("version", "tells"), [(150_018, False), (160_000, True)])
def test_the_last_scan_is_asked_for_where_it_is_known(version: int, *, tells: bool) -> None:
    assert ("pg_stat_get_lastscan" in query_text("indexes", version)) is tells


def test_the_old_server_has_no_variant_of_what_came_later() -> None:
    with pytest.raises(KeyError, match="explain_generic"):
        query_text("explain_generic", 150_000)
    assert "GENERIC_PLAN" in query_text("explain_generic", 160_000)


def test_an_unknown_query_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="nosuch"):
        query_text("nosuch", 150_000)


def test_a_name_is_no_prefix() -> None:
    with pytest.raises(KeyError):
        query_text("index", 150_000)


def test_queries_are_marked_after_their_first_word() -> None:
    text = query_text("greeting", 150_000)

    assert text.startswith("SELECT /* aegis */\n")
    assert is_ours(text)
    assert not is_ours("SELECT 1 -- of the aegis project")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_query_says_what_it_is_for(file: Path) -> None:
    first = file.read_text("utf-8").split("\n", 1)[0]

    assert first.startswith("-- ")
    assert first[3].isupper()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_query_selects_a_star_or_writes(file: Path) -> None:
    text = re.sub(r"--[^\n]*|'[^']*'", "", file.read_text("utf-8"))

    assert not re.search(r"SELECT\s+\*|\b\w+\.\*", text)
    assert not re.search(r"\b(?:INSERT|UPDATE|DELETE|DROP|ALTER|TRUNCATE|LOCK)\b", text)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_variant_is_named_by_a_known_version(file: Path) -> None:
    parts = file.name.split(".")

    assert len(parts) in {2, 3}
    assert len(parts) == 2 or int(parts[1]) in VERSIONS


def test_variants_of_a_query_give_the_same_columns() -> None:
    differing = []
    for name in sorted(
        {file.name.split(".")[0] for file in FILES if len(file.name.split(".")) == 3}
    ):
        texts = {query_text(name, each) for each in VERSIONS if _exists(name, each)}
        columns = {frozenset(re.findall(r"\bAS (\w+),?\n", each)) for each in texts}
        if len(columns) > 1:
            differing.append(name)

    assert differing == []


def _exists(name: str, version: int) -> bool:
    try:
        query_text(name, version)
    except KeyError:
        return False
    return True
