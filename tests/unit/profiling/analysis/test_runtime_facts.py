"""Rows of the probe become facts: added up by place, what does not fit is left out."""

from pathlib import Path

from aegis_cli.model.location import CodeLocation
from aegis_cli.profiling.analysis.memory import (
    collector_use,
    container_growths,
    cycle_classes,
    resident_memory,
)
from aegis_cli.profiling.analysis.outgoing import constructions, outgoing_calls
from aegis_cli.profiling.analysis.source_lines import SourceLines
from aegis_cli.profiling.analysis.stalls import loop_stalls
from aegis_cli.profiling.analysis.task_waits import task_waits
from aegis_cli.profiling.recording.frames import Json, Payload
from aegis_cli.profiling.recording.runtime import RuntimeRecords

APP = (CodeLocation(path="app.py", line=3, function="serve"),)
NOWHERE = SourceLines(Path("/nonexistent"))


def records(*payloads: Payload) -> RuntimeRecords:
    """Return records with one known place and a few names."""
    names = {1: "requests.Session", 2: "urllib3.PoolManager", 3: "GET host/a", 4: "main"}
    return RuntimeRecords(
        pid=7, folder="/work", places={1: APP}, names=names, payloads=list(payloads)
    )


def test_stalls_of_a_place_are_added_up() -> None:
    rows: list[Json] = [
        [1, 0, 4, 30_000, 20_000, 0, 0, 2, 1],
        [1, 0, 4, 50_000, 40_000, 10_000, 0, 4, 1],
    ]

    (found,) = loop_stalls(records({"stalls": rows}), NOWHERE)

    assert (found.count, found.total_us, found.longest_us) == (2, 80_000, 50_000)
    assert found.coroutine == "main"
    assert found.cpu_share is not None
    assert abs(found.cpu_share - 10_000 / 60_000) < 1e-9
    assert found.delay_us == 0
    assert not found.is_moving


def test_a_stall_whose_place_is_lost_has_none() -> None:
    (found,) = loop_stalls(records({"stalls": [[9, 0, 0, 30_000, 0, -1, -1, 0, 0]]}), NOWHERE)

    assert found.places == ()
    assert found.cpu_share is None


def test_code_that_moves_on_without_a_processor_is_starved() -> None:
    (found,) = loop_stalls(records({"stalls": [[1, 0, 0, 90_000, 80_000, 800, 0, 9, 6]]}), NOWHERE)

    assert found.is_starved


def test_what_other_programs_took_is_not_the_lines() -> None:
    row: list[Json] = [1, 0, 0, 90_000, 80_000, 10_000, 60_000, 9, 1]

    (found,) = loop_stalls(records({"stalls": [row]}), NOWHERE)

    assert (found.longest_us, found.total_us, found.delay_us) == (30_000, 30_000, 60_000)
    assert found.cpu_share == 0.5


def test_rows_of_another_width_are_left_out() -> None:
    payload: Payload = {"stalls": [[1, 2, 3], "nothing", [1, 0, 0, 1, 1, 1, 1, 1, "x"]]}

    assert list(loop_stalls(records(payload), NOWHERE)) == []


def test_calls_are_added_up_over_records_the_longest_first() -> None:
    found = tuple(
        outgoing_calls(
            records(
                {"calls": [[1, 3, 2, 200, 150, 0], [0, 3, 1, 900, 900, 1]]},
                {"calls": [[1, 3, 3, 300, 120, 1]]},
            ),
            NOWHERE,
        )
    )

    assert [(each.places, each.count, each.total_us, each.failures) for each in found] == [
        ((), 1, 900, 1),
        (APP, 5, 500, 1),
    ]
    assert found[1].longest_us == 150
    assert found[1].target == "GET host/a"


def test_what_a_session_makes_for_itself_is_not_told() -> None:
    rows: list[Json] = [[1, 1, 25, 50, 5, 0], [1, 2, 50, 60, 5, 0]]

    found = list(constructions(records({"constructions": rows}), NOWHERE))

    assert [(each.what, each.count) for each in found] == [("requests.Session", 25)]


def test_a_pool_that_is_made_by_itself_is_told() -> None:
    found = list(constructions(records({"constructions": [[1, 2, 50, 60, 5, 0]]}), NOWHERE))

    assert [each.what for each in found] == ["urllib3.PoolManager"]


def test_memory_is_in_bytes_and_seconds() -> None:
    found = resident_memory(records({"memory": [[50, 10]]}, {"memory": [[1500, 30]]}))

    assert found is not None
    assert found.points == ((0.05, 10_240), (1.5, 30_720))
    assert found.growth_bytes == 20_480
    assert resident_memory(records()) is None


def test_a_size_that_stays_is_seen_at_every_look() -> None:
    looks: list[Json] = [[at, 10] for at in range(100, 1100, 100)]
    payload: Payload = {
        "memory": looks,
        "containers": [[1, "dict", "app", "CACHE", "/work/app.py", -1, 0]],
        "sizes": [[100, 1, 500], [300, 1, 700]],
    }

    (found,) = container_growths(records(payload), NOWHERE)

    assert (found.entries_first, found.entries_last) == (500, 700)
    assert found.late_per_s == 0
    assert not found.is_steady
    assert found.place.path == "app.py"


def test_the_share_of_the_collector_is_of_processor_time_where_that_is_known() -> None:
    payload: Payload = {"memory": [[4000, 10]], "collector": [[0, 5, 300_000, 2], [2, 1, 100, 4]]}

    known = collector_use(records(payload), NOWHERE, cpu_s=2.0)
    unknown = collector_use(records(payload), NOWHERE, cpu_s=None)

    assert known is not None
    assert unknown is not None
    assert known.collections == (5, 0, 1)
    assert (known.process_us, unknown.process_us) == (2_000_000, 4_000_000)
    assert known.objects == 6


def test_classes_without_an_object_in_a_cycle_are_left_out() -> None:
    payload: Payload = {
        "collector": [[0, 1, 10, 50]],
        "cycles": [[1, 10, 8], [2, 10, 0]],
        "types": [
            [1, "__main__", "Node", "/work/app.py", 5],
            [2, "shop", "Plain", "/work/shop.py", 9],
        ],
    }
    collector = collector_use(records(payload), NOWHERE, cpu_s=1.0)
    assert collector is not None

    (found,) = cycle_classes(records(payload), collector)

    assert (found.name, found.share, found.place.path) == ("Node", 0.8, "app.py")


def test_waits_keep_the_most_of_each_record() -> None:
    found = tuple(
        task_waits(
            records({"waits": [[1, 4, 200_000, 2, 2, 1]]}, {"waits": [[1, 6, 300_000, 3, 5, 4]]}),
            NOWHERE,
        )
    )

    (only,) = found
    assert (only.looks, only.total_us, only.awaits) == (10, 500_000, 5)
    assert (only.most_by_one_task, only.most_at_once) == (5, 4)
    assert only.loop is None


def test_lines_of_a_file_that_is_gone_are_empty(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("first\n    second\n", encoding="utf-8")

    sources = SourceLines(tmp_path)

    assert sources.line(CodeLocation(path="app.py", line=2)) == "second"
    assert sources.line(CodeLocation(path="app.py", line=9)) == ""
    assert sources.line(CodeLocation(path="other.py", line=1)) == ""
    assert sources.line(None) == ""
