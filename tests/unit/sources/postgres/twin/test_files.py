"""Files are as long as they shall be, and take no room."""

from pathlib import Path

import pytest

from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.model.facts.indexes import PAGE_BYTES
from aegis_cli.sources.postgres.twin.files import PAGES_PER_SEGMENT, RelationFiles


def sizes(directory: Path) -> dict[str, int]:
    return {each.name: each.stat().st_size for each in directory.iterdir()}


def test_a_file_is_zero_after_its_head(tmp_path: Path) -> None:
    number = RelationFiles(tmp_path).write(b"head", 2)

    content = (tmp_path / str(number)).read_bytes()

    assert content == b"head".ljust(2 * PAGE_BYTES, b"\0")


def test_a_relation_goes_on_in_another_file_after_a_gigabyte(tmp_path: Path) -> None:
    number = RelationFiles(tmp_path).write(b"", 2 * PAGES_PER_SEGMENT + 3)

    assert sizes(tmp_path) == {
        f"{number}": 1 << 30,
        f"{number}.1": 1 << 30,
        f"{number}.2": 3 * PAGE_BYTES,
    }
    assert sum(each.stat().st_blocks for each in tmp_path.iterdir()) * 512 < 1 << 20


@pytest.mark.parametrize("pages", [0, 1, PAGES_PER_SEGMENT])
def test_one_file_is_enough_up_to_a_gigabyte(tmp_path: Path, pages: int) -> None:
    number = RelationFiles(tmp_path).write(b"", pages)

    assert sizes(tmp_path) == {str(number): pages * PAGE_BYTES}


def test_no_number_is_used_twice(tmp_path: Path) -> None:
    files = RelationFiles(tmp_path)
    first = files.write(b"", 1)
    files.remove(first)

    assert files.write(b"", 1) != first


def test_removing_takes_all_files_of_a_relation_and_no_other(tmp_path: Path) -> None:
    files = RelationFiles(tmp_path)
    large, small = files.write(b"", 3 * PAGES_PER_SEGMENT), files.write(b"", 1)

    files.remove(large)
    files.remove(large)

    assert set(sizes(tmp_path)) == {str(small)}


def test_says_what_the_system_says_when_it_cannot_write(tmp_path: Path) -> None:
    place = tmp_path / "gone"
    place.mkdir()
    files = RelationFiles(place)
    place.rmdir()

    with pytest.raises(SourceUnavailable, match="No such file or directory"):
        files.write(b"", 1)


def test_the_first_pages_can_be_read_back(tmp_path: Path) -> None:
    files = RelationFiles(tmp_path)
    number = files.write(b"a" * PAGE_BYTES + b"b" * PAGE_BYTES, 9)

    assert files.read_head(number, 1) == b"a" * PAGE_BYTES
