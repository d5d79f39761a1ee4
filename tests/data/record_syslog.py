"""Record what rsyslog writes for a real server that logs to syslog, in three formats.

Run `python tests/data/record_syslog.py RSYSLOGD` as root on a machine without `/dev/log`;
RSYSLOGD is the program of Debian's package, its modules are looked for beside it. It
rewrites `tests/data/logs/syslog-*.log` and `syslog-plain.log`, the same on stderr.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

from aegis_cli.embedded.postgres import PostgresServer, start_postgres

FOLDER = Path(__file__).parent / "logs"
SOCKET = Path("/dev/log")
DEADLINE_S = 20.0
_FORMATS = {
    "traditional": "RSYSLOG_TraditionalFileFormat",
    "iso": "RSYSLOG_FileFormat",
    "rfc5424": "RSYSLOG_SyslogProtocol23Format",
}
_LAST_WORDS = b"database system is shut down"


def main() -> int:
    """Record one run of a server."""
    with (
        tempfile.TemporaryDirectory() as name,
        rsyslog(Path(sys.argv[1]), Path(name)) as outputs,
        start_postgres(
            settings={
                "log_destination": "stderr,syslog",
                "log_line_prefix": "user=%u,db=%d,app=%a ",
                "log_min_duration_statement": 0,
                "log_connections": True,
                "autovacuum": False,
            }
        ) as server,
    ):
        run_workload(server)
        server.stop()
        wait_for(lambda: all(_LAST_WORDS in path.read_bytes() for path in outputs))
        directory = str(server.directory).encode()
        for path in (*outputs, server.log_files()[0]):
            kind = path.stem if path in outputs else "plain"
            log = path.read_bytes().replace(directory, b"/srv/postgresql")
            log = log.replace(os.uname().nodename.encode(), b"db1")
            (FOLDER / f"syslog-{kind}.log").write_bytes(log)
    return 0


@contextmanager
def rsyslog(program: Path, folder: Path) -> Iterator[list[Path]]:
    """Run rsyslog on the system's socket, writing one file per format."""
    outputs = [folder / f"{name}.log" for name in _FORMATS]
    actions = "\n".join(
        f'*.* action(type="omfile" file="{path}" template="{_FORMATS[path.stem]}")'
        for path in outputs
    )
    configuration = folder / "rsyslog.conf"
    configuration.write_text(
        'module(load="imuxsock" SysSock.RateLimit.Interval="0")\n'
        f'global(workDirectory="{folder}")\n{actions}\n',
        "utf-8",
    )
    libraries = program.parents[1] / "lib" / "x86_64-linux-gnu"
    modules = libraries / "rsyslog"
    command = [f"{program}", "-n", f"-f{configuration}", f"-i{folder / 'pid'}", f"-M{modules}"]
    with subprocess.Popen(
        command, env={**os.environ, "LD_LIBRARY_PATH": str(libraries)}
    ) as process:
        wait_for(SOCKET.exists)
        yield outputs
        process.terminate()
    SOCKET.unlink(missing_ok=True)


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.05)


def run_workload(server: PostgresServer) -> None:
    """Run statements of several lines, one much longer than a syslog message, and an error."""
    long_list = ", ".join(str(number) for number in range(1000, 1400))
    with (
        closing(psycopg2.connect(server.dsn(application_name="web"))) as web,
        closing(psycopg2.connect(server.dsn(application_name="job one"))) as job,
    ):
        web.autocommit = job.autocommit = True
        for turn in range(3):
            web.cursor().execute("SELECT %s\nFROM pg_class\n\nLIMIT 1", (turn,))
            job.cursor().execute(f"SELECT relname\nFROM pg_class\nWHERE oid IN ({long_list})")
        try:
            web.cursor().execute("SELECT missing\nFROM pg_class")
        except psycopg2.Error:
            job.cursor().execute("SELECT 'tab\there', '#hash'")


if __name__ == "__main__":
    sys.exit(main())
