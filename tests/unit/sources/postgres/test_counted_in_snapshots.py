"""A snapshot carries the statements that the server counted, and no literal when redacted."""

from dataclasses import replace
from pathlib import Path

from aegis_cli.model.facts.snapshot import CountedStatement, Snapshot, StatementCounts
from aegis_cli.sources.postgres.redaction.snapshots import redact
from aegis_cli.sources.postgres.snapshot_file import read_snapshot, write_snapshot
from tests.fakes.catalog import snapshot


def counted(*texts: str) -> Snapshot:
    statements = tuple(
        CountedStatement(query_id=str(number), text=text, calls=7, total_ms=1.5, rows=9, role="ann")
        for number, text in enumerate(texts)
    )
    return replace(
        snapshot(), counted=StatementCounts(statements=statements, since="2025-12-31T00:00:00Z")
    )


def test_counted_statements_survive_the_file(tmp_path: Path) -> None:
    whole = counted("SELECT $1 FROM a", "DELETE FROM a WHERE b = $1")
    write_snapshot(tmp_path / "s.json", whole)
    assert read_snapshot(tmp_path / "s.json") == whole


def test_redaction_keeps_what_holds_no_literal_and_says_what_it_left_out() -> None:
    found = redact(counted("SELECT $1 FROM a", "SELECT * FROM a WHERE b = 'secret'"))
    assert found.counted is not None
    assert [each.text for each in found.counted.statements] == ["SELECT $1 FROM a"]
    assert any("counted statements" in each.subject for each in found.lacks)


def test_redaction_forgets_who_ran_a_statement() -> None:
    found = redact(counted("SELECT $1 FROM a"))
    assert found.counted is not None
    assert {each.role for each in found.counted.statements} == {None}
