"""Hold a throw-away server, or a command, until the given end: run by the life cycle tests."""

import json
import os
import sys
from pathlib import Path

from aegis_cli.embedded.account import unprivileged_account
from aegis_cli.embedded.postgres import start_postgres
from aegis_cli.embedded.supervisor import supervised


def main(way: str) -> None:
    """Start, tell who runs where, and end in the given way."""
    if way == "command":
        hold_command()
        return
    with start_postgres() as server:
        uid = Path(f"/proc/{server.pid}").stat().st_uid
        tell(pid=server.pid, directory=str(server.directory), uid=uid)
        if way == "exception":
            raise RuntimeError("planted")
        if way == "wait":
            sys.stdin.read()


def hold_command() -> None:
    """Run a long command, as initdb would be, inside a private directory."""
    with supervised(unprivileged_account(), prefix="aegis-test-") as supervisor:
        tell(pid=os.getpid(), directory=str(supervisor.directory), uid=os.geteuid())
        supervisor.run(["/bin/sleep", "600"], {})


def tell(**facts: str | int) -> None:
    """Print facts for the test to read."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
