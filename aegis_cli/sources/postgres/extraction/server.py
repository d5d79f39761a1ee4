"""Facts of the server and the database as a whole."""

from dataclasses import dataclass

from aegis_cli.model.facts.snapshot import Setting
from aegis_cli.sources.postgres.session import ReadOnlySession

_ALWAYS = (
    "seq_page_cost",
    "random_page_cost",
    "cpu_tuple_cost",
    "cpu_index_tuple_cost",
    "cpu_operator_cost",
    "parallel_setup_cost",
    "parallel_tuple_cost",
    "min_parallel_table_scan_size",
    "min_parallel_index_scan_size",
    "max_parallel_workers_per_gather",
    "max_parallel_workers",
    "max_worker_processes",
    "max_parallel_maintenance_workers",
    "effective_cache_size",
    "effective_io_concurrency",
    "work_mem",
    "hash_mem_multiplier",
    "maintenance_work_mem",
    "shared_buffers",
    "jit",
    "default_statistics_target",
    "constraint_exclusion",
    "plan_cache_mode",
    "default_text_search_config",
)
"""Settings that matter at their default, too: it differs between versions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """What does not belong to any table."""

    taken_at: str
    statistics_since: str | None
    is_standby: bool
    replicas: int | None
    has_c_collation: bool
    encoding: str
    tracks_counts: bool
    search_path: tuple[str, ...]
    settings: tuple[Setting, ...]


def server_facts(session: ReadOnlySession) -> ServerFacts:
    """Read what holds for the whole database.

    Raises:
        SourceError: The server is lost.
    """
    with session.group():
        (facts,) = session.query("server_facts")
        settings = session.query("planner_settings", {"always": list(_ALWAYS)})
        # Last, as it lifts the search path that the other queries rely on.
        session.query("users_search_path")
        (path,) = session.query("search_path")
    return ServerFacts(
        taken_at=facts.text("taken_at"),
        statistics_since=facts.optional_text("statistics_since"),
        is_standby=facts.flag("is_standby"),
        replicas=facts.optional_integer("replicas"),
        has_c_collation=facts.flag("has_c_collation"),
        encoding=facts.text("encoding"),
        tracks_counts=facts.flag("tracks_counts"),
        search_path=path.texts("schemas"),
        settings=tuple(
            Setting(name=each.text("name"), value=each.text("value")) for each in settings
        ),
    )
