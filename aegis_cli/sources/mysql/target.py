"""Recognize the URLs of MySQL and MariaDB servers."""

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from aegis_cli.model.errors import SourceUnavailable

_DRIVERS = {"mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql"}
_DEFAULT_PORT = 3306


def is_mysql_target(target: str) -> bool:
    """Tell whether a target names a MySQL or MariaDB server."""
    scheme, separator, _ = target.partition("://")
    return bool(separator) and scheme.partition("+")[0].lower() in _DRIVERS


def mysql_url(target: str) -> URL:
    """Return a target's URL for the driver we use.

    Raises:
        SourceUnavailable: The URL cannot be read, or it names no database.
    """
    try:
        url = make_url(target)
    except (ArgumentError, ValueError) as error:
        raise SourceUnavailable(
            target.partition("://")[0] + "://…",
            "not a URL that can be read",
            "Write mysql://user:password@host:3306/database; encode special characters (%40).",
        ) from error
    if not url.database:
        raise SourceUnavailable(
            server_name(url), "the URL names no database", "Write mysql://user@host/database."
        )
    return url.set(drivername=_DRIVERS[url.get_backend_name()])


def server_name(url: URL) -> str:
    """Return host, port and database for people, without user or password."""
    socket = url.query.get("unix_socket")
    place = f"{url.host or 'localhost'}:{url.port or _DEFAULT_PORT}"
    return f"{socket if isinstance(socket, str) else place}/{url.database or ''}"
