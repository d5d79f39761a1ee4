"""The JSON report follows its published schema and survives the way there and back."""

import json
import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from aegis_cli.model.errors import SourceError
from aegis_cli.model.evidence import measured
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Report
from aegis_cli.model.text import Language, Text
from aegis_cli.render.json_report import render, report_schema
from aegis_cli.render.reader import read_report
from aegis_cli.render.sanitize import clean_report
from tests.unit.render.sample_reports import (
    advice_report,
    empty_report,
    hostile_report,
    long_report,
    n_plus_one,
    rich_report,
)

REPORTS = [empty_report, rich_report, advice_report, hostile_report, long_report]


def test_the_published_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json.loads(report_schema()))


@pytest.mark.parametrize("build", REPORTS)
@pytest.mark.parametrize("language", Language)
def test_every_report_is_valid(build: Callable[[], Report], language: Language) -> None:
    document = json.loads(render(build(), language))

    Draft202012Validator(json.loads(report_schema())).validate(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), "aegis.report/2"),
        (("findings", 0, "severity"), "dreadful"),
        (("findings", 0, "impact", "calls_saved"), "many"),
        (("findings", 0, "locations", 0, "kind"), "planet"),
        (("sections", 0, "columns"), "a,b"),
    ],
)
def test_the_schema_refuses_what_is_no_report(path: tuple[str | int, ...], value: object) -> None:
    document = json.loads(render(rich_report(), Language.EN))
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value

    assert not Draft202012Validator(json.loads(report_schema())).is_valid(document)


def test_the_fields_of_a_finding_are_the_documented_ones() -> None:
    document = json.loads(render(replace(empty_report(), findings=(n_plus_one(),)), Language.EN))

    (finding,) = document["findings"]
    assert finding["rule"] == "AEG1101"
    assert finding["locations"][0] == {
        "kind": "code",
        "path": "shop/views.py",
        "line": 31,
        "function": "index",
    }
    assert finding["evidence"][1] == {
        "kind": "measurement",
        "name": "child_executions",
        "value": 4210,
        "unit": "calls",
        "basis": "measured",
        "detail": "",
    }
    assert finding["impact"] == {
        "time_saved_ms": 812.4,
        "calls_saved": 4009,
        "bytes_saved": None,
        "rows_saved": None,
        "cost_saved": None,
        "cost_unit": None,
        "basis": "heuristic",
    }


def test_sections_carry_keys_raw_values_and_parallel_titles() -> None:
    document = json.loads(render(rich_report(), Language.KO))

    coverage, statements, _ = document["sections"]
    assert coverage["data"]["bytes_read"] == 229_637_120
    assert coverage["data_titles"]["bytes_read"] == "읽은 바이트"
    assert coverage["data_units"]["bytes_read"] == "bytes"
    assert statements["columns"][:4] == ["fingerprint", "statement", "calls", "total_ms"]
    assert statements["column_titles"][:4] == ["지문", "문장", "호출", "합계"]
    assert statements["column_units"][:4] == ["", "", "calls", "ms"]
    assert statements["rows"][0][2] == 4_210


def test_numbers_that_are_not_finite_become_null() -> None:
    finding = replace(n_plus_one(), evidence=(measured("x", math.nan, Unit.MS),))
    document = json.loads(render(replace(empty_report(), findings=(finding,)), Language.EN))

    assert document["findings"][0]["evidence"][0]["value"] is None


@pytest.mark.parametrize("build", [empty_report, long_report])
def test_a_report_with_one_language_survives_the_round_trip(build: Callable[[], Report]) -> None:
    report = _in_one_language(build())

    assert read_report(render(report, Language.EN)) == report


@pytest.mark.parametrize("language", Language)
def test_a_rich_report_survives_the_round_trip_in_the_language_it_was_saved_in(
    language: Language,
) -> None:
    saved = render(rich_report(), language)

    read = read_report(saved)

    other = Language.KO if language is Language.EN else Language.EN
    assert json.loads(render(read, language)) == json.loads(saved)
    assert _without_language(render(read, other)) == _without_language(saved)
    assert read.findings == rich_report().findings


