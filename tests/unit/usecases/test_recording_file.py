"""A recording is one file with report and stacks; a damaged or foreign one is refused."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aegis_cli.model.errors import SourceError
from aegis_cli.model.report import Report, Section
from aegis_cli.model.text import Language, Text
from aegis_cli.usecases.recording_file import (
    SavedRecording,
    is_recording,
    read_recording,
    recording_file,
)
from aegis_cli.usecases.report import saved_report, saved_run
from tests.fakes.stacks import frame, stack

REPORT = Report(
    command="profile",
    inputs=("python app.py",),
    started_at=datetime(2026, 1, 31, tzinfo=UTC),
    elapsed_s=1.5,
    sections=(Section(id="run", title=Text(en="Run", ko="실행")),),
)
STACKS = (stack(frame("main", 3), cpu_us=600),)


def _saved() -> bytes:
    return recording_file(REPORT, STACKS, Language.EN)


def test_report_and_stacks_come_back() -> None:
    section = replace(REPORT.sections[0], title=Text.same("Run"))

    found = read_recording(_saved())

    assert found == SavedRecording(report=replace(REPORT, sections=(section,)), stacks=STACKS)


def test_the_same_run_makes_the_same_file() -> None:
    assert _saved() == _saved()
    assert is_recording(_saved())


def test_a_saved_file_is_read_by_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "run.aegis"
    path.write_bytes(_saved())

    assert saved_run(path).stacks == STACKS
    assert saved_report(path).command == "profile"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (_saved()[:-20], "is cut off"),
        (b"\x1f\x8bnonsense", "is damaged"),
        (gzip.compress(b"no json"), "is no recording"),
        (gzip.compress(b"[]"), "is no recording"),
        (gzip.compress(b'{"schema": "aegis.recording/9"}'), "has the schema"),
    ],
    # Packed bytes hold the time, and names of tests must not.
    ids=["cut off", "damaged", "no json", "a list", "of another version"],
)
def test_what_is_no_recording_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "run.aegis"
    path.write_bytes(content)

    with pytest.raises(SourceError, match=reason) as caught:
        saved_run(path)

    assert str(path) in str(caught.value)


def test_damaged_stacks_are_refused() -> None:
    document = json.loads(gzip.decompress(_saved()))
    document["stacks"]["nodes"] = [[5, 5, 5]]

    with pytest.raises(SourceError, match="is damaged"):
        read_recording(gzip.compress(json.dumps(document).encode()))


def test_a_file_that_unpacks_to_very_much_is_refused() -> None:
    bomb = gzip.compress(bytes(1_000_000))

    with pytest.raises(SourceError, match="more than 10,000 bytes"):
        read_recording(bomb, most_bytes=10_000)
