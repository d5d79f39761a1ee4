"""Hold a twin until the given end: run by the tests of its life."""

import json
import resource
import sys
from pathlib import Path

from aegis_cli.indexing.planner import NOTHING_CHANGED
from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.sources.postgres.twin.server import start_twin
from tests.integration.twin.handmade import visits

LARGEST_FILE = 64 << 20
"""Bytes; less than a segment of a large table, more than initdb needs."""


def main(way: str) -> None:
    """Start a twin, tell where it is, and go on in the given way."""
    pages = 800
    if way == "full":
        # As on a full disk, writing fails with an error of the system.
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
        pages = 200_000
    try:
        with start_twin(visits(pages=pages)) as twin:
            postmaster = twin.directory / "data" / "postmaster.pid"
            pid = int(postmaster.read_text("ascii").split("\n")[0])
            uid = Path(f"/proc/{pid}").stat().st_uid
            tell(pid=pid, directory=str(twin.directory), uid=uid)
            while way == "busy":
                twin.estimate("SELECT * FROM visit WHERE id = 5", NOTHING_CHANGED)
            sys.stdin.read()
    except SourceUnavailable as error:
        tell(error=str(error))


def tell(**facts: str | int) -> None:
    """Print facts for the test to read."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
