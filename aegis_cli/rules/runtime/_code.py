"""Places in source code as findings name them."""

from collections.abc import Sequence

from aegis_cli.model.evidence import CodeSnippet
from aegis_cli.model.location import CodeLocation

US_PER_MS = 1000


def ms(microseconds: float) -> float:
    """Return microseconds as milliseconds."""
    return microseconds / US_PER_MS


def spoken(place: CodeLocation) -> str:
    """Return a place as people type it, such as `app.py:12`."""
    return place.path if place.line is None else f"{place.path}:{place.line}"


def stable_name(place: CodeLocation) -> tuple[str, str]:
    """Return what names a place whatever lines are added above it: file and function."""
    return place.path, place.function or ""


def is_importing(place: CodeLocation) -> bool:
    """Tell whether a place is Python's own importing: what it holds is code, and stays."""
    return place.path.startswith("<frozen ")


def snippet(place: CodeLocation, source: str) -> tuple[CodeSnippet, ...]:
    """Return the line of source as evidence; nothing where nobody could read it."""
    if not source:
        return ()
    return (CodeSnippet(title=spoken(place), language="python", text=source),)


def lines(*parts: str) -> str:
    """Return the parts of a proposed change, one below the other."""
    return "\n".join(parts)


def callers(places: Sequence[CodeLocation]) -> str:
    """Return the function that holds a place, for a message."""
    function = places[0].function
    return f" in {function}" if function else ""
