"""The project's own Python is found; what was installed, generated or ignored is not."""

from pathlib import Path

import pytest

from aegis_cli.codebase.file_kinds import FileKind
from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.sources.python_code.discovery import find_files


def write(folder: Path, *names: str) -> None:
    """Write small Python files."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n", encoding="utf-8")


def found_below(folder: Path, *, with_tests: bool = False) -> list[str]:
    """Return the paths that are found, relative to the folder."""
    found = find_files([str(folder)], with_tests=with_tests)
    return [str(Path(each.path).relative_to(folder)) for each in found.files]


def test_foreign_and_hidden_folders_are_left_out(tmp_path: Path) -> None:
    write(
        tmp_path,
        "shop/views.py",
        "node_modules/a.py",
        ".tox/b.py",
        "own-env/pyvenv.cfg",
        "own-env/lib/c.py",
        "shop/orders_pb2.py",
        "readme.txt",
    )

    assert found_below(tmp_path) == ["shop/views.py"]


def test_gitignore_files_count_at_every_level(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "out/b.py", "shop/keep.py", "shop/gen/c.py", "shop/made_one.py")
    (tmp_path / ".gitignore").write_text("out/\nmade_*\n", encoding="utf-8")
    (tmp_path / "shop" / ".gitignore").write_text("/gen\n!made_one.py\n", encoding="utf-8")

    found = find_files([str(tmp_path)])

    assert found_below(tmp_path) == ["a.py", "shop/keep.py", "shop/made_one.py"]
    assert found.ignored == 2


def test_the_gitignore_of_the_repository_counts_for_its_folders(tmp_path: Path) -> None:
    write(tmp_path, ".git/HEAD", "shop/a.py", "shop/local.py")
    (tmp_path / ".gitignore").write_text("local.py\n", encoding="utf-8")

    assert found_below(tmp_path / "shop") == ["a.py"]


def test_tests_are_counted_and_read_only_on_demand(tmp_path: Path) -> None:
    write(tmp_path, "shop/a.py", "shop/tests/b.py", "shop/test_c.py", "conftest.py")

    found = find_files([str(tmp_path)])

    assert found_below(tmp_path) == ["shop/a.py"]
    assert found.tests_left_out == 3
    assert len(found_below(tmp_path, with_tests=True)) == 4


def test_a_file_that_is_named_is_read_even_if_it_is_a_test(tmp_path: Path) -> None:
    write(tmp_path, "test_a.py")

    (file,) = find_files([str(tmp_path / "test_a.py")]).files

    assert file.kind is FileKind.PRODUCT


def test_links_in_circles_end_and_no_file_is_read_twice(tmp_path: Path) -> None:
    write(tmp_path, "shop/a.py")
    (tmp_path / "shop" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "shop" / "again.py").symlink_to(tmp_path / "shop" / "a.py")

    found = find_files([str(tmp_path), str(tmp_path / "shop")])

    assert [Path(each.path).name for each in found.files] == ["a.py"]


def test_a_file_of_ten_megabytes_is_told_as_not_read(tmp_path: Path) -> None:
    (tmp_path / "data.py").write_text("x = 1\n" * 1_700_000, encoding="utf-8")

    found = find_files([str(tmp_path)])

    assert found.files == []
    assert [each.subject for each in found.skipped] == [str(tmp_path / "data.py")]


def test_migrations_are_told_apart(tmp_path: Path) -> None:
    write(tmp_path, "shop/migrations/0001_initial.py", "shop/migrations/__init__.py")

    kinds = [each.kind for each in find_files([str(tmp_path)]).files]

    assert kinds == [FileKind.MIGRATION, FileKind.PRODUCT]


def test_a_path_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="no such file"):
        find_files([str(tmp_path / "nowhere")])
