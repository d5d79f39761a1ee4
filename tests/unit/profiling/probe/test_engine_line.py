"""Lines are counted in so many calls of a function, and per process."""

import inspect

from line_profiler import LineProfiler

from aegis_cli.profiling.probe.decorating import Decorating, Wanted
from aegis_cli.profiling.probe.engine_line import KIND, Lines
from aegis_cli.profiling.probe.recorder import Recorder


class Records(Recorder):
    """Keeps what is recorded."""

    def __init__(self) -> None:
        """Start with nothing."""
        super().__init__("/nowhere")
        self.told: dict[str, list[object]] = {}

    def write(self, kind: str, payload: object) -> None:
        """Take one record."""
        self.told.setdefault(kind, []).append(payload)


def _lines(records: Records, max_calls: int | None = None) -> Lines:
    wanted = Wanted([("app", "f")])
    lines = Lines(LineProfiler(), records, max_calls)
    lines.follow(wanted, Decorating(wanted, lines.decorate))
    return lines


def _hits(records: Records) -> list[int]:
    (told,) = records.told[KIND]
    assert isinstance(told, dict)
    return [hits for *_, lines in told["functions"] for _, hits, _ in lines]


def _watched(number: int) -> int:
    doubled = number * 2
    return doubled + 1


def test_all_calls_are_counted_unless_bounded() -> None:
    records = Records()
    lines = _lines(records)
    watched = lines.decorate(_watched)

    assert [watched(n) for n in range(3)] == [1, 3, 5]
    lines.stop()

    assert _hits(records) == [3, 3]


def test_a_function_goes_on_unwatched_after_so_many_calls() -> None:
    records = Records()
    lines = _lines(records, max_calls=2)
    watched = lines.decorate(_watched)

    assert [watched(n) for n in range(5)] == [1, 3, 5, 7, 9]
    lines.stop()

    assert _hits(records) == [2, 2]
    (told,) = records.told["engine"]
    assert isinstance(told, dict)
    assert told["exhausted"] == ["_watched"]
    assert watched.__name__ == "_watched"


async def _coroutine() -> int:
    return 1


def test_a_bounded_coroutine_function_stays_one() -> None:
    assert inspect.iscoroutinefunction(_lines(Records(), max_calls=1).decorate(_coroutine))


def test_a_forked_process_leaves_out_what_its_parent_counted() -> None:
    records = Records()
    lines = _lines(records)
    watched = lines.decorate(_watched)
    watched(1)

    lines.begin_again()
    watched(2)
    watched(3)
    lines.stop()

    assert _hits(records) == [2, 2]
