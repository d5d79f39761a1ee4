"""The recordings of all processes of a run are read as one, in the order of their starts."""

from pathlib import Path

from aegis_cli.model.facts.profiles import Ending, RecordedProcess
from aegis_cli.profiling.probe.recorder import Recorder
from aegis_cli.profiling.recording.run import Failure, read_run

FIRST = {
    "pid": 7,
    "parent_pid": 1,
    "arguments": ["python", "app.py"],
    "executable": "/usr/bin/python",
    "python": "3.11.7",
    "is_forked": False,
    "started_at_ns": 5_000_000_000,
    "monotonic_ns": 100_000_000,
    "cpu_ns": 10_000_000,
}
PROCESS = RecordedProcess(
    pid=7,
    parent_pid=1,
    arguments=("python", "app.py"),
    executable="/usr/bin/python",
    python="3.11.7",
    is_forked=False,
    started_at_s=5.0,
    wall_s=None,
    cpu_s=None,
    ending=Ending.UNTOLD,
)


def test_a_process_that_ended_tells_what_it_took(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path))
    recorder.write("process", FIRST)
    recorder.end(
        {"reason": "exit", "monotonic_ns": 350_000_000, "cpu_ns": 60_000_000, "peak_bytes": 900}
    )

    (found,) = read_run(tmp_path).processes

    assert (found.process.wall_s, found.process.cpu_s) == (0.25, 0.05)
    assert found.process.ending is Ending.EXIT
    assert found.process.peak_bytes == 900


def test_a_process_that_was_killed_leaves_its_end_open(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path))
    recorder.write("process", FIRST)
    recorder.flush()

    (found,) = read_run(tmp_path).processes

    assert found.process == PROCESS


def test_processes_come_in_the_order_in_which_they_started(tmp_path: Path) -> None:
    for number, start in enumerate((9, 3, 6)):
        recorder = Recorder(str(tmp_path))
        recorder.write("process", {**FIRST, "pid": number, "started_at_ns": start})
        recorder.flush()

    assert [each.process.pid for each in read_run(tmp_path).processes] == [1, 2, 0]


def test_failures_of_parts_are_told(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path))
    recorder.write("process", FIRST)
    recorder.write("failure", {"what": "sampler", "error": "ValueError: no"})
    recorder.flush()

    assert read_run(tmp_path).failures == (Failure(pid=7, part="sampler", error="ValueError: no"),)


def test_a_file_without_its_first_record_is_no_process(tmp_path: Path) -> None:
    (tmp_path / "1-a.rec").write_bytes(b"\x10\x00")
    (tmp_path / "other.txt").write_text("x", "utf-8")

    assert read_run(tmp_path).processes == ()


def test_what_a_part_wrote_is_read_by_its_kind(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path))
    recorder.write("process", FIRST)
    for number in range(3):
        recorder.write("samples" if number % 2 else "other", {"n": number})
    recorder.flush()

    (found,) = read_run(tmp_path).processes

    assert list(found.payloads("samples")) == [{"n": 1}]
