"""Flame graphs of the HTML report: a picture as it stands, with a script to zoom and search."""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import Final

from aegis_cli.model.flame import Flame
from aegis_cli.model.quantity import Quantity
from aegis_cli.model.report import Report
from aegis_cli.model.text import Language, Text
from aegis_cli.render.flames import Box, boxes, total
from aegis_cli.render.format_number import format_quantity
from aegis_cli.render.markup import NOTHING, Markup, element
from aegis_cli.render.sanitize import one_line

_ROW: Final = 18
_GAP: Final = 1
_SEARCH: Final = Text(en="Search functions and paths", ko="함수와 경로 검색")
_RESET: Final = Text(en="Show all", ko="전체 보기")
_FOUND: Final = Text(en="found", ko="검색 결과")
_HELP: Final = Text(
    en="Outermost calls on top. Click a box to zoom; Escape shows all again.",
    ko="위가 바깥쪽 호출입니다. 상자를 누르면 확대되고 Esc를 누르면 전체로 돌아갑니다.",
)


def has_flames(report: Report) -> bool:
    """Tell whether a report has anything to zoom in."""
    return any(section.flames for section in report.sections)


def flame_script() -> str:
    """Return the script of pages with flame graphs."""
    return (files("aegis_cli.render") / "flame.js").read_text(encoding="utf-8")


def script_hash() -> str:
    """Return what names exactly this script in a policy, as Content Security Policy writes it."""
    digest = sha256(flame_script().encode("utf-8")).digest()
    return f"'sha256-{b64encode(digest).decode('ascii')}'"


def flame_figure(flame: Flame, language: Language) -> Markup:
    """Draw a flame graph."""
    drawn = tuple(boxes(flame))
    if not drawn:
        return NOTHING
    caption = flame.title.pick(language)
    whole = format_quantity(Quantity(value=total(flame), unit=flame.unit), language)
    height = (max(box.depth for box in drawn) + 1) * _ROW
    drawing = element(
        "svg",
        element("title", caption),
        *(_box(box, flame, language) for box in drawn),
        role="img",
        aria_label=f"{caption}, {whole}",
        width="100%",
        height=str(height),
        class_="flame",
    )
    return element(
        "figure",
        element("figcaption", caption, element("span", whole)),
        drawing,
        element("p", _HELP.pick(language), class_="muted", hidden=""),
        class_="chart flames",
        data_search=_SEARCH.pick(language),
        data_reset=_RESET.pick(language),
        data_found=_FOUND.pick(language),
    )


def _box(box: Box, flame: Flame, language: Language) -> Markup:
    """Draw one box; a picture within the picture cuts its text off at its edge."""
    name, place = one_line(box.frame.name), one_line(box.frame.place)
    amount = format_quantity(Quantity(value=box.value, unit=flame.unit), language)
    where = f" ({place})" if place else ""
    return element(
        "svg",
        element("title", f"{name}{where}: {amount}, {100 * box.width:.1f} %"),
        element("rect", width="100%", height="100%", rx="1"),
        element("text", name, x="3", y="13"),
        x=f"{100 * box.start:.3f}%",
        y=str(box.depth * _ROW),
        width=f"{100 * box.width:.3f}%",
        height=str(_ROW - _GAP),
        class_=f"box {box.frame.origin.value}",
    )
