"""Logs are found by name, pattern and directory, ordered by time, and decompressed."""

import bz2
import gzip
import io
import lzma
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.model.errors import InsufficientPrivilege, SourceError, SourceUnavailable
from aegis_cli.sources.logs.first_time import first_time
from aegis_cli.sources.logs.inputs import FoundInputs, LogInput, find_inputs, open_input

NOBODY = 65534
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.compress,
}


def log(day: int, lines: int = 20) -> bytes:
    """Write a log of one day."""
    return b"".join(
        b"2026-11-%02d 20:00:%02d.000 UTC [42] LOG:  duration: 1.0 ms\n" % (day, second % 60)
        for second in range(lines)
    )


def utc(hour: int, minute: int = 0, second: int = 0, microsecond: int = 0) -> datetime:
    """Return a time of one day."""
    return datetime(2026, 11, 23, hour, minute, second, microsecond, tzinfo=UTC)


def names(found: FoundInputs) -> list[str]:
    """Return the file names in reading order."""
    return [Path(each.name).name for each in found.inputs]


def content(source: LogInput) -> tuple[bytes, str | None]:
    """Read a whole log."""
    with open_input(source) as opened:
        parts = []
        while data := opened.read(1000):
            assert len(data) <= 1000
            parts.append(data)
        return b"".join(parts), opened.damage


@contextmanager
def ordinary_user() -> Iterator[Path]:
    """Give a directory anybody can enter, and be nobody in particular."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    is_root = os.geteuid() == 0
    try:
        yield folder
    finally:
        if is_root:
            os.seteuid(0)
        for each in folder.iterdir():
            each.chmod(0o700)
        shutil.rmtree(folder)


def become_nobody() -> None:
    """Give up root's power to read everything."""
    if os.geteuid() == 0:
        os.seteuid(NOBODY)


def test_a_plain_file_is_described(tmp_path: Path) -> None:
    path = tmp_path / "postgresql.log"
    path.write_bytes(log(23))
    os.utime(path, (0, 86_400))

    found = find_inputs([str(path)])

    assert found == FoundInputs(
        inputs=(
            LogInput(
                name=str(path),
                path=path,
                size=len(log(23)),
                compression=None,
                modified_at=datetime(1970, 1, 2, tzinfo=UTC),
                starts_at=datetime(2026, 11, 23, 20, tzinfo=UTC),
            ),
        ),
        skipped=(),
    )


def test_a_rotated_set_is_read_oldest_first(tmp_path: Path) -> None:
    (tmp_path / "postgresql.log").write_bytes(log(23))
    (tmp_path / "postgresql.log.1").write_bytes(log(22))
    (tmp_path / "postgresql.log.2.gz").write_bytes(gzip.compress(log(21)))
    (tmp_path / "postgresql.log.10.gz").write_bytes(gzip.compress(log(12)))

    found = find_inputs([f"{tmp_path}/postgresql.log*"])

    assert names(found) == [
        "postgresql.log.10.gz",
        "postgresql.log.2.gz",
        "postgresql.log.1",
        "postgresql.log",
    ]


def test_without_times_the_last_change_decides_and_then_the_rotation(tmp_path: Path) -> None:
    for name, changed in (("a.log", 30), ("a.log.2", 10), ("a.log.1", 10), ("b.log", 5)):
        (tmp_path / name).write_bytes(b"[42] LOG:  statement: SELECT 1\n")
        os.utime(tmp_path / name, (0, changed))

    found = find_inputs([str(tmp_path)])

    assert names(found) == ["b.log", "a.log.2", "a.log.1", "a.log"]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(log(1))
    (tmp_path / "current.log").symlink_to(path)

    found = find_inputs([str(path), f"{tmp_path}/*.log", str(tmp_path)])

    assert len(found.inputs) == 1


def test_a_directory_gives_its_logs_and_says_what_it_left_out(tmp_path: Path) -> None:
    (tmp_path / "15").mkdir()
    (tmp_path / "15" / "postgresql-Mon.log").write_bytes(log(2))
    (tmp_path / "15" / "deeper").mkdir()
    (tmp_path / "15" / "deeper" / "postgresql.log").write_bytes(log(3))
    (tmp_path / "postgresql.log.2026-11-01-20").write_bytes(log(1))
    (tmp_path / "notes.txt").write_bytes(b"hello")
    (tmp_path / "nginx-access.log").write_bytes(b"GET /")
    (tmp_path / ".hidden.log").write_bytes(log(4))

    found = find_inputs([str(tmp_path)])

    assert names(found) == ["postgresql.log.2026-11-01-20", "postgresql-Mon.log"]
    assert [(each.subject, each.reason.en) for each in found.skipped] == [
        (str(tmp_path), "2 files in it do not look like PostgreSQL logs")
    ]


