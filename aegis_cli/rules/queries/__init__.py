"""Rules over the statements of a workload: loops, caches, batches, pages, slow statements."""

from collections.abc import Sequence

from aegis_cli.engine.detector import AnyDetector
from aegis_cli.hooks.specs import hookimpl


@hookimpl
def aegis_detectors(command: str | None = None) -> Sequence[type[AnyDetector]]:
    """Return this bundle's detectors; logs hold nothing for those that ask a planner."""
    return _of_workloads() if command == "explain-queries" else (*_of_workloads(), *_of_planner())


def _of_planner() -> Sequence[type[AnyDetector]]:
    from aegis_cli.rules.queries.hidden_column import HiddenColumn

    return (HiddenColumn,)


def _of_workloads() -> Sequence[type[AnyDetector]]:
    from aegis_cli.rules.queries.cacheable_read import CacheableRead
    from aegis_cli.rules.queries.commit_per_row import CommitPerRow
    from aegis_cli.rules.queries.connection_per_call import ConnectionPerCall
    from aegis_cli.rules.queries.count_per_page import CountPerPage
    from aegis_cli.rules.queries.database_error import DatabaseError
    from aegis_cli.rules.queries.deep_offset import DeepOffset
    from aegis_cli.rules.queries.idle_in_transaction import IdleInTransaction
    from aegis_cli.rules.queries.lock_wait import LockWait
    from aegis_cli.rules.queries.n_plus_one import NPlusOne
    from aegis_cli.rules.queries.nested_n_plus_one import NestedNPlusOne
    from aegis_cli.rules.queries.non_sargable_predicate import NonSargablePredicate
    from aegis_cli.rules.queries.open_transaction import OpenTransaction
    from aegis_cli.rules.queries.oversized_batch import OversizedBatch
    from aegis_cli.rules.queries.oversized_prefetch import OversizedPrefetch
    from aegis_cli.rules.queries.plan_misestimate import PlanMisestimate
    from aegis_cli.rules.queries.repeated_query import RepeatedQuery
    from aegis_cli.rules.queries.row_at_a_time_insert import RowAtATimeInsert
    from aegis_cli.rules.queries.row_at_a_time_update import RowAtATimeUpdate
    from aegis_cli.rules.queries.select_star import SelectStar
    from aegis_cli.rules.queries.slow_statement import SlowStatement
    from aegis_cli.rules.queries.spill_to_disk import SpillToDisk
    from aegis_cli.rules.queries.too_many_queries import TooManyQueries
    from aegis_cli.rules.queries.unbatched_large_read import UnbatchedLargeRead
    from aegis_cli.rules.queries.unlimited_select import UnlimitedSelect
    from aegis_cli.rules.queries.unstable_page_order import UnstablePageOrder
    from aegis_cli.rules.queries.unused_eager_load import UnusedEagerLoad

    return (
        NPlusOne,
        NestedNPlusOne,
        RepeatedQuery,
        UnusedEagerLoad,
        OversizedPrefetch,
        NonSargablePredicate,
        CacheableRead,
        RowAtATimeInsert,
        RowAtATimeUpdate,
        UnbatchedLargeRead,
        OversizedBatch,
        CommitPerRow,
        DeepOffset,
        UnlimitedSelect,
        CountPerPage,
        UnstablePageOrder,
        SelectStar,
        ConnectionPerCall,
        IdleInTransaction,
        OpenTransaction,
        SlowStatement,
        TooManyQueries,
        SpillToDisk,
        LockWait,
        PlanMisestimate,
        DatabaseError,
    )
