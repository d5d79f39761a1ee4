"""How long counters have run: since their reset, or at least since what is kept beside them."""

from dataclasses import replace

import pytest

from aegis_cli.model.facts.catalog import TableActivity
from tests.fakes.catalog import existing, index, snapshot, table

NEVER_RESET = replace(snapshot(), statistics_since=None)
DAY_S = 86_400


def activity(last_analyzed: str | None) -> TableActivity:
    return TableActivity(
        sequential_scans=0,
        index_scans=0,
        rows_inserted=0,
        rows_updated=0,
        rows_updated_hot=0,
        rows_deleted=0,
        live_rows=0,
        dead_rows=0,
        modified_since_analyze=0,
        last_analyzed=last_analyzed,
    )


def test_counters_run_since_their_reset_as_of_the_time_of_the_snapshot() -> None:
    assert snapshot().counted_s == 31 * DAY_S


def test_without_a_reset_and_without_any_time_nothing_is_known() -> None:
    assert NEVER_RESET.counted_s is None


@pytest.mark.parametrize(
    ("analyzed", "scanned", "days"),
    [
        ("2025-12-22T00:00:00Z", None, 10),
        (None, "2025-12-30T00:00:00Z", 2),
        ("2025-12-22T00:00:00Z", "2025-12-30T00:00:00Z", 10),
    ],
)
def test_without_a_reset_the_oldest_kept_time_is_a_lower_bound(
    analyzed: str | None, scanned: str | None, days: int
) -> None:
    used = replace(existing("i", index("t", "a")), last_scan=scanned)
    kept = replace(table("t", ["a"], indexes=[used]), activity=activity(analyzed))
    assert replace(NEVER_RESET, tables=(kept,)).counted_s == days * DAY_S


def test_a_snapshot_from_before_the_reset_counts_nothing() -> None:
    assert replace(snapshot(), taken_at="2025-11-01T00:00:00Z").counted_s == 0
