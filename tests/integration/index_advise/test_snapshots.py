"""A snapshot stands for the database: the same advice, and no secrets when redacted."""

import stat
from pathlib import Path

import pytest

from tests.integration.index_advise.conftest import QUERIES, Told, run_advise
from tests.integration.postgres.targets import Target

# Values of the tables that would be in their statistics.
SECRETS = ("secret-mail", "Post number", "ref7.example")


@pytest.fixture(scope="module")
def saved(blog: Target, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("snapshots") / "blog.json"
    told = run_advise(QUERIES, "--dsn", blog.dsn, "--save-snapshot", path)
    assert told.code == 0, told.err
    return path


def test_advice_from_a_snapshot_is_that_of_the_live_database(saved: Path, advised: Told) -> None:
    again = run_advise(QUERIES, "--snapshot", saved)
    assert again.code == 0, again.err
    for section in ("indexes", "drops", "statements"):
        assert again.rows(section) == advised.rows(section)
    assert [each["identity"] for each in again.report["findings"]] == [
        each["identity"] for each in advised.report["findings"]
    ]


def test_only_its_owner_may_read_a_snapshot(saved: Path) -> None:
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600


def test_a_snapshot_holds_values_and_a_redacted_one_does_not(
    blog: Target, saved: Path, tmp_path: Path, advised: Told
) -> None:
    assert any(each in saved.read_text("utf-8") for each in SECRETS)
    redacted = tmp_path / "redacted.json"
    run_advise(QUERIES, "--dsn", blog.dsn, "--save-snapshot", redacted, "--redact")
    text = redacted.read_text("utf-8")
    assert [each for each in SECRETS if each in text] == []
    told = run_advise(QUERIES, "--snapshot", redacted)
    assert [each["ddl"] for each in told.rows("indexes")] == [
        each["ddl"] for each in advised.rows("indexes")
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [("", "not a snapshot"), ('{"schema": "aegis.snapshot/9"}', "does not know")],
)
def test_a_file_that_is_no_snapshot_is_told(tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(content, "utf-8")
    told = run_advise(QUERIES, "--snapshot", path)
    assert told.code == 3
    assert reason in told.err


def test_a_missing_snapshot_is_told(tmp_path: Path) -> None:
    told = run_advise(QUERIES, "--snapshot", tmp_path / "none.json")
    assert (told.code, "Traceback" in told.err) == (3, False)
    assert "none.json" in told.err
