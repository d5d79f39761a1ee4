"""Keep loaded databases between runs, so that every run sees the same statistics.

ANALYZE samples at random: a database loaded anew has other statistics and other planner
costs. A copy of the stopped server's data directory has the same ones each time.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from aegis_cli.embedded.postgres import PostgresServer, start_postgres

CLUSTERS = Path(__file__).parent / "data" / "clusters"
DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
_MARK = "superuser"
_SETTINGS: Mapping[str, str | int | bool] = {
    # Nothing may change the statistics behind our back.
    "autovacuum": False,
    "shared_buffers": "1GB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "wal_level": "minimal",
    "max_wal_senders": 0,
}


@contextmanager
def loaded_server(
    name: str, load: Callable[[str], None], bindir: Path | None = DEBIAN_15
) -> Iterator[PostgresServer]:
    """Run a server with data in it, loaded at the first call and copied afterwards.

    Args:
        name: Name of the data; together with the server's version that of the copy.
        load: What fills an empty database, given its connection string.
        bindir: Directory of the server's programs; those of the wheel when None.
    """
    with start_postgres(bindir, settings=_SETTINGS) as server:
        kept = CLUSTERS / f"{name}-{'.'.join(map(str, server.version))}"
        if not (kept / _MARK).exists():
            load(server.dsn())
            server.stop()
            _keep(server, kept)
        else:
            server.stop()
            _restore(server, kept)
        server.start()
        yield server


def _keep(server: PostgresServer, kept: Path) -> None:
    """Copy the stopped server's data; the password comes last and marks the copy as whole."""
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True, mode=0o700)
    _copy(server.directory / "data", kept / "data")
    (kept / _MARK).write_text(server.password, encoding="ascii")


def _restore(server: PostgresServer, kept: Path) -> None:
    """Put the copy in the place of the data that initdb made, with its superuser's password."""
    place = server.directory / "data"
    owner = place.stat()
    shutil.rmtree(place)
    _copy(kept / "data", place)
    if os.geteuid() == 0:
        _give(place, owner.st_uid, owner.st_gid)
    server.password = (kept / _MARK).read_text(encoding="ascii")


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["/bin/cp", "-a", "--reflink=auto", str(source), str(target)], check=True)


def _give(tree: Path, uid: int, gid: int) -> None:
    """Make a tree belong to the server's account."""
    for folder, _, names in os.walk(tree):
        os.chown(folder, uid, gid)
        for name in names:
            os.chown(Path(folder, name), uid, gid)
