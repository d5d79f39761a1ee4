"""Generate real logs of workloads that waste nothing: no loop may be found in them."""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

import psycopg2

from benchmarks.pgbench_load import Load, load_scripts, start_builtin, start_scripts
from benchmarks.server import ORDINARY_PREFIX, Server, shop_server
from benchmarks.shop_client import Session
from benchmarks.truth import Truth, merged
from benchmarks.web_client import browse

FOLDER = Path(__file__).parent / "data" / "clean"
PROTOCOLS = ("simple", "extended", "prepared")
BUILTIN = ("tpcb-like", "simple-update", "select-only")
POLL_S = 0.3
POLLS = 30
PAGE = 500

POLL_FIXED = "SELECT count(*) FROM shop_order WHERE status = 'new'"
POLL_MOVING = "SELECT id, kind, payload FROM shop_event WHERE id > %s ORDER BY id LIMIT 50"
POLL_QUEUE = (
    "SELECT id, number FROM shop_order WHERE status = 'new' ORDER BY id LIMIT 1"
    " FOR UPDATE SKIP LOCKED"
)
NEXT_PAGE = (
    "SELECT id, email, loyalty_points FROM shop_customer WHERE id > %s ORDER BY id LIMIT 500"
)
BULK_UPDATE = "UPDATE shop_customer SET loyalty_points = loyalty_points + 1 WHERE id = ANY(%s)"
BULK_INSERT = "INSERT INTO shop_event (kind, payload, created_at) VALUES "
BULK_ROW = "('points', %s, now())"
RELATED = "SELECT id, customer_id, total FROM shop_order WHERE customer_id = ANY(%s)"

Workload: TypeAlias = Callable[[Server, int], Truth]


def main() -> None:
    """Generate every clean log, or those named on the command line."""
    known = workloads()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(known), help="workloads to run")
    parser.add_argument("--seed", type=int, default=1, help="seed of every random choice")
    parser.add_argument("--output", type=Path, default=FOLDER, help="folder for the logs")
    options = parser.parse_args()
    with shop_server() as server:
        for name in options.names:
            started = time.monotonic()
            record(server, known[name], options.output / name, seed=options.seed)
            sys.stderr.write(f"{name}: {time.monotonic() - started:.1f} s\n")


def record(server: Server, workload: Workload, folder: Path, seed: int) -> None:
    """Run one workload and keep its log with the truth."""
    with server.recording(folder):
        truth = workload(server, seed)
    truth.write(
        folder / "truth.json",
        variant=folder.name,
        seed=seed,
        log_line_prefix=ORDINARY_PREFIX,
        server_version=server.version,
    )


def workloads() -> dict[str, Workload]:
    """Name every clean workload."""
    found: dict[str, Workload] = {
        f"pgbench-{script}-{protocol}": _pgbench(protocol, (script,))
        for script in BUILTIN
        for protocol in PROTOCOLS
    }
    found["pgbench-mixed"] = _pgbench("simple", BUILTIN)
    found["polling"] = _polling
    found["batch-job"] = _batch_job
    found["hot-prepared"] = _hot_prepared
    found["web"] = _web
    return found


def _pgbench(protocol: str, scripts: tuple[str, ...]) -> Workload:
    def run(server: Server, seed: int) -> Truth:
        load = Load(protocol=protocol, clients=4, transactions=800, seed=seed)
        return start_builtin(server, load, dict.fromkeys(scripts, 1)).truth()

    return run


def _polling(server: Server, seed: int) -> Truth:
    """Poll with a fixed question, with a moving key, and for a row to lock."""
    with ThreadPoolExecutor() as pool:
        pollers = (_poll_fixed, _poll_moving, _poll_queue)
        return merged(pool.map(lambda poll: poll(server.dsn, random.Random(seed)), pollers))


def _poll_fixed(dsn: str, draw: random.Random) -> Truth:
    session = _session(dsn)
    for _ in range(POLLS):
        session.run(POLL_FIXED)
        _wait(draw)
    return _closed(session)


def _poll_moving(dsn: str, draw: random.Random) -> Truth:
    session = _session(dsn)
    for key in range(POLLS):
        session.run(POLL_MOVING, key * 50)
        _wait(draw)
    return _closed(session)


def _poll_queue(dsn: str, draw: random.Random) -> Truth:
    session = _session(dsn)
    for _ in range(POLLS):
        session.in_unit(explicit=True, request=lambda: session.run(POLL_QUEUE))
        _wait(draw)
    return _closed(session)


def _wait(draw: random.Random) -> None:
    time.sleep(POLL_S * draw.uniform(0.95, 1.05))


def _batch_job(server: Server, seed: int) -> Truth:
    """Walk a table by keyset pages in a tight loop, with bulk statements for each page."""
    autocommit, transaction, reader = (_session(server.dsn) for _ in range(3))
    first = random.Random(seed).randint(0, 2 * PAGE)
    _walk(autocommit, first)
    transaction.in_unit(explicit=True, request=lambda: _walk(transaction, first))
    _read(reader, first)
    return merged(map(_closed, (autocommit, transaction, reader)))


def _walk(session: Session, first: int) -> None:
    key: object = first
    while rows := session.run(NEXT_PAGE, key):
        ids = [row[0] for row in rows]
        key = ids[-1]
        session.run(RELATED, ids)
        session.run(BULK_UPDATE, ids)
        documents = [f'{{"customer": {customer}}}' for customer in ids[:100]]
        session.run(BULK_INSERT + ", ".join([BULK_ROW] * len(documents)), *documents)


def _read(session: Session, first: int) -> None:
    key: object = first
    while rows := session.run(NEXT_PAGE, key):
        key = rows[-1][0]


def _hot_prepared(server: Server, seed: int) -> Truth:
    """Use one prepared statement from many requests over a few connections."""
    scripts = load_scripts(Path(__file__).parent / "clean_scripts")
    apart = [script for script in scripts if "sleep" in script.text]
    packed = [script for script in scripts if script not in apart]
    with tempfile.TemporaryDirectory() as name:
        running = (
            start_scripts(
                server,
                Load(protocol="prepared", clients=4, transactions=200, seed=seed),
                apart,
                Path(name),
            ),
            start_scripts(
                server,
                Load(protocol="prepared", clients=2, transactions=1000, seed=seed),
                packed,
                Path(name),
            ),
        )
        return merged(process.truth() for process in running)


def _web(server: Server, seed: int) -> Truth:
    """Serve pages that are as they should be, over a pool, with and without transactions."""
    with ThreadPoolExecutor() as pool:
        served = pool.map(
            lambda nth: browse(
                _session(server.dsn), random.Random(seed + nth), explicit=nth % 2 > 0
            ),
            range(4),
        )
        return merged(served)


def _session(dsn: str) -> Session:
    session = Session(connection=psycopg2.connect(dsn))
    session.connection.autocommit = True
    return session


def _closed(session: Session) -> Truth:
    session.connection.close()
    return session.truth()


if __name__ == "__main__":
    main()
