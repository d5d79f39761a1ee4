"""Tell servers and their versions apart, and pick the query that suits each."""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from aegis_cli.model.errors import SourceError

_NUMBERS = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")


class Flavor(StrEnum):
    """Two servers of one ancestry and dialect, with catalogs that differ."""

    MYSQL = "mysql"
    MARIADB = "mariadb"


LOWEST = {Flavor.MYSQL: 50_700, Flavor.MARIADB: 100_300}
"""Older servers lack what we ask; their vendors ended support in 2023."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerVersion:
    """What a server is."""

    flavor: Flavor
    number: int
    """Such as 80036 for 8.0.36, 101119 for 10.11.19."""
    text: str

    @classmethod
    def read(cls, version: str, comment: str) -> "ServerVersion":
        """Read `@@version` and `@@version_comment`.

        Raises:
            SourceError: The server is too old or says nothing we know.
        """
        is_mariadb = "mariadb" in f"{version} {comment}".lower()
        flavor = Flavor.MARIADB if is_mariadb else Flavor.MYSQL
        # Behind replication, MariaDB calls itself 5.5.5-10.11.19-MariaDB.
        found = _NUMBERS.search(version.removeprefix("5.5.5-"))
        if found is None:
            raise SourceError("", f"a server of unknown version {version!r}")
        number = int(found[1]) * 10_000 + int(found[2]) * 100 + int(found[3] or 0)
        if number < LOWEST[flavor]:
            raise SourceError(
                f"{flavor} {version}",
                "the server is too old",
                "MySQL 5.7 and MariaDB 10.3 are the oldest that are supported.",
            )
        return cls(flavor=flavor, number=number, text=f"{flavor} {found[0]}")


def pick_variant(folder: Path, name: str, version: ServerVersion | None) -> str:
    """Return the file of a query that suits a server.

    Variants are named by flavor and lowest version, as `indexes.mariadb.100600.sql`.

    Raises:
        LookupError: There is none for this server.
    """
    plain, best = None, (-1, "")
    for path in sorted(folder.glob(f"{name}.*")):
        parts = path.name.removesuffix(".sql").split(".")[1:]
        if not parts:
            plain = path.name
        elif version is not None and parts[0] == version.flavor:
            lowest = int(parts[1]) if len(parts) > 1 else 0
            if lowest <= version.number:
                best = max(best, (lowest, path.name))
    found = best[1] or plain
    if found is None:
        raise LookupError(f"no query {name} for {version}")
    return found
