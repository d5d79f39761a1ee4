"""A small blog on a real server, and the command as users run it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

from aegis_cli.embedded.session import open_session
from tests.integration.index_advise.running import Place, private_place
from tests.integration.postgres.targets import Target, database
from tests.servers.postgres import PostgresUnderTest

HERE = Path(__file__).parent
QUERIES = HERE / "blog_queries.sql"
DEADLINE_S = 120

Json: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one run of the command said."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> Mapping[str, list[dict[str, object]]]:
        """Return the JSON report."""
        found: Mapping[str, list[dict[str, object]]] = json.loads(self.out)
        return found

    def rules(self) -> list[str]:
        """Return the codes of the findings in order."""
        return [str(each["rule"]) for each in self.report["findings"]]

    def rows(self, section: str) -> list[dict[str, object]]:
        """Return the rows of a section by column, none when it is not there."""
        for each in self.report["sections"]:
            if each["id"] == section:
                columns, rows = each["columns"], each["rows"]
                assert isinstance(columns, list)
                assert isinstance(rows, list)
                return [dict(zip(columns, row, strict=True)) for row in rows]
        return []

    def data(self, section: str) -> Mapping[str, object]:
        """Return the named values of a section."""
        (found,) = (each for each in self.report["sections"] if each["id"] == section)
        values = found["data"]
        assert isinstance(values, dict)
        return {
            key: value["value"] if isinstance(value, dict) else value
            for key, value in values.items()
        }


Advise: TypeAlias = Callable[..., Told]


def run_advise(*arguments: str | Path, stdin: str = "", **environment: str) -> Told:
    """Run the command with a JSON report."""
    command = [sys.executable, "-m", "aegis_cli", "index-advise", "--format", "json"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AEGIS_")}
    done = subprocess.run(
        [*command, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
        env={**kept, "AEGIS_LANG": "en", **environment},
    )
    return Told(code=done.returncode, out=done.stdout, err=done.stderr)


@pytest.fixture(scope="session")
def blog(postgres_server: PostgresUnderTest) -> Iterator[Target]:
    """Give the blog's database; nobody changes it."""
    major = postgres_server.version[0]
    script = (HERE / "blog.sql").read_text("utf-8")
    with database(postgres_server.dsn, "aegis_blog", major, script) as target:
        with open_session(target.dsn) as session:
            session.execute("VACUUM ANALYZE")
        yield target


@pytest.fixture
def place() -> Iterator[Place]:
    """Give a temporary directory that one run has for itself."""
    with private_place() as found:
        yield found


@pytest.fixture(scope="session")
def advised(blog: Target) -> Told:
    """Give the advice for the blog's own statements."""
    return run_advise(QUERIES, "--dsn", blog.dsn)
