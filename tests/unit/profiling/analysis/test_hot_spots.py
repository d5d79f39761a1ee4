"""Stacks add up by function, line, thread and task; library time is charged to its caller."""

from aegis_cli.model.facts.hot_spots import Callee
from aegis_cli.profiling.analysis.hot_spots import HotSpots
from aegis_cli.profiling.analysis.names import dotted_name, short_path
from aegis_cli.profiling.analysis.tasks import task_of
from tests.fakes.stacks import LIBRARY, frame, function, stack

LOADS = frame("loads", 346, f"{LIBRARY}/json/__init__.py")
DECODE = frame("JSONDecoder.decode", 337, f"{LIBRARY}/json/decoder.py")
RUN = frame("Handle._run", 80, f"{LIBRARY}/asyncio/events.py")


def test_library_time_is_charged_to_the_line_that_calls_it() -> None:
    spots = HotSpots()
    spots.add(stack(frame("main", 3), frame("load", 7), LOADS, DECODE, cpu_us=900))
    spots.add(stack(frame("main", 3), frame("load", 8), cpu_us=100))

    line, other = spots.lines()

    assert (line.function.name, line.line, line.charged_time.cpu_us) == ("load", 7, 900)
    assert line.cpu_share == 0.9
    assert line.callees == (Callee(name="json.loads", cpu_us=900),)
    assert (other.line, other.callees) == (8, ())


def test_a_function_has_its_own_charged_and_total_time() -> None:
    spots = HotSpots()
    spots.add(stack(frame("main", 3), frame("load", 7), LOADS, cpu_us=900))
    spots.add(stack(frame("main", 3), frame("load", 8), cpu_us=100))
    spots.add(stack(frame("main", 4), cpu_us=200))

    found = {each.function.name: each for each in spots.functions()}

    load = found["load"]
    assert (load.self_time.cpu_us, load.charged_time.cpu_us, load.total_time.cpu_us) == (
        100,
        1000,
        1000,
    )
    assert (load.hottest_line, load.hottest_line_share) == (7, 0.9)
    assert found["main"].total_time.cpu_us == 1200
    assert found["loads"].charged_time.cpu_us == 900


def test_recursion_counts_once_in_the_total() -> None:
    spots = HotSpots()
    spots.add(stack(*(frame("fib", 2) for _ in range(30)), cpu_us=500))

    (fib,) = spots.functions()

    assert (fib.self_time.cpu_us, fib.total_time.cpu_us) == (500, 500)


def test_shares_refer_to_all_processes() -> None:
    spots = HotSpots()
    spots.add(stack(frame("main"), cpu_us=300, pid=1))
    spots.add(stack(frame("main"), cpu_us=100, pid=2))

    run = spots.run(looks=4, wall_us=1000, sampler_us=5)

    assert (run.cpu_us, run.looks, run.sampler_us) == (400, 4, 5)
    assert [each.cpu_share for each in spots.functions()] == [1.0]


def test_tasks_of_a_thread_are_told_apart() -> None:
    spots = HotSpots()
    spots.add(stack(frame("<module>"), RUN, frame("fetch", 5), cpu_us=10, resting_us=90))
    spots.add(stack(frame("<module>"), RUN, frame("store", 9), cpu_us=30))
    spots.add(stack(frame("<module>"), resting_us=50))

    found = [(each.task, each.time.cpu_us, each.place) for each in spots.threads()]

    assert found == [("store", 30, "app.py:9"), ("fetch", 10, "app.py:5"), (None, 0, "app.py:1")]


def test_a_stack_outside_of_a_loop_has_no_task() -> None:
    assert task_of(stack(frame("main"), frame("work")).frames) is None
    assert task_of(stack(frame("main"), RUN).frames) is None
    assert task_of(stack(RUN, frame("outer"), frame("inner")).frames) == "outer"


def test_a_task_of_uvloop_stands_above_the_runner() -> None:
    runner = frame("Runner.run", 118, f"{LIBRARY}/asyncio/runners.py")
    loop = frame("BaseEventLoop.run_forever", 600, f"{LIBRARY}/asyncio/base_events.py")

    assert task_of(stack(runner, frame("serve"), frame("inner")).frames) == "serve"
    assert task_of(stack(runner, loop).frames) is None


def test_stacks_without_frames_and_runs_without_time_are_nothing() -> None:
    spots = HotSpots()
    spots.add(stack(cpu_us=100))

    assert [*spots.functions(), *spots.lines(), *spots.threads()] == []
    assert spots.run(looks=1, wall_us=5, sampler_us=0).cpu_us == 0


def test_functions_are_named_as_they_are_imported() -> None:
    packages = "/srv/venv/lib/python3.11/site-packages"
    names = [
        dotted_name(function("QuerySet.get", f"{packages}/django/db/models/query.py")),
        dotted_name(function("loads", f"{LIBRARY}/json/__init__.py")),
        dotted_name(function("_find_and_load", "<frozen importlib._bootstrap>")),
        dotted_name(function("<module>", "/srv/app/shop.py")),
    ]

    assert names == [
        "django.db.models.query.QuerySet.get",
        "json.loads",
        "importlib._bootstrap._find_and_load",
        "shop",
    ]
    assert short_path(function("x", f"{packages}/django/db/utils.py")) == "django/db/utils.py"
    assert short_path(function("x", "shop/cart.py")) == "shop/cart.py"
