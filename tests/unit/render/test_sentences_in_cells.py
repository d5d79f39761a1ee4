"""A cell that is a sentence is shown in the reader's language; JSON keeps to English."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Report, Section, titled_column
from aegis_cli.model.text import Language, Text
from aegis_cli.render import html_page, json_report, markdown
from aegis_cli.render.format_number import format_cell
from tests.unit.engine.builders import a_report

SENTENCE = Text(en="saves too little", ko="너무 적게 줄입니다")
SECTION = Section(
    id="search",
    title=Text(en="Search", ko="탐색"),
    columns=(titled_column("index", "Index", "인덱스"), titled_column("reason", "Why", "이유")),
    rows=(("orders (a)", SENTENCE),),
)
REPORT = replace(a_report(), sections=(SECTION,))


@pytest.mark.parametrize("language", list(Language))
def test_a_sentence_is_picked(language: Language) -> None:
    assert format_cell(SENTENCE, Unit.NONE, language) == SENTENCE.pick(language)


@pytest.mark.parametrize("render", [html_page.render, markdown.render])
@pytest.mark.parametrize("language", list(Language))
def test_people_read_it_in_their_language(
    render: Callable[[Report, Language], str], language: Language
) -> None:
    shown = render(REPORT, language)

    (other,) = set(Language) - {language}
    assert SENTENCE.pick(language) in shown
    assert SENTENCE.pick(other) not in shown


@pytest.mark.parametrize("language", list(Language))
def test_programs_read_english(language: Language) -> None:
    document = json.loads(json_report.render(REPORT, language))

    (section,) = document["sections"]
    assert section["rows"] == [["orders (a)", "saves too little"]]
