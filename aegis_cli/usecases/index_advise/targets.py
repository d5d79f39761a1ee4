"""Recognize which kind of database a connection string names."""

from enum import StrEnum
from pathlib import Path

from aegis_cli.model.errors import UsageError

_MYSQL = ("mysql", "mariadb")
_POSTGRESQL = ("postgresql", "postgres")


class Target(StrEnum):
    """What there is to connect to."""

    NONE = "none"
    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    """MySQL or MariaDB."""
    SQLITE = "sqlite"


def target_of(dsn: str | None) -> Target:
    """Return the kind of database; keywords and values are libpq's.

    Raises:
        UsageError: A URL of a database that AEGIS does not look at, or no text at all.
    """
    if dsn is None:
        return Target.NONE
    if not dsn.strip():
        raise UsageError(
            "--dsn", "the connection string is empty", "Name a database, or leave --dsn out."
        )
    scheme, separator, _ = dsn.partition("://")
    name = scheme.partition("+")[0].lower()
    if name == Target.SQLITE:
        return Target.SQLITE
    if not separator:
        # libpq's keywords and values have an equals sign; anything else is a path.
        is_keywords = "=" in dsn and not Path(dsn).exists()
        return Target.POSTGRESQL if is_keywords else Target.SQLITE
    if name in _MYSQL:
        return Target.MYSQL
    if name in _POSTGRESQL:
        return Target.POSTGRESQL
    raise UsageError(
        "--dsn",
        f"{name!r} is no database that AEGIS advises on",
        "Known are postgresql://, mysql://, mariadb:// and sqlite:///.",
    )
