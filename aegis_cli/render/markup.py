"""HTML that cannot be injected into: plain strings are escaped, only `Markup` passes through."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Final, TypeAlias

_VOID: Final = frozenset({"meta", "br", "hr"})


@dataclass(frozen=True, slots=True)
class Markup:
    """Text that is HTML already."""

    text: str


Content: TypeAlias = Markup | str
"""What goes into an element; a plain string is escaped."""

NOTHING: Final = Markup("")


def element(name: str, /, *content: Content, **attributes: str | None) -> Markup:
    """Build an element; an attribute of None is left out.

    Attribute names are Python names: `class_` becomes `class`, `aria_label` `aria-label`.
    """
    listed = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{listed}>")
    return Markup(f"<{name}{listed}>{join(content).text}</{name}>")


def join(parts: Iterable[Content]) -> Markup:
    """Put parts one after the other."""
    return Markup(
        "".join(part.text if isinstance(part, Markup) else escape(part) for part in parts)
    )
