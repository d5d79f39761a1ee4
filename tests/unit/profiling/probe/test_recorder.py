"""A recorder appends whole records, within its limits, and never troubles the program."""

import json
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from aegis_cli.profiling.probe.recorder import Recorder, json_encoder
from aegis_cli.profiling.recording.frames import Record, read_records


def written(folder: Path) -> list[Record | None]:
    return [each for path in sorted(folder.iterdir()) for each in read_records(path)]


def record(kind: str, **payload: object) -> Record:
    return Record(kind=kind, payload=json.loads(json.dumps(payload)))


def test_records_are_kept_in_order_once_they_are_flushed(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path))

    recorder.write("a", {"text": "é\n", "list": [1, 2.5, None, True]})
    recorder.write("b", {})
    before = list(tmp_path.iterdir())
    recorder.flush()

    assert before == []
    assert written(tmp_path) == [
        record("a", text="é\n", list=[1, 2.5, None, True]),
        record("b"),
    ]


def test_more_records_than_are_written_at_once_are_all_kept(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path))

    for number in range(2500):
        recorder.write("n", {"n": number})
    recorder.flush()

    assert written(tmp_path) == [record("n", n=number) for number in range(2500)]


def test_much_is_written_without_being_asked(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path))

    recorder.write("a", {"text": "x" * 600_000})

    assert len(written(tmp_path)) == 1


def test_a_recording_that_is_full_counts_what_it_drops_and_still_ends(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path), max_bytes=100)

    for _ in range(5):
        recorder.write("a", {"text": "x" * 30})
    recorder.end({"reason": "exit"})

    assert written(tmp_path) == [
        record("a", text="x" * 30),
        record("a", text="x" * 30),
        record("end", reason="exit", dropped=3),
    ]


def test_only_the_owner_may_read_a_recording(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path))

    recorder.write("a", {})
    recorder.flush()

    (path,) = tmp_path.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_failure_is_recorded_and_ends_only_itself(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path))

    assert recorder.attempt("part", int, "x") is None
    assert recorder.attempt("other", int, "7") == 7
    recorder.flush()

    (found,) = written(tmp_path)
    assert found is not None
    assert found.kind == "failure"
    assert found.payload["what"] == "part"


def test_without_a_folder_the_records_wait_for_one(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    recorder = Recorder(str(folder))

    recorder.write("a", {})
    recorder.flush()
    folder.mkdir()
    recorder.flush()

    assert written(folder) == [record("a")]


FORKING = """
import os, sys
from aegis_cli.profiling.probe.recorder import Recorder
recorder = Recorder(sys.argv[1])
recorder.write("parent", {})
pid = os.fork()
if pid == 0:
    recorder.write("child", {})
else:
    os.waitpid(pid, 0)
recorder.flush()
"""


def test_a_child_that_forked_behind_our_back_has_a_file_of_its_own(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", FORKING, str(tmp_path)], check=True)

    found = sorted(str(list(read_records(path))) for path in tmp_path.iterdir())
    assert found == [str([record("child")]), str([record("parent")])]


@pytest.mark.parametrize(
    "value",
    [
        {"a": [1, "zwei", None, True, 2.5]},
        {"nested": {"deep": [[], {}]}},
        {"odd": "\ud800 \x00 \U0001f600"},
    ],
)
def test_the_small_encoder_writes_what_json_reads(value: Mapping[str, object]) -> None:
    assert json.loads(json_encoder()(value)) == value


def test_values_that_json_does_not_know_are_told_by_their_repr() -> None:
    assert json.loads(json_encoder()({"path": Path("x")})) == {"path": repr(Path("x"))}
