"""Record small logs of a real server under many `log_line_prefix` settings.

Run `python tests/data/record_prefix_logs.py`; it rewrites `tests/data/logs/prefix-*.log`
and `tests/data/logs/prefixes.json`, which names the setting of each.
"""

import json
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import psycopg2

from aegis_cli.embedded.postgres import PostgresServer, start_postgres
from aegis_cli.embedded.settings import SettingValue

FOLDER = Path(__file__).parent / "logs"
TEMPLATES: Mapping[str, str] = {
    "default": "%m [%p] ",
    "debian": "%m [%p] %q%u@%d ",
    "rds": "%t:%r:%u@%d:[%p]:",
    "pgbadger": "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
    "azure": "%t-%c-",
    "cloudsql": "%m [%p]: [%l-1] db=%d,user=%u ",
    "heroku": "sql_error_code = %e time=%t pid=%p proc_start_time=%s session_id=%c vtid=%v "
    "tid=%x log_line=%l %qdatabase=%d connection_source=%r user=%u application_name=%a ",
    "supabase": "%h %m [%p] %q%u@%d ",
    "aiven": "pid=%p,user=%u,db=%d,app=%a,client=%h ",
    "none": "",
    "everything": "%m|%n|%p|%c|%l|%s|%v|%x|%e|%Q|%b|%i|%u|%d|%a|%r|%h|%L|%P|",
    "epoch": "%n <%c> %q%d/%u ",
    "padded": "%-14u|%-12d|%6p|%m ",
    "swapped": "[%l] %d %u %p %t ",
    "no-time": "%q[%c] %u@%d/%a ",
    "literal": "srv-1 100%% %m %a [%p] ",
}
_SETTINGS: Mapping[str, SettingValue] = {
    "log_min_duration_statement": 0,
    "log_connections": True,
    "log_disconnections": True,
    "log_checkpoints": True,
    "compute_query_id": "on",
    "autovacuum": False,
}


def main() -> int:
    """Record every template, one after the other on one server."""
    FOLDER.mkdir(exist_ok=True)
    with start_postgres(settings={**_SETTINGS, "log_line_prefix": "%m [%p] "}) as server:
        prepare(server)
        for name, template in TEMPLATES.items():
            server.restart({"log_line_prefix": template})
            run_workload(server)
            server.stop()
            log = server.log_files()[0].read_bytes()
            # The private directory has another name in each run.
            log = log.replace(str(server.directory).encode(), b"/srv/postgresql")
            (FOLDER / f"prefix-{name}.log").write_bytes(log)
            server.start()
    settings = json.dumps(TEMPLATES, indent=2, ensure_ascii=False)
    (FOLDER / "prefixes.json").write_text(settings + "\n", "utf-8")
    return 0


def prepare(server: PostgresServer) -> None:
    """Create users and a database whose names are not all plain words."""
    with closing(psycopg2.connect(server.dsn())) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("CREATE ROLE alice LOGIN SUPERUSER PASSWORD 'planted'")
        cursor.execute("CREATE ROLE \"web app\" LOGIN SUPERUSER PASSWORD 'planted'")
        cursor.execute("CREATE DATABASE shop")


def run_workload(server: PostgresServer) -> None:
    """Run interleaved statements of three sessions, with an error and a multi-line text."""
    sessions = [
        psycopg2.connect(
            server.dsn(dbname=database, user=user, password=password, application_name=name)
        )
        for user, database, password, name in (
            ("alice", "shop", "planted", "shop-web"),
            ("web app", "shop", "planted", "Job Runner 2.1"),
            ("postgres", "postgres", server.password, "psql"),
        )
    ]
    for turn in range(3):
        for session in sessions:
            session.cursor().execute("SELECT %s AS turn\nFROM pg_class\nLIMIT 1", (turn,))
    failing = sessions[0].cursor()
    try:
        failing.execute("SELECT missing FROM pg_class")
    except psycopg2.Error:
        sessions[0].rollback()
    sessions[1].cursor().execute("CREATE TEMPORARY TABLE note AS SELECT 'LOG:  not a line' AS text")
    sessions[2].commit()
    sessions[2].autocommit = True
    sessions[2].cursor().execute("CHECKPOINT")
    for session in sessions:
        session.close()


if __name__ == "__main__":
    sys.exit(main())
