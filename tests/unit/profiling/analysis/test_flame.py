"""Flame graphs nest calls, leave out what is too short, and name threads if there are several."""

from aegis_cli.model.facts.samples import SampledTime
from aegis_cli.model.flame import NO_PARENT, Flame
from aegis_cli.model.text import Text
from aegis_cli.profiling.analysis.flame import FlameBuilder
from tests.fakes.stacks import frame, stack

TITLE = Text(en="CPU time", ko="CPU 시간")


def _cpu(time: SampledTime) -> int:
    return time.cpu_us


def _built(builder: FlameBuilder) -> Flame:
    flame = builder.build()
    assert flame is not None
    return flame


def _nested(flame: Flame) -> list[tuple[str | None, str, float]]:
    """Return the names of parent and node, and the value."""
    names = [flame.frames[each.frame].name for each in flame.nodes]
    parents = [None if each.parent == NO_PARENT else names[each.parent] for each in flame.nodes]
    return [
        (parent, name, each.value)
        for parent, name, each in zip(parents, names, flame.nodes, strict=True)
    ]


def test_calls_stand_below_their_callers_the_longest_first() -> None:
    builder = FlameBuilder(TITLE, _cpu)
    builder.add(stack(frame("main"), frame("small"), cpu_us=1_000))
    builder.add(stack(frame("main"), frame("large"), cpu_us=5_000))
    builder.add(stack(frame("main"), frame("large"), frame("inner"), cpu_us=2_000))

    assert _nested(_built(builder)) == [
        (None, "main", 8.0),
        ("main", "large", 7.0),
        ("large", "inner", 2.0),
        ("main", "small", 1.0),
    ]


def test_lines_of_a_function_are_one_box() -> None:
    builder = FlameBuilder(TITLE, _cpu)
    builder.add(stack(frame("main", 3), cpu_us=1_000))
    builder.add(stack(frame("main", 4), cpu_us=1_000))

    assert _nested(_built(builder)) == [(None, "main", 2.0)]


def test_threads_and_processes_are_boxes_where_there_are_several() -> None:
    builder = FlameBuilder(TITLE, _cpu)
    builder.add(stack(frame("main"), cpu_us=1_000))
    builder.add(stack(frame("main"), cpu_us=2_000, thread="worker"))
    threads = [each for each in _nested(_built(builder)) if each[0] is None]
    builder.add(stack(frame("main"), cpu_us=4_000, pid=2))
    processes = [each for each in _nested(_built(builder)) if each[0] is None]

    assert threads == [(None, "worker", 2.0), (None, "Main", 1.0)]
    assert processes == [(None, "process 2", 4.0), (None, "process 1", 3.0)]


def test_what_is_too_short_to_be_seen_is_left_out_and_told() -> None:
    builder = FlameBuilder(TITLE, _cpu)
    builder.add(stack(frame("main"), cpu_us=10_000_000))
    builder.add(stack(frame("other"), cpu_us=1_000))

    flame = _built(builder)

    assert _nested(flame) == [(None, "main", 10_000.0)]
    assert flame.left_out == 1.0


def test_there_are_never_too_many_boxes() -> None:
    builder = FlameBuilder(TITLE, _cpu)
    for number in range(5_000):
        builder.add(stack(frame("main"), frame(f"f{number}"), cpu_us=5_000 + number))

    assert len(_built(builder).nodes) <= 1_501


def test_the_import_system_is_no_box() -> None:
    builder = FlameBuilder(TITLE, _cpu)
    importing = frame("_find_and_load", 1, "<frozen importlib._bootstrap>")
    builder.add(stack(frame("<module>"), importing, frame("<module>", 1, "b.py"), cpu_us=3_000))

    assert [name for _, name, _ in _nested(_built(builder))] == ["<module>", "<module>"]


def test_no_time_is_no_graph() -> None:
    builder = FlameBuilder(TITLE, _cpu)
    builder.add(stack(frame("main"), resting_us=1_000))

    assert builder.build() is None
