"""A report is written whole or not at all."""

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from aegis_cli.cli._output import check_file, write_file
from aegis_cli.model.errors import OutputError


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system of 64 KiB, which takes root."""
    mount = tmp_path / "tiny"
    mount.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(mount)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"cannot mount a small file system: {done.stderr.strip()}")
    yield mount
    subprocess.run(["umount", str(mount)], check=True)


def test_a_file_is_written_with_a_final_newline(tmp_path: Path) -> None:
    write_file(tmp_path / "report.txt", "findings")

    assert (tmp_path / "report.txt").read_text(encoding="utf-8") == "findings\n"


def test_nothing_else_is_left_in_the_folder(tmp_path: Path) -> None:
    write_file(tmp_path / "report.txt", "findings")

    assert [each.name for each in tmp_path.iterdir()] == ["report.txt"]


def test_a_new_file_has_ordinary_permissions(tmp_path: Path) -> None:
    before = os.umask(0o027)

    write_file(tmp_path / "report.txt", "findings")

    os.umask(before)
    assert stat.S_IMODE((tmp_path / "report.txt").stat().st_mode) == 0o640


def test_an_existing_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o604)

    write_file(path, "new")

    assert path.read_text(encoding="utf-8") == "new\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


def test_the_file_behind_a_link_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "target.txt", tmp_path / "link.txt"
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)

    write_file(link, "new")

    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == "new\n"


def test_lone_surrogates_do_not_stop_the_report(tmp_path: Path) -> None:
    write_file(tmp_path / "report.txt", "a\ud800b")

    assert (tmp_path / "report.txt").read_bytes() == b"a?b\n"


def test_a_folder_that_is_missing_is_an_error_with_the_path(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"none/report\.txt: cannot be written: No such file"):
        write_file(tmp_path / "none" / "report.txt", "findings")


def test_a_full_device_is_an_error() -> None:
    with pytest.raises(OutputError, match="/dev/full: cannot be written: No space left"):
        write_file(Path("/dev/full"), "findings")


def test_a_device_is_written_to_and_not_replaced() -> None:
    write_file(Path(os.devnull), "findings")

    assert not Path(os.devnull).is_file()


def test_a_full_disk_leaves_the_earlier_report_and_nothing_half_written(tiny_disk: Path) -> None:
    path = tiny_disk / "report.txt"
    path.write_text("earlier", encoding="utf-8")

    with pytest.raises(OutputError, match="No space left"):
        write_file(path, "x" * 200_000)

    assert path.read_text(encoding="utf-8") == "earlier"
    assert [each.name for each in tiny_disk.iterdir()] == ["report.txt"]


@pytest.mark.parametrize("name", ["new.txt", "old.txt"])
def test_a_check_before_the_work_changes_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "old.txt").write_text("old", encoding="utf-8")

    check_file(tmp_path / name)

    assert [each.name for each in tmp_path.iterdir()] == ["old.txt"]
    assert (tmp_path / "old.txt").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize(
    ("name", "reason"),
    [("none/report.txt", "No such file"), ("", "Is a directory"), ("file/below", "Not a dir")],
)
def test_what_can_never_be_written_is_said_before_the_work(
    tmp_path: Path, name: str, reason: str
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(OutputError, match=f"cannot be written: {reason}"):
        check_file(tmp_path / name)


def test_devices_pass_the_check_unchanged() -> None:
    check_file(Path(os.devnull))

    assert not Path(os.devnull).is_file()
