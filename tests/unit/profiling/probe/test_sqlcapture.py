"""What the capture of SQL notes and tells, with a connection that a test plays."""

import asyncio
import contextvars
import threading
import time
from collections.abc import Mapping

from aegis_cli.profiling.probe.callsites import CallSites
from aegis_cli.profiling.probe.relationships import Relationships
from aegis_cli.profiling.probe.sqlcapture import KIND, WIDTH, Capture, hash_of, load


class Kept:
    """A recorder that keeps what it is given."""

    def __init__(self) -> None:
        self.payloads: list[Mapping[str, object]] = []

    def write(self, kind: str, payload: Mapping[str, object]) -> None:
        assert kind == KIND
        self.payloads.append(payload)

    def rows(self) -> list[list[int]]:
        found = []
        for payload in self.payloads:
            numbers = payload["rows"]
            assert isinstance(numbers, list)
            found += [numbers[at : at + WIDTH] for at in range(0, len(numbers), WIDTH)]
        return found

    def told(self, what: str) -> list[list[object]]:
        lists = [payload[what] for payload in self.payloads]
        return [each for some in lists if isinstance(some, list) for each in some]


def _capture() -> tuple[Capture, Kept]:
    kept = Kept()
    return Capture(kept, CallSites(Relationships())), kept


def _driver(capture: Capture, statement: object, values: object = None) -> None:
    """Note as a driver's wrapper does: the caller of this function is the call site."""
    capture.note(1, statement, values, capture.clock())


def test_tells_each_statement_and_call_site_once() -> None:
    capture, kept = _capture()
    for number in range(3):
        _driver(capture, "SELECT 1", (number,))
        capture.flush()

    assert [text for _, text in kept.told("texts")] == ["SELECT 1"]
    assert len(kept.told("sites")) == 1
    assert len(kept.rows()) == 3
    assert len({row[7] for row in kept.rows()}) == 3, "one hash per set of parameters"


def test_the_call_site_is_the_line_that_called_the_driver() -> None:
    capture, kept = _capture()
    _driver(capture, b"SELECT 1")
    capture.flush()

    ((_, frames, relationship),) = kept.told("sites")
    assert isinstance(frames, list)
    path, line, function = frames[0]
    assert str(path).endswith("test_sqlcapture.py")
    assert isinstance(line, int)
    assert function == "test_the_call_site_is_the_line_that_called_the_driver"
    assert relationship is None


def test_times_are_on_one_clock_that_is_told_with_them() -> None:
    capture, kept = _capture()
    before_ns, since_epoch_ns = capture.clock(), time.time_ns()
    _driver(capture, "SELECT 1")
    after_ns = capture.clock()
    capture.flush()

    (row,) = kept.rows()
    assert before_ns <= row[4] <= row[5] <= after_ns
    told = kept.payloads[0]["epoch_ns"]
    assert isinstance(told, int)
    assert abs(row[4] + told - since_epoch_ns) < 60_000_000_000


def test_a_full_buffer_is_written_at_once() -> None:
    capture, kept = _capture()

    for _ in range(3000):
        _driver(capture, "SELECT 1")

    assert 2000 < len(kept.rows()) < 3000


def test_no_statement_is_lost_or_doubled_between_threads() -> None:
    capture, kept = _capture()

    def work() -> None:
        for number in range(2000):
            _driver(capture, f"SELECT {number % 7}", (number,))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    capture.flush()

    assert len(kept.rows()) == 8000
    texts = {number for number, _ in kept.told("texts")}
    assert {row[0] for row in kept.rows()} <= texts
    assert len({row[3] for row in kept.rows()}) <= 4


def test_asyncio_tasks_have_lanes_of_their_own() -> None:
    capture, kept = _capture()
    turn = asyncio.Event()

    async def work() -> None:
        for _ in range(3):
            _driver(capture, "SELECT 1")
            turn.set()
            await turn.wait()

    async def main() -> None:
        await asyncio.gather(
            asyncio.create_task(work(), name="first"), asyncio.create_task(work(), name="second")
        )

    asyncio.run(main())
    capture.flush()

    assert len({row[3] for row in kept.rows()}) == 2
    assert {each[2] for each in kept.told("lanes")} == {"first", "second"}


