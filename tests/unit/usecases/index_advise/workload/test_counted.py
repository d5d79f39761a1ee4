"""The server's own counters become a workload with a window."""

import pytest

from aegis_cli.model.facts.snapshot import CountedStatement, SnapshotLack
from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text
from aegis_cli.sources.postgres.statements import StatementSource
from aegis_cli.usecases.index_advise.workload.counted import counted_workload, seconds_between
from aegis_cli.usecases.index_advise.workload.raw import RawStatement

_NOON, _MIDNIGHT = "2026-01-01T12:00:00+00:00", "2026-01-02T00:00:00+00:00"


def _counted(text: str) -> CountedStatement:
    return CountedStatement(query_id="1", text=text, calls=5, total_ms=12.5, rows=50, role="app")


def test_counts_and_the_time_of_counting_are_kept() -> None:
    source = StatementSource(
        statements=(_counted("SELECT $1"),),
        since=_NOON,
        lacks=(SnapshotLack(subject="s", reason="r", hint="h"),),
    )

    workload = counted_workload(source, _MIDNIGHT)

    assert workload.statements == (
        RawStatement(
            text="SELECT $1", calls=5.0, total_ms=12.5, rows=50.0, source="pg_stat_statements"
        ),
    )
    assert workload.window_s == 12 * 3600.0
    assert workload.skipped == (Skipped(subject="s", reason=Text.same("r"), hint=Text.same("h")),)


def test_a_list_that_the_server_squeezed_is_known_as_one() -> None:
    source = StatementSource(statements=(_counted("SELECT a FROM t WHERE b IN ($1 /*, ... */)"),))

    assert counted_workload(source, _MIDNIGHT).statements[0].has_folded_lists


@pytest.mark.parametrize("since", [None, _MIDNIGHT, "yesterday", "2026-01-01T12:00:00"])
def test_an_unknown_or_impossible_beginning_gives_no_window(since: str | None) -> None:
    assert seconds_between(since, "2026-01-01T23:00:00+00:00") is None
