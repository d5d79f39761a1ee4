"""The public case runner says what differs and refuses files that it does not understand."""

from pathlib import Path

import pytest

from aegis_cli.rules import queries
from aegis_cli.testing.cases import differences, load_cases
from aegis_cli.testing.table import CaseError

DETECTORS = tuple(queries.aegis_detectors())
DEADLOCK = 'facts = [{fact = "event", kind = "deadlock", message = "deadlock detected"}]\n'


def _write(folder: Path, text: str) -> Path:
    (folder / "case.toml").write_text(text, encoding="utf-8")
    return folder


def _differences(folder: Path, text: str) -> tuple[str, ...]:
    (case,) = load_cases(_write(folder, text))
    return differences(case, DETECTORS)


def test_an_expected_finding_is_no_difference(tmp_path: Path) -> None:
    text = '[[case]]\nname = "a"\nexpect = [{rule = "AEG5309"}]\n' + DEADLOCK

    assert _differences(tmp_path, text) == ()


def test_a_missing_finding_is_a_difference(tmp_path: Path) -> None:
    text = '[[case]]\nname = "a"\nexpect = [{rule = "AEG1101"}, {rule = "AEG5309"}]\n' + DEADLOCK

    assert _differences(tmp_path, text) == ("missing AEG1101",)


def test_a_finding_that_nobody_expects_is_a_difference(tmp_path: Path) -> None:
    (difference,) = _differences(tmp_path, '[[case]]\nname = "a"\n' + DEADLOCK)

    assert difference.startswith("unexpected AEG5309: Deadlock")


@pytest.mark.parametrize(
    "wrong",
    [
        'severity = "low"',
        'confidence = "low"',
        'message = "livelock"',
        'fix = "reboot"',
        "calls_saved = 1",
        "time_saved_ms = 1.0",
        "cost_saved = 1.0",
        "bytes_saved = 1",
        'location = "other.log"',
    ],
)
def test_each_detail_of_a_finding_is_compared(tmp_path: Path, wrong: str) -> None:
    text = f'[[case]]\nname = "a"\nexpect = [{{rule = "AEG5309", {wrong}}}]\n' + DEADLOCK

    (difference,) = _differences(tmp_path, text)

    assert difference.startswith(f"AEG5309 {wrong.partition(' ')[0]}: expected")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[case", "case.toml"),
        ("[[case]]\n", "name is missing"),
        ('[[case]]\nname = "a"\nexpct = []\n', "unknown keys expct"),
        ("[[case]]\nname = 4\n", "name must be a text"),
        ('[[case]]\nname = "a"\nfacts = [{fact = "unheard"}]\n', "unknown fact 'unheard'"),
        ('[[case]]\nname = "a"\nfacts = ["x"]\n', "facts must be a list of tables"),
        (
            '[[case]]\nname = "a"\nfacts = [{fact = "profile", sql = "SELECT 1", cals = 3}]\n',
            "unknown keys cals",
        ),
        (
            '[[case]]\nname = "a"\nfacts = [{fact = "table-health", table = "t", rws = 1}]\n',
            "unknown keys rws",
        ),
        (
            (
                '[[case]]\nname = "a"\nfacts = [{fact = "table-health", table = "t", statistics = '
                '[{column = "c", most_common = [0.5, true]}]}]\n'
            ),
            "most_common must be a list of numbers",
        ),
    ],
)
def test_a_file_with_a_mistake_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    folder = _write(tmp_path, text)

    with pytest.raises(CaseError, match=reason.replace("[", r"\[")):
        load_cases(folder)


def test_options_of_a_case_change_thresholds(tmp_path: Path) -> None:
    text = '[[case]]\nname = "a"\noptions.AEG5309 = {min_deadlocks = 2}\n' + DEADLOCK

    assert _differences(tmp_path, text) == ()
