"""Saved stacks come back as they were; what is damaged is refused."""

import json

import pytest

from aegis_cli.profiling.recording.frames import Json
from aegis_cli.profiling.recording.saved_stacks import MOST_STACKS, decode_stacks, encode_stacks
from tests.fakes.stacks import LIBRARY, frame, stack

STACKS = (
    stack(frame("main", 3), frame("work", 7), cpu_us=600, resting_us=50),
    stack(frame("main", 3), frame("loads", 9, f"{LIBRARY}/json/__init__.py"), cpu_us=300),
    stack(frame("main", 4), cpu_us=50, pid=2, thread="작업"),
    stack(cpu_us=1),
)


def test_stacks_survive_json() -> None:
    saved = json.loads(json.dumps(encode_stacks(STACKS)))

    assert decode_stacks(saved) == STACKS


def test_shared_callers_are_kept_once() -> None:
    saved = encode_stacks(STACKS)

    nodes = saved["nodes"]
    assert isinstance(nodes, list)
    assert len(nodes) == 4


def test_of_too_many_stacks_the_longest_are_kept() -> None:
    short = [stack(frame("short"), cpu_us=1)] * MOST_STACKS

    kept = decode_stacks(encode_stacks([*short, stack(frame("long"), cpu_us=9)]))

    assert len(kept) == MOST_STACKS
    assert kept[0].frames[0].function.name == "long"


@pytest.mark.parametrize(
    ("key", "broken"),
    [
        ("functions", [["app.py", "main", 1, "nobody"]]),
        ("functions", [["app.py", "main"]]),
        ("functions", None),
        ("nodes", [[0, 0, 1]]),
        ("nodes", [[-1, 7, 1]]),
        ("nodes", "x"),
        ("stacks", [[1, "Main", 99, 1, 1, 1, 1, 1, 1]]),
        ("stacks", [[1, "Main", 0]]),
    ],
)
def test_what_points_nowhere_is_refused(key: str, broken: Json) -> None:
    saved = {**encode_stacks(STACKS), key: broken}

    with pytest.raises(ValueError, match=r"."):
        decode_stacks(saved)
