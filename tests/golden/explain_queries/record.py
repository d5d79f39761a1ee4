"""Record shop.log: a server's own log of a few requests with faults and without.

Run `python -m tests.golden.explain_queries.record` after a change of the workload.
"""

from pathlib import Path

from aegis_cli.embedded.postgres import start_postgres
from aegis_cli.embedded.session import Session, open_session
from aegis_cli.embedded.settings import SettingValue

TARGET = Path(__file__).parent / "shop.log"
SETTINGS: dict[str, SettingValue] = {
    "log_line_prefix": "%m [%p] %q%u@%d/%a ",
    "log_min_duration_statement": 0,
    "log_connections": "",
    "log_temp_files": 0,
    "work_mem": "64kB",
}
TABLES = (
    "CREATE TABLE orders (id int PRIMARY KEY, state text)",
    "CREATE TABLE item (id int PRIMARY KEY, order_id int, name text)",
    "INSERT INTO orders SELECT n, 'new' FROM generate_series(1, 100) n",
    "INSERT INTO item SELECT n, n, 'item ' || n FROM generate_series(1, 3000) n",
)
_QUIET = "-c log_min_duration_statement=-1 -c log_temp_files=-1"


def record() -> None:
    """Run the workload and keep what the server logged of it."""
    with start_postgres(settings=SETTINGS) as server:
        with open_session(server.dsn(), options=_QUIET) as session:
            for sql in TABLES:
                session.execute(sql)
        for _ in range(3):
            with open_session(server.dsn(application_name="web")) as session:
                _show_orders(session)
        with open_session(server.dsn(application_name="import")) as session:
            _import(session)
        lines = b"".join(path.read_bytes() for path in server.log_files()).splitlines(keepends=True)
    kept = [line for line in lines if b"@postgres/" in line or line.startswith(b"\t")]
    TARGET.write_bytes(b"".join(kept))


def _show_orders(session: Session) -> None:
    orders = session.execute("SELECT id FROM orders WHERE state = 'new' ORDER BY id LIMIT 12")
    for (order,) in orders:
        session.execute("SELECT name FROM item WHERE order_id = %s", (order,))


def _import(session: Session) -> None:
    with session.transaction():
        for number in range(8):
            session.execute("INSERT INTO orders VALUES (%s, 'old')", (200 + number,))
    session.execute("SELECT name\nFROM item\nORDER BY name || 'x'")


if __name__ == "__main__":
    record()
