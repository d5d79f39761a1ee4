"""One read-only session with a MySQL or MariaDB server."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pymysql
from pymysql.constants import ER
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from aegis_cli.model.errors import InsufficientPrivilege, SourceError, SourceUnavailable
from aegis_cli.sources.mysql.target import mysql_url, server_name
from aegis_cli.sources.mysql.variants import ServerVersion, pick_variant

CONNECT_TIMEOUT_S = 10
READ_TIMEOUT_S = 60
PROGRAM_NAME = "aegis"

_FOLDER = Path(__file__).parent / "queries"
_NO_CONNECTION = frozenset((2002, 2003, 2005, 2013, 2006))
"""Client errors: no socket, no answer, unknown host, lost and gone away."""
_DENIED = frozenset(
    (
        ER.ACCESS_DENIED_ERROR,
        ER.DBACCESS_DENIED_ERROR,
        ER.TABLEACCESS_DENIED_ERROR,
        ER.COLUMNACCESS_DENIED_ERROR,
        ER.SPECIFIC_ACCESS_DENIED_ERROR,
        ER.VIEW_NO_EXPLAIN,
    )
)


class Server:
    """A session that only asks: catalog, summaries, and plans of statements."""

    def __init__(self, connection: Connection, name: str) -> None:
        """Take over a connection and learn what the server is."""
        self._connection = connection
        self.name = name
        self._run_all("session")
        ((version, comment, summaries, read_only, page, database),) = self._rows("server", {})
        self.version = ServerVersion.read(str(version), str(comment))
        self.has_performance_schema = bool(summaries)
        self.is_read_only = str(read_only) not in ("0", "OFF")
        self.page_bytes = int(str(page))
        self.database = str(database)
        self._run_all("session_time")

    def query(self, name: str) -> list[tuple[object, ...]]:
        """Return the rows of a query about the session's database.

        Raises:
            InsufficientPrivilege: We may not read that.
            SourceError: The server refuses the query for another reason.
        """
        return self._rows(name, {"name": self.database})

    def plan(self, statement: str) -> str:
        """Return the plan of one SELECT as JSON, without running it.

        Raises:
            SourceError: The server does not explain it.
        """
        prefix = self._text("plan")
        with _translated(self.name):
            options = {"no_parameters": True}
            result = self._connection.exec_driver_sql(
                f"{prefix}\n{statement}", execution_options=options
            )
            return str(result.scalar_one())

    def _rows(self, name: str, parameters: Mapping[str, str]) -> list[tuple[object, ...]]:
        wanted = text(self._text(name))
        used = {key: value for key, value in parameters.items() if f":{key}" in wanted.text}
        with _translated(self.name):
            return [tuple(row) for row in self._connection.execute(wanted, used)]

    def _run_all(self, name: str) -> None:
        with _translated(self.name):
            for each in self._text(name).split(";"):
                if each.strip():
                    self._connection.execute(text(each))

    def _text(self, name: str) -> str:
        version = getattr(self, "version", None)
        lines = (_FOLDER / pick_variant(_FOLDER, name, version)).read_text("utf-8").splitlines()
        return "\n".join(line for line in lines if not line.startswith("--"))


@contextmanager
def open_server(target: str) -> Iterator[Server]:
    """Open the one connection and close it afterwards.

    Raises:
        SourceUnavailable: The server does not answer, or has no such database.
        InsufficientPrivilege: It does not let us in.
        SourceError: It is too old, or refuses what every server allows.
    """
    url = mysql_url(target)
    name = server_name(url)
    with _translated(name), _connected(url) as connection:
        yield Server(connection, name)


@contextmanager
def _connected(url: URL) -> Iterator[Connection]:
    options: dict[str, object] = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "read_timeout": READ_TIMEOUT_S,
        "write_timeout": READ_TIMEOUT_S,
        "program_name": PROGRAM_NAME,
    }
    try:
        engine = create_engine(
            url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=options
        )
    except (NoSuchModuleError, TypeError) as error:
        raise SourceUnavailable(server_name(url), f"the URL cannot be used: {error}") from error
    with engine.connect() as connection:
        yield connection


@contextmanager
def _translated(name: str) -> Iterator[None]:
    """Turn errors of the driver into ours, with what to try."""
    try:
        yield
    except DBAPIError as error:
        raise _translation(name, error.orig) from error
    except (pymysql.MySQLError, RuntimeError) as error:
        raise _translation(name, error) from error


def _translation(name: str, error: BaseException | None) -> SourceError:
    code, message = _parts(error)
    if code in _NO_CONNECTION:
        return SourceUnavailable(
            name, f"no connection: {message}", "Check host, port and that the server runs."
        )
    if code == ER.BAD_DB_ERROR:
        return SourceUnavailable(name, message, "Check the database's name in the URL.")
    if code == ER.CON_COUNT_ERROR:
        return SourceUnavailable(name, message, "Run again when connections are free.")
    if code in _DENIED:
        return InsufficientPrivilege(
            name, message, "Check user and password, and GRANT SELECT ON database.* to the user."
        )
    return SourceError(name, message)


def _parts(error: BaseException | None) -> tuple[int, str]:
    arguments = error.args if error is not None else ()
    if len(arguments) > 1 and isinstance(arguments[0], int):
        return arguments[0], str(arguments[1])
    return 0, str(error)
