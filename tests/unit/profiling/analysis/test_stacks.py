"""Records of the sampler become stacks again, with their time and whose code they are."""

import pytest

from aegis_cli.model.code_origin import CodeOrigin
from aegis_cli.model.facts.samples import (
    SampledTime,
)
from aegis_cli.profiling.analysis.stacks import ProcessSamples, origin_of
from aegis_cli.profiling.recording.frames import Payload

LIBRARY = "/usr/lib/python3.11"
FIRST: Payload = {
    "codes": [["", "(not told apart)", 0], ["app.py", "main", 1], ["app.py", "work", 5]],
    "places": [0, 0, 1, 2, 2, 6],
    "nodes": [0, 1, 1, 2],
    "threads": [[0, 500, "MainThread"]],
    "samples": [0, 1, 2, 400, 100, 0, 200, 0, 2, 3, 600, 400, 100, 150],
    "library": LIBRARY,
}


def test_a_stack_is_told_from_the_outside_in() -> None:
    *_, deepest = ProcessSamples(7, [FIRST]).stacks()

    assert [(each.function.name, each.line) for each in deepest.frames] == [
        ("main", 2),
        ("work", 6),
    ]
    assert (deepest.pid, deepest.thread) == (7, "MainThread")


def test_times_of_several_records_add_up() -> None:
    second: Payload = {"threads": [[0, 500, "MainThread"]], "samples": [0, 2, 1, 100, 100, 0, 0]}

    *_, deepest = ProcessSamples(7, [FIRST, second]).stacks()

    assert (deepest.time.looks, deepest.time.wall_us, deepest.time.late_us) == (4, 700, 167)


def test_processor_time_of_all_stacks_is_that_of_the_clock() -> None:
    payload: Payload = {**FIRST, "threads": [[0, 250, "MainThread"]]}

    first, second = ProcessSamples(7, [payload]).stacks()

    assert (first.time.cpu_us, second.time.cpu_us) == (50, 200)


def test_without_a_clock_running_looks_are_taken_as_they_are() -> None:
    payload: Payload = {**FIRST, "threads": [[0, -1, "MainThread"]]}

    assert [each.time.cpu_us for each in ProcessSamples(7, [payload]).stacks()] == [100, 400]


def test_a_thread_that_waits_for_work_is_idle() -> None:
    payload: Payload = {
        "codes": [["", "", 0], [f"{LIBRARY}/queue.py", "Queue.get", 1]],
        "places": [0, 0, 1, 9],
        "nodes": [0, 1],
        "samples": [3, 1, 1, 1000, 0, 0, 1000],
        "library": LIBRARY,
    }

    (stack,) = ProcessSamples(7, [payload]).stacks()

    assert stack.time == SampledTime(looks=1, wall_us=1000, idle_us=1000, resting_us=1000)
    assert stack.time.waiting_us == 0


def test_a_stack_whose_definition_is_lost_keeps_its_time() -> None:
    payload: Payload = {"nodes": [0, 5], "samples": [0, 1, 1, 1000, 0, 0, 0]}

    (stack,) = ProcessSamples(7, [payload]).stacks()

    assert [each.function.name for each in stack.frames] == ["(not recorded)"]
    assert stack.time.wall_us == 1000


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("/srv/app/views.py", CodeOrigin.USER),
        ("<string>", CodeOrigin.USER),
        (f"{LIBRARY}/json/decoder.py", CodeOrigin.STANDARD),
        (f"{LIBRARY}/site-packages/django/db.py", CodeOrigin.LIBRARY),
        ("<frozen importlib._bootstrap>", CodeOrigin.STANDARD),
    ],
)
def test_code_is_known_by_its_folder(path: str, origin: CodeOrigin) -> None:
    assert origin_of(path, LIBRARY) is origin
