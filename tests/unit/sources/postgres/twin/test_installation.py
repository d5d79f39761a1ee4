"""The twin runs on the target's own major version where it can, and says so where it cannot."""

from pathlib import Path

import pytest

from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.sources.postgres.twin.installation import find_twin_installation


def programs(place: Path, version: str, names: tuple[str, ...] = ("initdb", "postgres")) -> Path:
    """Make programs that tell a version."""
    place.mkdir(parents=True)
    for name in names:
        (place / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n", "utf-8")
        (place / name).chmod(0o755)
    return place


def test_takes_the_targets_own_version_wherever_it_stands(tmp_path: Path) -> None:
    places = [programs(tmp_path / each, each) for each in ("18.1", "15.3", "17.2", "16beta1")]

    found = find_twin_installation(15, places)

    assert (found.bindir, found.major, found.lacks) == (tmp_path / "15.3", 15, ())


def test_of_two_of_one_version_the_first_is_taken(tmp_path: Path) -> None:
    places = [programs(tmp_path / each, "16.4") for each in ("first", "second")]

    assert find_twin_installation(16, places).bindir == tmp_path / "first"


@pytest.mark.parametrize(("target", "taken"), [(14, 15), (16, 17), (13, 15), (18, 17), (19, 17)])
def test_takes_the_nearest_version_and_names_the_known_error(
    tmp_path: Path, target: int, taken: int
) -> None:
    places = [programs(tmp_path / each, each) for each in ("15.3", "17.2")]

    found = find_twin_installation(target, places)

    (lack,) = found.lacks
    assert found.major == taken
    assert f"runs on PostgreSQL {taken}, the target is {target}" in lack.reason
    assert "4.1 %" in lack.reason
    assert f"PostgreSQL {target}" in lack.hint


def test_programs_that_do_not_serve_are_passed_over(tmp_path: Path) -> None:
    silent = programs(tmp_path / "silent", "15.1")
    (silent / "postgres").write_text("#!/bin/sh\nexit 1\n", "utf-8")
    locked = programs(tmp_path / "locked", "15.1")
    (locked / "postgres").write_text("no program\n", "utf-8")
    places = [
        tmp_path / "missing",
        programs(tmp_path / "client", "15.1", ("psql", "initdb")),
        programs(tmp_path / "old", "12.9"),
        silent,
        locked,
        programs(tmp_path / "good", "15.1"),
    ]

    assert find_twin_installation(15, places).bindir == tmp_path / "good"


def test_says_what_to_install_where_there_is_nothing(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="Install PostgreSQL 15"):
        find_twin_installation(15, [tmp_path])


def test_finds_programs_on_this_machine() -> None:
    """The wheel at least is there: the tests of servers need it."""
    found = find_twin_installation(18)

    assert (found.bindir / "initdb").is_file()
