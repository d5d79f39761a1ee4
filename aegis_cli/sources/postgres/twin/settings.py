"""Settings of the twin's server and of the session that plans."""

from collections.abc import Iterable, Mapping

from psycopg2 import sql

from aegis_cli.embedded.session import Session
from aegis_cli.embedded.settings import SettingValue
from aegis_cli.model.facts.snapshot import Setting
from aegis_cli.sources.postgres.twin.lacks import Lacks, attempt
from aegis_cli.sources.postgres.twin.queries import text_of

SERVER_SETTINGS: Mapping[str, SettingValue] = {
    # Otherwise the commit of CREATE INDEX caches the metapage that we replace.
    "wal_level": "replica",
    "max_wal_senders": 0,
    # Nothing may look at the pages of a forged relation.
    "autovacuum": False,
    "bgwriter_lru_maxpages": 0,
    "checkpoint_timeout": "1d",
    "shared_buffers": "64MB",
    "max_connections": 10,
    "max_locks_per_transaction": 1024,
    # CREATE INDEX on an empty table needs no help.
    "max_parallel_maintenance_workers": 0,
    "maintenance_work_mem": "16MB",
    "allow_system_table_mods": True,
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
}


def apply_planner_settings(planner: Session, settings: Iterable[Setting], lacks: Lacks) -> None:
    """Give a session the target's planner settings; settings of other kinds are left alone."""
    known = {str(name) for (name,) in planner.execute(text_of("planner_settings"))}
    for each in settings:
        if each.name not in known:
            continue
        statement = sql.SQL("SELECT set_config({}, {}, false)").format(
            sql.Literal(each.name), sql.Literal(each.value)
        )
        reason = attempt(planner, statement)
        if reason:
            lacks.add(
                f"setting {each.name}",
                f"the twin does not take the target's value {each.value}: {reason}",
                "Costs that depend on it differ.",
            )
