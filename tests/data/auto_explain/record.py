"""Record what auto_explain of a real server writes for statements of every kind of plan.

Run from the root of the project, once per server:

    python tests/data/auto_explain/record.py [DIRECTORY OF THE SERVER'S PROGRAMS]

Each run replaces `postgres_<major>_text.json` and `postgres_<major>_json.json` beside this
script: lists of messages in the order in which the server wrote them.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from aegis_cli.embedded.postgres import PostgresServer, start_postgres
from aegis_cli.embedded.session import Session, open_session
from aegis_cli.embedded.settings import SettingValue

HERE = Path(__file__).parent
FORMATS = ("text", "json")

SETTINGS: Mapping[str, SettingValue] = {
    "log_destination": "jsonlog",
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_nested_statements": True,
    "auto_explain.log_analyze": True,
    "max_parallel_workers": 4,
    "autovacuum": False,
}

SCHEMA = (
    "CREATE SCHEMA shop",
    'CREATE TABLE shop."Customer" (id int PRIMARY KEY, name text NOT NULL, city text)',
    """CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL
       REFERENCES shop."Customer", total numeric NOT NULL, note text)""",
    "CREATE INDEX orders_customer ON orders (customer_id)",
    "CREATE TABLE visits (day date NOT NULL, hits int) PARTITION BY RANGE (day)",
    "CREATE TABLE visits_2024 PARTITION OF visits FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
    "CREATE TABLE visits_2025 PARTITION OF visits FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
    """INSERT INTO shop."Customer" SELECT i, 'name ' || i, 'city ' || i % 7
       FROM generate_series(1, 500) i""",
    """INSERT INTO orders SELECT i, 1 + i % 500, i * 1.5, 'it''s ' || i
       FROM generate_series(1, 4000) i""",
    "INSERT INTO visits SELECT '2024-01-01'::date + i, i FROM generate_series(0, 700) i",
    """CREATE FUNCTION total_of(wanted int) RETURNS numeric LANGUAGE plpgsql AS $body$
       BEGIN RETURN (SELECT sum(total) FROM orders WHERE customer_id = wanted); END $body$""",
    "VACUUM ANALYZE",
)

PARALLEL = (
    "SET parallel_setup_cost = 0",
    "SET parallel_tuple_cost = 0",
    "SET min_parallel_table_scan_size = 0",
    "SET max_parallel_workers_per_gather = 2",
)

PLAIN = (
    "SELECT * FROM orders WHERE note = 'it''s 7' AND total > 12.5",
    "SELECT *\nFROM orders -- (cost=1.00..2.00 rows=3 width=4)\nWHERE note = 'two\nlines'",
    'SELECT * FROM shop."Customer" c WHERE c.id = 17',
    "SELECT id FROM orders ORDER BY id DESC LIMIT 3",
    "SELECT count(*) FROM orders WHERE customer_id IN (3, 4, 5) AND total < 900",
    """SELECT c.city, sum(o.total) FROM orders o JOIN shop."Customer" c ON c.id = o.customer_id
       WHERE c.name LIKE 'name 1%' GROUP BY c.city ORDER BY 2 DESC""",
    """SELECT c.name FROM shop."Customer" c LEFT JOIN orders o ON o.customer_id = c.id
       AND o.total > 5000 WHERE o.id IS NULL""",
    """SELECT c.name, (SELECT max(o.total) FROM orders o WHERE o.customer_id = c.id)
       FROM shop."Customer" c WHERE c.id <= 5 AND c.city <> (SELECT 'city 3'::text)""",
    """WITH w AS MATERIALIZED (SELECT * FROM orders WHERE total > 100)
       SELECT a.id FROM w a JOIN w b USING (id) WHERE a.customer_id = 9""",
    """SELECT * FROM shop."Customer" WHERE false AND id = 3""",
    "SELECT * FROM orders o WHERE EXISTS (SELECT FROM visits WHERE hits < 0) AND o.id < 4",
    "SELECT * FROM visits WHERE hits > 650",
    "SELECT rank() OVER (PARTITION BY customer_id ORDER BY total) FROM orders WHERE id < 50",
    "SELECT city FROM shop.\"Customer\" EXCEPT SELECT 'city 1'",
    "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) v(x, y), generate_series(1, 3) g WHERE y = 'b'",
    "SELECT total_of(7)",
    "INSERT INTO orders VALUES (9001, 1, 3, 'new') ON CONFLICT (id) DO NOTHING",
    "UPDATE orders SET note = 'seen' WHERE id = 9001",
    "DELETE FROM orders WHERE id = 9001 RETURNING note",
)


def record(server: PostgresServer, log_format: str) -> list[str]:
    """Run every statement and return the plans that the server logged."""
    server.restart({"auto_explain.log_format": log_format, "auto_explain.log_min_duration": -1})
    with open_session(server.dsn()) as session:
        _run_all(session)
    server.stop()
    (log,) = (path for path in server.log_files() if path.suffix == ".json")
    entries = map(json.loads, log.read_text("utf-8").splitlines())
    messages = [str(entry.get("message", "")) for entry in entries]
    return [message for message in messages if "  plan:\n" in message]


def _run_all(session: Session) -> None:
    for statement in (*SCHEMA, "SET auto_explain.log_min_duration = 0", *PLAIN):
        session.execute(statement)
    session.execute("PREPARE lookup (int, text) AS SELECT * FROM orders WHERE id=$1 AND note=$2")
    session.execute("EXECUTE lookup (3, 'it''s 3')")
    session.execute("SET auto_explain.log_buffers = on")
    session.execute("SET auto_explain.log_triggers = on")
    session.execute("INSERT INTO orders VALUES (9002, 2, 4, 'trigger')")
    session.execute("SET auto_explain.log_verbose = on")
    session.execute("SELECT id, note || 'secret' FROM orders WHERE total = 15 OR note = 'x'")
    session.execute("SET auto_explain.log_settings = on")
    for statement in PARALLEL:
        session.execute(statement)
    session.execute("SELECT customer_id, count(*) FROM orders WHERE total > 5 GROUP BY 1")
    session.execute("SELECT id, note FROM orders ORDER BY note")
    session.execute("SET auto_explain.log_timing = off")
    session.execute("SET jit_above_cost = 0")
    session.execute("SELECT count(*) FROM orders WHERE note <> 'jit'")
    session.execute("SET auto_explain.log_analyze = off")
    session.execute("SELECT count(*) FROM orders WHERE note <> 'planned only'")


def main() -> None:
    """Record one server."""
    bindir = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    for log_format in FORMATS:
        with start_postgres(bindir, settings=SETTINGS) as server:
            messages = record(server, log_format)
            path = HERE / f"postgres_{server.version[0]}_{log_format}.json"
            path.write_text(json.dumps(messages, indent=1, ensure_ascii=False) + "\n", "utf-8")
            print(f"{path.name}: {len(messages)} plans")  # noqa: T201 - a script


if __name__ == "__main__":
    main()