def test_a_log_written_in_two_formats_counts_once(tmp_path: Path) -> None:
    for name in ("pg-1.log", "pg-1.csv", "pg-2.log", "pg-2.json", "pg-3.log"):
        (tmp_path / name).write_bytes(log(1))

    found = find_inputs([str(tmp_path)])

    assert sorted(names(found)) == ["pg-1.csv", "pg-2.json", "pg-3.log"]
    assert [Path(each.subject).name for each in found.skipped] == ["pg-1.log", "pg-2.log"]


def test_a_name_with_brackets_is_a_file_before_it_is_a_pattern(tmp_path: Path) -> None:
    path = tmp_path / "log[1].log"
    path.write_bytes(log(1))

    assert names(find_inputs([str(path)])) == ["log[1].log"]


@pytest.mark.parametrize("compression", COMPRESS)
def test_compressed_logs_are_told_by_content_not_by_name(tmp_path: Path, compression: str) -> None:
    path = tmp_path / "postgresql.log"
    path.write_bytes(COMPRESS[compression](log(23, 5000)))

    (source,) = find_inputs([str(path)]).inputs

    assert (source.compression, source.starts_at) == (
        compression,
        datetime(2026, 11, 23, 20, tzinfo=UTC),
    )
    assert content(source) == (log(23, 5000), None)


@pytest.mark.parametrize("compression", COMPRESS)
@pytest.mark.parametrize("between", [b"", b"\0" * 1024])
def test_joined_streams_are_one_log(tmp_path: Path, compression: str, between: bytes) -> None:
    path = tmp_path / "postgresql.log"
    streams = [COMPRESS[compression](log(day, 3000)) for day in (1, 2, 3)]
    path.write_bytes(between.join([*streams, b""]))

    (source,) = find_inputs([str(path)]).inputs

    assert content(source) == (log(1, 3000) + log(2, 3000) + log(3, 3000), None)


def noisy(lines: int) -> bytes:
    """Write a log that does not compress to nothing."""
    numbers = (str(number * 7_919_777 % 1_000_003_333).encode() for number in range(lines))
    return b"".join(b"2026-11-01 20:00:00.000 UTC [42] LOG:  x %s\n" % each for each in numbers)