def test_a_unit_of_work_has_a_lane_of_its_own_wherever_its_context_runs() -> None:
    capture, kept = _capture()

    _driver(capture, "SELECT 1")
    for _ in range(2):
        token = capture.begin_unit("GET /orders")
        _driver(capture, "SELECT 2")
        context = contextvars.copy_context()
        thread = threading.Thread(target=context.run, args=(_driver, capture, "SELECT 3"))
        thread.start()
        thread.join()
        capture.end_unit(token)
    _driver(capture, "SELECT 1")
    capture.flush()

    lanes = [row[3] for row in kept.rows()]
    assert lanes[0] == lanes[5]
    assert lanes[1] == lanes[2]
    assert lanes[3] == lanes[4]
    assert len(set(lanes)) == 3
    assert [each[3] for each in kept.told("lanes")] == [None, "GET /orders", "GET /orders"]


def test_a_unit_that_is_open_is_told_again_when_everything_is() -> None:
    capture, kept = _capture()

    token = capture.begin_unit("import")
    capture.begin_again()
    _driver(capture, "SELECT 1")
    capture.end_unit(token)
    capture.begin_again()
    _driver(capture, "SELECT 1")
    capture.flush()

    assert [each[3] for each in kept.told("lanes")] == [None]


def test_a_forked_child_tells_everything_anew_and_nothing_of_its_parent() -> None:
    capture, kept = _capture()
    capture.connection("sqlite3", ":memory:")
    _driver(capture, "SELECT 1")

    capture.begin_again()
    _driver(capture, "SELECT 1")
    capture.flush()

    assert len(kept.rows()) == 1
    assert len(kept.told("texts")) == len(kept.told("sites")) == len(kept.told("lanes")) == 1
    assert [each[:4] for each in kept.told("connections")] == [[1, "sqlite3", ":memory:", -1]]


def test_connections_that_are_closed_are_told_and_forgotten() -> None:
    capture, kept = _capture()

    for _ in range(3):
        capture.closed(capture.connection("sqlite3", "shop.db", capture.clock()))
        _driver(capture, "SELECT 1")
        capture.flush()

    assert [each[0] for each in kept.told("connections")] == [1, 2, 3]
    assert [each[0] for each in kept.told("closed")] == [1, 2, 3]
    assert capture._connections == []


def test_nothing_is_noted_after_the_end() -> None:
    capture, kept = _capture()
    capture.stop()

    _driver(capture, "SELECT 1")
    capture.flush()

    assert kept.payloads == []


def test_what_goes_wrong_stays_inside() -> None:
    capture, kept = _capture()

    _driver(capture, ["no statement at all"])
    _driver(capture, "SELECT 1")
    capture.flush()

    assert len(kept.rows()) == 1


def test_many_texts_do_not_fill_the_memory() -> None:
    capture, kept = _capture()

    for number in range(6000):
        _driver(capture, f"SELECT {number}")
    capture.flush()

    assert len({number for number, _ in kept.told("texts")}) == 6000
    assert len(capture._texts) <= 5000


def test_equal_values_have_equal_hashes_whatever_they_are() -> None:
    values = (1, "x", [1, {"a": [2]}], {"b": bytearray(b"c")})
    same = (1, "x", [1, {"a": [2]}], {"b": bytearray(b"c")})
    other = (1, "x", [1, {"a": [3]}], {"b": bytearray(b"c")})

    assert hash_of(values) == hash_of(same)
    assert hash_of(values) != hash_of(other)


def test_deep_values_end() -> None:
    endless: list[object] = []
    endless.append(endless)

    assert isinstance(hash_of((endless,)), int)


def test_modules_are_loaded_by_file_and_not_among_the_programs_own() -> None:
    module = load("relationships")

    assert module.__name__ == "aegis_probe_relationships"
    assert callable(module.Relationships)
