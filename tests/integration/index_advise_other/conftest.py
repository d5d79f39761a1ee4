"""The command on databases other than PostgreSQL, run in this process to save its start."""

import io
import json
import os
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from aegis_cli.cli import app
from aegis_cli.cli._boundary import guarded
from tests.integration.sqlite.shop import build_shop

QUERIES = """
-- calls: 100
SELECT * FROM orders WHERE user_id = 5 ORDER BY created DESC LIMIT 10;
-- calls: 50
SELECT id FROM users WHERE email = 'u7@secret.example';
SELECT * FROM open_orders WHERE total > 90;
INSERT INTO orders (user_id, status) VALUES (1, 'open');
SELECT * FROM absent WHERE a = 1;
GRANT ALL ON orders TO somebody;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What one run of the command said."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> Mapping[str, list[dict[str, object]]]:
        """Return the JSON report."""
        found: Mapping[str, list[dict[str, object]]] = json.loads(self.out)
        return found

    def messages(self, rule: str) -> list[str]:
        """Return the messages of the findings of a rule."""
        return [str(each["message"]) for each in self.report["findings"] if each["rule"] == rule]

    def rows(self, section: str) -> list[dict[str, object]]:
        """Return the rows of a section by column, none when it is not there."""
        for each in self.report["sections"]:
            columns, rows = each["columns"], each["rows"]
            if each["id"] == section and isinstance(columns, list) and isinstance(rows, list):
                return [dict(zip(columns, row, strict=True)) for row in rows]
        return []

    def indexes(self) -> list[str]:
        """Return the proposed indexes as statements."""
        return [str(each["ddl"]) for each in self.rows("indexes")]

    def skipped(self) -> str:
        """Return all that was not examined, with reasons and hints."""
        return "\n".join(" | ".join(map(str, each.values())) for each in self.report["skipped"])


def advise(*arguments: str | Path, form: str = "json") -> Ran:
    """Run `aegis index-advise` in English."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    command = ["index-advise", "--format", form, "--lang", "en", *map(str, arguments)]

    def action() -> int:
        code = app(command, prog_name="aegis", standalone_mode=False)
        return code if isinstance(code, int) else 0

    with redirect_stdout(out), redirect_stderr(err):
        code = guarded(action, os.environ)
    return Ran(code=code, out=_text(out), err=_text(err))


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file of a shop that was analyzed; nobody changes it."""
    return build_shop(tmp_path_factory.mktemp("other") / "shop.db", analyze=True)


@pytest.fixture(scope="session")
def queries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the shop's statements."""
    path = tmp_path_factory.mktemp("queries") / "queries.sql"
    path.write_text(QUERIES, encoding="utf-8")
    return path


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    raw = stream.buffer
    assert isinstance(raw, io.BytesIO)
    return raw.getvalue().decode("utf-8")
