"""Records are read as they were written; what breaks off is told."""

import json
from pathlib import Path

import pytest

from aegis_cli.model.errors import SourceError
from aegis_cli.profiling.recording.frames import Record, read_records


def framed(body: bytes) -> bytes:
    return len(body).to_bytes(4, "little") + body


def kept(tmp_path: Path, content: bytes) -> list[Record | None]:
    path = tmp_path / "1-a.rec"
    path.write_bytes(content)
    return list(read_records(path))


FIRST = framed(json.dumps(["process", {"pid": 1}]).encode())
READ = Record(kind="process", payload={"pid": 1})


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    assert kept(tmp_path, b"") == []


def test_whole_records_are_read(tmp_path: Path) -> None:
    assert kept(tmp_path, FIRST + FIRST) == [READ, READ]


@pytest.mark.parametrize("missing", [1, 5, len(FIRST) - 1])
def test_a_file_that_ends_within_a_record_says_so(missing: int, tmp_path: Path) -> None:
    assert kept(tmp_path, FIRST + FIRST[:-missing]) == [READ, None]


@pytest.mark.parametrize(
    "body", [b"{}", b"[1, {}]", b'["a", []]', b"[", b"\xff\xff", b'["a", {}, 1]']
)
def test_what_is_no_record_ends_the_reading(body: bytes, tmp_path: Path) -> None:
    assert kept(tmp_path, FIRST + framed(body) + FIRST) == [READ, None]


def test_a_length_out_of_all_proportion_is_not_believed(tmp_path: Path) -> None:
    assert kept(tmp_path, FIRST + b"\xff\xff\xff\xff" + b"x" * 10) == [READ, None]


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone\.rec"):
        list(read_records(tmp_path / "gone.rec"))