@pytest.mark.parametrize("compression", COMPRESS)
def test_a_truncated_log_stays_usable(tmp_path: Path, compression: str) -> None:
    whole = noisy(60_000)
    stored = COMPRESS[compression](whole)
    path = tmp_path / "postgresql.log"
    path.write_bytes(stored[: len(stored) * 3 // 4])

    (source,) = find_inputs([str(path)]).inputs
    data, damage = content(source)

    # bzip2 decodes blocks of 900 kB, of which the broken one is lost.
    assert whole.startswith(data)
    assert len(data) > len(whole) // 4
    assert damage == f"the {compression} data ends in the middle"


@pytest.mark.parametrize("compression", COMPRESS)
def test_a_corrupt_log_ends_where_the_damage_begins(tmp_path: Path, compression: str) -> None:
    whole = noisy(60_000)
    stored = bytearray(COMPRESS[compression](whole))
    middle = len(stored) * 3 // 4
    stored[middle : middle + 64] = bytes(64)
    path = tmp_path / "postgresql.log"
    path.write_bytes(stored)

    (source,) = find_inputs([str(path)]).inputs
    data, damage = content(source)

    # gzip tells wrong bytes only by the checksum at its end.
    assert data.startswith(whole[: len(whole) // 4])
    assert damage is not None
    assert damage.startswith(f"the {compression} data is broken: ")


def test_other_bytes_behind_compressed_data_are_damage(tmp_path: Path) -> None:
    path = tmp_path / "postgresql.log"
    path.write_bytes(gzip.compress(log(1)) + b"plain text follows\n")

    (source,) = find_inputs([str(path)]).inputs

    assert content(source) == (log(1), "bytes that are no gz data follow its end")


@given(tail=st.binary(max_size=200), name=st.sampled_from(sorted(COMPRESS)))
def test_no_bytes_behind_a_magic_number_raise(tail: bytes, name: str) -> None:
    stored = COMPRESS[name](b"x" * 100)[:12] + tail
    source = LogInput(name="-", path=None, size=None, compression=None)

    with open_input(source, stdin=io.BytesIO(stored)) as opened:
        data = opened.peek(1 << 20)

    assert opened.compression == name
    assert len(data) <= 1 << 20


def test_a_small_file_that_becomes_huge_is_read_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "postgresql.log"
    path.write_bytes(gzip.compress(bytes(64 << 20)))

    (source,) = find_inputs([str(path)]).inputs
    with open_input(source) as opened:
        first = opened.read(1000)

        assert len(first) <= 1000
        assert opened.position < path.stat().st_size
        assert opened.compressed_size == path.stat().st_size


def test_peeking_takes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "postgresql.log"
    path.write_bytes(log(1))

    (source,) = find_inputs([str(path)]).inputs
    with open_input(source) as opened:
        assert opened.is_plain_file
        assert opened.peek(50) == log(1)[:50]
        assert opened.peek(10**6) == log(1)
        assert opened.read(60) == log(1)[:60]
        assert opened.peek(10) == log(1)[60:70]


def test_standard_input_may_be_compressed() -> None:
    found = find_inputs(["-"])

    with open_input(found.inputs[0], stdin=io.BytesIO(gzip.compress(log(1)))) as opened:
        data = opened.peek(10**6)

    assert found.inputs == (LogInput(name="-", path=None, size=None, compression=None),)
    assert (data, opened.compression, opened.is_plain_file) == (log(1), "gz", False)


def test_a_named_pipe_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(log(1, 3000),))

    (source,) = find_inputs([str(path)]).inputs
    writer.start()
    result = content(source)
    writer.join()

    assert (result, source.size) == ((log(1, 3000), None), None)


def test_a_missing_file_says_where_to_look() -> None:
    with pytest.raises(SourceUnavailable) as caught:
        find_inputs(["/no/such/postgresql.log"])

    assert str(caught.value) == (
        "/no/such/postgresql.log: no such file or directory\n"
        "Check the path; SHOW log_directory and SHOW log_filename tell where logs are."
    )


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/no/such/*.log", "no file matches"),
        ("/dev/null", "a device or socket, not a file"),
        ("a\0b", "cannot be read: embedded null byte"),
        ("", "no such file or directory"),
    ],
)
def test_what_is_no_log_is_refused(path: str, reason: str) -> None:
    with pytest.raises(SourceUnavailable) as caught:
        find_inputs([path])

    assert caught.value.reason == reason


def test_an_empty_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable) as caught:
        find_inputs([str(tmp_path)])

    assert caught.value.reason == "no PostgreSQL log in this directory"


def test_some_unreadable_logs_are_skipped(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(log(1))

    found = find_inputs([str(path), str(tmp_path / "b.log")])

    assert names(found) == ["a.log"]
    assert [(each.subject, each.reason.en) for each in found.skipped] == [
        (str(tmp_path / "b.log"), "no such file or directory")
    ]


def test_when_nothing_can_be_read_every_reason_is_given() -> None:
    with pytest.raises(SourceUnavailable) as caught:
        find_inputs(["/no/a.log", "/dev/null"])

    assert caught.value.reason == (
        "none can be read (/no/a.log: no such file or directory; "
        "/dev/null: a device or socket, not a file)"
    )


@pytest.mark.parametrize("kind", ["file", "directory"])
def test_missing_permission_is_told(kind: str) -> None:
    with ordinary_user() as folder:
        path = folder / "logs"
        if kind == "directory":
            path.mkdir(mode=0)
        else:
            path.write_bytes(log(1))
            path.chmod(stat.S_IWUSR)
        become_nobody()

        with pytest.raises(InsufficientPrivilege) as caught:
            find_inputs([str(path)])

    assert caught.value.reason == f"no permission to read this {kind}"


def test_zstd_without_its_package_says_how_to_install_it(tmp_path: Path) -> None:
    path = tmp_path / "postgresql.log"
    path.write_bytes(zstandard.compress(log(1)))
    program = (
        "import sys; sys.modules['zstandard'] = None\n"
        "from aegis_cli.model.errors import SourceError\n"
        "from aegis_cli.sources.logs.inputs import find_inputs\n"
        "try: find_inputs(sys.argv[1:])\n"
        "except SourceError as error: print(error.hint)"
    )

    outcome = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )

    assert outcome.stdout == (
        "Install it with `pip install 'aegis-perf[zstd]'`, or unpack the file with `zstd -d`.\n"
    )


def test_a_file_that_vanishes_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "postgresql.log"
    path.write_bytes(log(1))
    (source,) = find_inputs([str(path)]).inputs
    path.unlink()

    with pytest.raises(SourceError, match="no such file"), open_input(source):
        pass


class FailingDevice(io.BytesIO):
    """A disk with a bad sector behind the first bytes."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Read, until the bad sector."""
        if self.tell() >= 1000:
            raise OSError(5, "Input/output error")
        return super().read(min(size or -1, 500))


def test_a_failing_disk_ends_the_log_with_a_note() -> None:
    source = LogInput(name="-", path=None, size=None, compression=None)

    with open_input(source, stdin=FailingDevice(log(1, 50))) as opened:
        data = opened.peek(10**6)

    assert log(1, 50).startswith(data)
    assert len(data) >= 1000
    assert opened.damage == "reading failed: Input/output error"


@pytest.mark.parametrize(
    ("line", "at"),
    [
        (b"\tdate '2020-01-01 00:00:00'\n2026-11-23 20:00:00 UTC x", utc(20)),
        (b"[42] 1795464000.250 LOG:  x", utc(20, 0, 0, 250_000)),
        (b'{"timestamp":"2026-11-23T20:00:00.5Z"}', utc(20, 0, 0, 500_000)),
        (b"Nov 23 20:00:00 db1 postgres[1]: x", utc(20)),
        (b"2026-99-99 20:00:00", None),
        (b"no time at all", None),
    ],
)
def test_finds_the_first_time(line: bytes, at: datetime | None) -> None:
    found = first_time(line, datetime(2026, 11, 24, tzinfo=UTC))

    assert found == at
