"""What the rules about queries per row have in common: how sure they are, and what to change."""

from dataclasses import replace

from aegis_cli.codebase.detector import location, snippets
from aegis_cli.model.evidence import Evidence
from aegis_cli.model.facts.source_code import Place, RowCost, RowQuery
from aegis_cli.model.location import Location
from aegis_cli.model.severity import Confidence

_FAR = 3
"""Places from which a way through calls is long enough that something may bring rows along."""


def row_confidence(fact: RowQuery) -> Confidence:
    """Return how sure it is that each row costs a query."""
    if not fact.is_certain or is_in_command(fact):
        return Confidence.LOW
    if len(fact.places) >= _FAR or (fact.is_conditional and len(fact.places) > 1):
        return Confidence.LOW
    if fact.cost is RowCost.QUERY:
        is_plain = len(fact.places) == 1 and not fact.is_conditional
        return Confidence.MEDIUM if is_plain else Confidence.LOW
    return Confidence.HIGH if len(fact.places) == 1 else Confidence.MEDIUM


def is_in_command(fact: RowQuery) -> bool:
    """Tell whether the code runs by hand or once: there, simple beats quick."""
    parts = fact.places[-1].path.split("/")
    return not {"commands", "scripts", "migrations"}.isdisjoint(parts)


def row_identity(fact: RowQuery) -> tuple[str, ...]:
    """Return stable names: all reads of one relation of rows asked for at one place are one."""
    start = fact.feed if fact.feed is not None else fact.places[-1]
    what = fact.relation or fact.places[0].text
    return (start.path, start.symbol, start.text, fact.model, what)


def row_locations(fact: RowQuery) -> tuple[Location, ...]:
    """Return the place of the query first, then those that lead to it, then that of the rows."""
    return tuple(dict.fromkeys(location(each) for each in _places(fact)))


def row_evidence(fact: RowQuery) -> tuple[Evidence, ...]:
    """Return the lines that lead from the rows to the query."""
    return tuple(dict.fromkeys(snippets(_places(fact))))


def _places(fact: RowQuery) -> tuple[Place, ...]:
    feed = (fact.feed,) if fact.feed is not None else ()
    return tuple(replace(each) for each in (*fact.places, *feed))
