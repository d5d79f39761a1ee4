"""Rules over indexes: what the planner proposes, what tables carry, what statistics know."""

from collections.abc import Sequence

from aegis_cli.engine.detector import AnyDetector
from aegis_cli.hooks.specs import hookimpl


@hookimpl
def aegis_detectors(command: str | None = None) -> Sequence[type[AnyDetector]]:
    """Return this bundle's detectors; some rules have one for each sort of facts."""
    return _of_logs() if command == "explain-queries" else (*_of_databases(), *_of_logs())


def _of_logs() -> Sequence[type[AnyDetector]]:
    from aegis_cli.rules.indexes.scanned_table import ScannedTable

    return (ScannedTable,)


def _of_databases() -> Sequence[type[AnyDetector]]:
    from aegis_cli.rules.indexes.invalid_or_bloated_index import InvalidOrBloatedIndex
    from aegis_cli.rules.indexes.low_selectivity_index import LowSelectivityIndex
    from aegis_cli.rules.indexes.misordered_composite_index import MisorderedCompositeIndex
    from aegis_cli.rules.indexes.missing_index import MissingIndex
    from aegis_cli.rules.indexes.partial_index_opportunity import PartialIndexOpportunity
    from aegis_cli.rules.indexes.redundant_index import RedundantIndex, RedundantIndexOfAdvice
    from aegis_cli.rules.indexes.stale_statistics import StaleStatistics
    from aegis_cli.rules.indexes.unindexed_foreign_key import UnindexedForeignKey
    from aegis_cli.rules.indexes.unused_index import UnusedIndex
    from aegis_cli.rules.indexes.write_heavy_table import WriteHeavyTable

    return (
        MissingIndex,
        MisorderedCompositeIndex,
        UnindexedForeignKey,
        UnusedIndex,
        RedundantIndex,
        RedundantIndexOfAdvice,
        PartialIndexOpportunity,
        StaleStatistics,
        WriteHeavyTable,
        LowSelectivityIndex,
        InvalidOrBloatedIndex,
    )
