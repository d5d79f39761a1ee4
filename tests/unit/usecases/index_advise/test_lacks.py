"""What could not be done is told once, with the reason and what to try."""

import pytest

from aegis_cli.model.facts.index_advice import Unplanned
from aegis_cli.model.facts.snapshot import SnapshotLack
from aegis_cli.model.report import Skipped
from aegis_cli.usecases.index_advise.lacks import (
    interrupted_verification,
    no_statements,
    skipped_of,
    unknown_tables,
    unplanned_statements,
)

NO_TABLE = 'statement: relation "gone" does not exist'
BAD_VALUE = 'statement: invalid input syntax for type integer: "secret 7"'
TEXTS = {"a": "SELECT ? FROM gone", "b": "SELECT x FROM gone", "c": "SELECT " + "x, " * 100}


def refused(fingerprint: str, reason: str, calls: float = 1.0) -> Unplanned:
    return Unplanned(fingerprint=fingerprint, calls=calls, reason=reason)


def test_statements_refused_for_one_reason_are_told_together() -> None:
    unplanned = [refused("a", NO_TABLE, 3), refused("b", NO_TABLE, 4)]

    (told,) = unplanned_statements(unplanned, TEXTS, show_literals=False)

    assert told.subject == "2 statements (7 calls)"
    assert told.reason.en == ('not planned, relation "gone" does not exist: SELECT ? FROM gone')
    assert told.hint is not None
    assert "belongs to this database" in told.hint.en


def test_each_reason_is_told() -> None:
    unplanned = [refused("a", NO_TABLE), refused("b", BAD_VALUE)]

    told = list(unplanned_statements(unplanned, TEXTS, show_literals=False))

    assert [each.subject for each in told] == ["1 statement (1 call)"] * 2


@pytest.mark.parametrize(("is_shown", "value"), [(False, '"?"'), (True, '"secret 7"')])
def test_values_in_a_message_are_masked_unless_asked_for(value: str, *, is_shown: bool) -> None:
    (told,) = unplanned_statements([refused("a", BAD_VALUE)], TEXTS, show_literals=is_shown)

    assert f"type integer: {value}" in told.reason.en
    assert ("secret" in told.reason.ko) is is_shown


def test_only_the_first_line_of_a_message_and_the_start_of_a_text_are_shown() -> None:
    (told,) = unplanned_statements(
        [refused("c", f"{NO_TABLE}\nDETAIL: more")], TEXTS, show_literals=False
    )

    assert "DETAIL" not in told.reason.en
    assert told.reason.en.endswith("…")
    assert len(told.reason.en) < 200


def test_nothing_refused_is_nothing_told() -> None:
    assert list(unplanned_statements([], {}, show_literals=False)) == []


def test_a_lack_is_told_once() -> None:
    lack = SnapshotLack(subject="statistics", reason="not readable", hint="GRANT")

    (told,) = skipped_of([lack, lack])

    assert (told.subject, told.reason.ko) == ("statistics", "not readable")


def test_a_table_that_does_not_exist_is_told_with_its_option() -> None:
    (told,) = unknown_tables(["nosuch"], "--only")

    assert told.subject == "--only nosuch"


@pytest.mark.parametrize("told", [no_statements(), interrupted_verification()])
def test_both_languages_say_what_to_try(told: Skipped) -> None:
    assert told.hint is not None
    assert told.hint.en
    assert told.hint.ko != told.hint.en
