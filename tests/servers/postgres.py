"""PostgreSQL servers for tests: given by DSN, the wheel's, or Debian's.

`postgres_server` is the server of `--postgres-dsn` or `AEGIS_TEST_POSTGRES_DSN`, else a
throw-away one from the wheel. `postgres15` is a throw-away one from Debian's packages.
The marker `postgres(">= 13", extension="hypopg")` states what a test needs of its server.
"""

import operator
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from aegis_cli.embedded.postgres import start_postgres
from aegis_cli.embedded.session import open_session
from aegis_cli.model.errors import SourceUnavailable
from tests.servers.presence import missing_server
from tools.debian_servers import find_program

_VARIABLE = "AEGIS_TEST_POSTGRES_DSN"
_REQUIREMENT = re.compile(r"\s*(>=|<=|==|<|>)\s*(\d+)(?:\.(\d+))?\s*\Z")
_COMPARISONS = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresUnderTest:
    """A server to test against: its superuser's connection string and what it can do."""

    dsn: str
    version: tuple[int, int]
    extensions: frozenset[str]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names a server instead of starting one."""
    parser.getgroup("servers").addoption(
        "--postgres-dsn",
        default=os.environ.get(_VARIABLE),
        help=f"connection string of the PostgreSQL to test against (default: ${_VARIABLE})",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line(
        "markers",
        'postgres(version=">= 13", extension="hypopg"): what the test needs of its server',
    )


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> Iterator[PostgresUnderTest]:
    """Give the server named on the command line, else a throw-away one."""
    dsn = pytestconfig.getoption("--postgres-dsn")
    if isinstance(dsn, str) and dsn:
        yield describe(dsn)
        return
    with ExitStack() as stack:
        yield _throw_away(stack, pytestconfig, None, ())


@pytest.fixture(scope="session")
def postgres15(pytestconfig: pytest.Config) -> Iterator[PostgresUnderTest]:
    """Give a throw-away PostgreSQL 15 from Debian's package."""
    program = find_program("postgresql-15")
    if program is None:
        missing_server(pytestconfig, "no PostgreSQL 15: run tools/debian_servers.py postgresql-15")
    with ExitStack() as stack:
        yield _throw_away(stack, pytestconfig, program.path.parent, program.library_path)


@pytest.fixture(autouse=True)
def _postgres_needs(request: pytest.FixtureRequest) -> None:
    """Skip a test whose server is not what its marker asks for."""
    marker = request.node.get_closest_marker("postgres")
    if marker is None:
        return
    name = "postgres15" if "postgres15" in request.fixturenames else "postgres_server"
    lacks = unmet_need(request.getfixturevalue(name), *marker.args, **marker.kwargs)
    if lacks:
        missing_server(request.config, lacks)


def unmet_need(
    server: PostgresUnderTest, version: str = ">= 0", *, extension: str | None = None
) -> str | None:
    """Return why a server does not do, or None when it does.

    Raises:
        ValueError: When the version is not written like `>= 13`.
    """
    match = _REQUIREMENT.match(version)
    if match is None:
        raise ValueError(f"not a version requirement: {version!r}")
    asked = (int(match[2]), int(match[3])) if match[3] else (int(match[2]),)
    if not _COMPARISONS[match[1]](server.version[: len(asked)], asked):
        return f"needs PostgreSQL {version}, this is {server.version[0]}.{server.version[1]}"
    if extension is not None and extension not in server.extensions:
        return f"PostgreSQL {server.version[0]} here has no extension {extension}"
    return None


def describe(dsn: str) -> PostgresUnderTest:
    """Ask a server what it is.

    Raises:
        SourceUnavailable: When it does not let us in: a server given by name must be there.
    """
    with open_session(dsn) as session:
        ((number,),) = session.execute("SELECT current_setting('server_version_num')")
        names = session.execute("SELECT name FROM pg_available_extensions")
    major, minor = divmod(int(str(number)), 10_000)
    return PostgresUnderTest(
        dsn=dsn,
        version=(major, minor),
        extensions=frozenset(str(name) for (name,) in names),
    )


def _throw_away(
    stack: ExitStack,
    config: pytest.Config,
    bindir: Path | None,
    library_path: tuple[Path, ...],
) -> PostgresUnderTest:
    try:
        server = stack.enter_context(start_postgres(bindir, library_path=library_path))
    except SourceUnavailable as error:
        missing_server(config, str(error))
    return describe(server.dsn())
