"""Flame graphs are drawn in HTML, kept in JSON, and told of in every other format."""

import json
import math
import re
from dataclasses import replace

import pytest

from aegis_cli.model.code_origin import CodeOrigin
from aegis_cli.model.errors import SourceError
from aegis_cli.model.flame import NO_PARENT, Flame, FlameFrame, FlameNode
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Report, Section
from aegis_cli.model.text import Language, Text
from aegis_cli.render import html_page, json_report, markdown
from aegis_cli.render.flames import boxes, total
from aegis_cli.render.html_flames import flame_script, script_hash
from aegis_cli.render.reader import read_report
from aegis_cli.render.terminal import render as render_text
from tests.unit.render.sample_reports import HOSTILE, empty_report

FRAMES = (
    FlameFrame(name="main", place="app.py:1", origin=CodeOrigin.USER),
    FlameFrame(name="loads", place="json/__init__.py:299", origin=CodeOrigin.STANDARD),
    FlameFrame(name="get", place="django/db.py:5", origin=CodeOrigin.LIBRARY),
)
FLAME = Flame(
    title=Text(en="CPU time", ko="CPU 시간"),
    unit=Unit.MS,
    frames=FRAMES,
    nodes=(
        FlameNode(parent=NO_PARENT, frame=0, value=80.0),
        FlameNode(parent=0, frame=1, value=30.0),
        FlameNode(parent=0, frame=2, value=20.0),
        FlameNode(parent=NO_PARENT, frame=2, value=10.0),
    ),
    left_out=10.0,
)


def _report(flame: Flame = FLAME) -> Report:
    section = Section(id="flame-graph", title=Text(en="Flame", ko="불꽃"), flames=(flame,))
    return replace(empty_report(), sections=(section,))


def test_boxes_stand_below_their_callers_and_beside_each_other() -> None:
    placed = [(each.start, each.width, each.depth) for each in boxes(FLAME)]

    assert total(FLAME) == 100.0
    assert placed == [(0.0, 0.8, 0), (0.0, 0.3, 1), (0.3, 0.2, 1), (0.8, 0.1, 0)]


def test_the_page_draws_every_box_with_a_title() -> None:
    page = html_page.render(_report(), Language.EN)

    drawn = re.findall(r'<svg x="[\d.]+%" y="\d+" width="[\d.]+%"', page)
    assert len(drawn) == len(FLAME.nodes)
    assert "loads (json/__init__.py:299): 30 ms, 30.0 %" in page
    assert 'class="box user"' in page


def test_the_policy_allows_this_script_and_no_other() -> None:
    page = html_page.render(_report(), Language.EN)

    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy.replace("&#x27;", "'").endswith(f"; script-src {script_hash()}")
    assert page.count("<script") == 1
    assert f"<script>{flame_script()}</script>" in page
    assert not re.search(r"fetch|XMLHttpRequest|eval|innerHTML|https?:", flame_script())


def test_a_page_without_flame_graphs_has_no_script() -> None:
    page = html_page.render(empty_report(), Language.EN)

    assert "<script" not in page
    assert "script-src" not in page


def test_a_hostile_name_is_shown_as_text() -> None:
    frame = FlameFrame(name=HOSTILE, place=HOSTILE, origin=CodeOrigin.USER)
    page = html_page.render(_report(replace(FLAME, frames=(frame,) * 3)), Language.EN)

    assert "<script>alert" not in page


@pytest.mark.parametrize("value", [math.nan, math.inf, -5.0])
def test_a_value_that_is_none_is_not_drawn(value: float) -> None:
    broken = replace(FLAME, nodes=(FlameNode(parent=NO_PARENT, frame=0, value=value),))

    page = html_page.render(_report(broken), Language.EN)

    assert "nan" not in page.partition("<main>")[2].partition("<script")[0]


def test_json_keeps_a_graph_as_it_is() -> None:
    report = _report()

    text = json_report.render(report, Language.EN)

    (section,) = read_report(text).sections
    assert section.flames == (replace(FLAME, title=Text.same("CPU time")),)


@pytest.mark.parametrize("node", [[0, 0, 1.0], [-2, 0, 1.0], [-1, 9, 1.0], [-1, 0], "x"])
def test_a_node_that_points_nowhere_is_refused(node: object) -> None:
    document = json.loads(json_report.render(_report(), Language.EN))
    document["sections"][0]["flames"][0]["nodes"][0] = node

    with pytest.raises(SourceError, match=r"flames\[0\].nodes\[0\]"):
        read_report(json.dumps(document))


@pytest.mark.parametrize("language", Language)
def test_other_formats_say_that_there_is_one(language: Language) -> None:
    for text in (render_text(_report(), language), markdown.render(_report(), language)):
        assert "100 ms" in text
        assert "html" in text