def test_a_hostile_report_survives_the_round_trip_once_cleaned() -> None:
    saved = render(hostile_report(), Language.EN)

    assert render(read_report(saved), Language.EN) == saved
    assert render(clean_report(hostile_report()), Language.EN) == saved


def _in_one_language(report: Report) -> Report:
    """Replace the titles of sections and their parts by their English."""
    sections = tuple(
        replace(
            section,
            title=Text.same(section.title.en),
            data=tuple(replace(datum, title=Text.same(datum.title.en)) for datum in section.data),
            columns=tuple(
                replace(column, title=Text.same(column.title.en)) for column in section.columns
            ),
        )
        for section in report.sections
    )
    return replace(report, sections=sections)


def _without_language(text: str) -> object:
    """Decode a report and forget the language it was written in."""
    return {key: value for key, value in json.loads(text).items() if key != "language"}


def test_a_report_from_another_producer_needs_only_the_documented_fields() -> None:
    document = json.loads(render(rich_report(), Language.EN))
    del document["rules"]
    for section in document["sections"]:
        for added in ("data_titles", "data_units", "column_titles", "column_units", "charts"):
            del section[added]

    report = read_report(json.dumps(document))

    assert report.findings[0].rule.code == "AEG5303"
    assert report.findings[0].rule.name == "slow-statement"
    assert report.sections[1].columns[0].title == Text.same("fingerprint")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[" + "9" * 5_000 + "]", "not JSON"),
        ('{"schema": "aegis.report/1", "elapsed_s": NaN}', "not JSON"),
        ("[]", "not a report of AEGIS"),
        ('{"version": "2.1.0", "runs": []}', "not a report of AEGIS"),
        ('{"schema": "aegis.report/7"}', "has the schema aegis.report/7"),
        ('{"schema": "aegis.report/1"}', "command: expected a string"),
    ],
)
def test_what_is_no_report_is_refused_with_what_to_do(text: str, reason: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_report(text)

    assert reason in caught.value.reason
    assert caught.value.hint


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (("findings", 1, "severity"), "dreadful", "findings[1].severity: expected one of 'low'"),
        (
            ("findings", 1, "locations", 1, "line"),
            "x",
            "findings[1].locations[1].line: expected an",
        ),
        (("findings", 0, "evidence", 0, "kind"), "x", "findings[0].evidence[0].kind: expected one"),
        (("sections", 1, "rows", 2), [1], "sections[1].rows[2]: expected 11 cells"),
        (("sections", 2, "charts", 0, "series", 0, "values"), [1], "expected 90 numbers"),
        (("started_at",), "yesterday", "started_at: expected a time"),
        (("partial",), None, "partial: expected true or false"),
        (("findings",), {}, "findings: expected an array"),
        (("sections", 0, "data"), [], "sections[0].data: expected an object"),
        (("sections", 1, "column_units"), ["ms"], "as many columns as titles"),
    ],
)
def test_a_damaged_report_is_refused_with_the_path_of_the_damage(
    path: tuple[str | int, ...], value: object, complaint: str
) -> None:
    document = json.loads(render(rich_report(), Language.EN))
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value

    with pytest.raises(SourceError) as caught:
        read_report(json.dumps(document))

    assert complaint in caught.value.reason


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.data(), _JSON)
def test_any_damage_is_either_read_or_refused(data: st.DataObject, junk: object) -> None:
    document = json.loads(render(rich_report(), Language.EN))
    key = data.draw(st.sampled_from(sorted(set(document) - {"schema"})))
    if key == "findings" and data.draw(st.booleans()):
        field = data.draw(st.sampled_from(sorted(document[key][0])))
        document[key][0][field] = junk
    else:
        document[key] = junk

    try:
        report = read_report(json.dumps(document))
    except SourceError:
        return
    assert render(report, Language.EN)
