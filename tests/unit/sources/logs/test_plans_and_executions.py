"""A plan and the execution it belongs to are one, in whichever order the server wrote them."""

from pathlib import Path

import pytest

from aegis_cli.engine.progress import SilentProgress
from aegis_cli.sources.logs.absorber import Absorber
from aegis_cli.sources.logs.inputs import find_inputs
from aegis_cli.sources.logs.reader import LogReading, ReadOptions
from tests.unit.sources.logs.log_writer import Entry, stderr
from tests.unit.sources.logs.pipeline import read, stderr_splitter

_SQL = "SELECT a FROM t WHERE b = $1"


def _execution(duration: str = "0.458", *, ms: int = 0, pid: int = 100) -> Entry:
    message = f"duration: {duration} ms  execute <unnamed>: {_SQL}"
    return Entry(message=message, detail="Parameters: $1 = '7'", ms=ms, pid=pid)


def _plan(
    duration: str = "0.457", *, sql: str = _SQL, parameters: str = "", ms: int = 0, pid: int = 100
) -> Entry:
    lines = [
        f"duration: {duration} ms  plan:",
        f"Query Text: {sql}",
        *([f"Query Parameters: {parameters}"] if parameters else []),
        "Seq Scan on t  (cost=0.00..1.00 rows=1 width=4) (actual time=0.1..0.2 rows=1 loops=1)",
        "  Filter: (b = 7)",
    ]
    return Entry(message="\n".join(lines), ms=ms, pid=pid)


def _read(folder: Path, *entries: Entry) -> Absorber:
    path = folder / "a.log"
    path.write_bytes(stderr(entries))
    reading = LogReading(find_inputs([str(path)]).inputs, ReadOptions(samples=5), SilentProgress())
    for _ in reading.batches():
        pass
    return reading.gathered


@pytest.mark.parametrize(
    ("entries", "executions"),
    [
        ((_execution(), _plan()), 1),
        ((_plan(), _execution()), 1),
        ((_plan(),), 1),
        ((_execution(),), 1),
        ((_execution(), _plan(), _execution(), _plan()), 2),
        ((_plan(), _execution(), _plan(), _execution()), 2),
        ((_execution(), _execution(), _plan()), 2),
        ((_execution(), _plan(), _plan()), 2),
        ((_execution("0.455"), _plan("0.457")), 1),
        ((_execution("0.100"), _plan("10.100")), 1),
        ((_execution("0.100"), _plan("10.101")), 2),
        ((_execution(), _plan("0.100", sql="SELECT 2 FROM u")), 2),
        ((_execution(), _plan(pid=200)), 2),
        ((_execution(), _execution("9.000", pid=200), _plan()), 2),
        ((_plan(), _execution(), _plan("0.300")), 2),
    ],
)
def test_what_belongs_together_counts_once(
    tmp_path: Path, entries: tuple[Entry, ...], executions: int
) -> None:
    assert _read(tmp_path, *entries).digest.executions == executions


def test_many_queries_of_several_sessions_are_counted_once_each(tmp_path: Path) -> None:
    entries = [
        entry
        for number in range(500)
        for entry in (
            _execution(ms=number, pid=100 + number % 3),
            _plan(ms=number, pid=100 + number % 3),
        )
    ]

    gathered = _read(tmp_path, *entries)

    assert gathered.digest.executions == 500
    (observation,) = gathered.plans.observations()
    assert observation.plans == 500


@pytest.mark.parametrize("parsers", [1, 2])
@pytest.mark.parametrize("size", [150, 400, 1 << 20])
def test_where_chunks_end_does_not_matter(size: int, parsers: int) -> None:
    entries = [entry for number in range(60) for entry in (_execution(ms=number), _plan(ms=number))]

    gathered = read(stderr(entries), stderr_splitter(), sizes=(size,), parsers=parsers)

    assert gathered.absorber.digest.executions == 60


def test_a_plan_tells_its_parameters(tmp_path: Path) -> None:
    gathered = _read(tmp_path, _plan(parameters="$1 = '7', $2 = NULL"))

    assert [each.parameters for each in gathered.samples.of(0)] == [
        "parameters: $1 = '7', $2 = NULL"
    ]


def test_parameters_of_a_plan_that_are_cut_short_are_not_told(tmp_path: Path) -> None:
    gathered = _read(tmp_path, _plan(parameters="$1 = 'seve"))

    assert [each.parameters for each in gathered.samples.of(0)] == [""]
