"""What the rules about queries per row have in common: how sure they are, and where they point."""

from collections.abc import Iterator, Sequence

from aegis_cli.codebase.detector import location, snippets
from aegis_cli.model.evidence import Evidence
from aegis_cli.model.facts.source_code import Place, RowCost, RowQuery
from aegis_cli.model.location import Location
from aegis_cli.model.severity import Confidence

_FAR = 3
"""Places from which a way through calls is long enough that something may bring rows along."""
_BY_HAND = frozenset(
    ("commands", "scripts", "migrations", "importers", "importer", "fixtures", "seeds", "bin")
)
"""Folders of code that runs by hand or once: there, simple beats quick."""


def row_confidence(fact: RowQuery) -> Confidence:
    """Return how sure it is that each round of a loop costs a query."""
    if not fact.is_certain or is_in_command(fact):
        return Confidence.LOW
    if len(fact.places) >= _FAR or (fact.is_conditional and len(fact.places) > 1):
        return Confidence.LOW
    if fact.cost is RowCost.QUERY:
        is_plain = len(fact.places) == 1 and not fact.is_conditional
        return Confidence.MEDIUM if is_plain else Confidence.LOW
    return Confidence.HIGH if len(fact.places) == 1 else Confidence.MEDIUM


def is_in_command(fact: RowQuery) -> bool:
    """Tell whether the code runs by hand or once."""
    return not _BY_HAND.isdisjoint(fact.places[-1].path.split("/"))


def row_identity(fact: RowQuery) -> tuple[str, ...]:
    """Return stable names: where the rows were asked for, and what goes over them.

    All relations that one function, serializer or template reads of the same rows are one problem,
    since one change of one query cures them; a query of its own is one by itself.
    """
    outer = fact.places[-1]
    if fact.cost in (RowCost.QUERY, RowCost.DEFEATED, RowCost.WRITE) or fact.feed is None:
        inner = fact.places[0]
        return (inner.path, inner.symbol, inner.text, fact.cost, outer.path, outer.symbol)
    feed = fact.feed
    return (feed.path, feed.symbol, feed.text, fact.feed_model, outer.path, outer.symbol)


def row_locations(facts: Sequence[RowQuery]) -> tuple[Location, ...]:
    """Return the place of each query with those that lead to it, and that of the rows."""
    return tuple(dict.fromkeys(location(each) for each in _places(facts)))


def row_evidence(facts: Sequence[RowQuery]) -> tuple[Evidence, ...]:
    """Return the lines that lead from the rows to each query."""
    return tuple(dict.fromkeys(snippets(tuple(_places(facts)))))


def _places(facts: Sequence[RowQuery]) -> Iterator[Place]:
    """Yield the way of the first query whole, then the places of the others."""
    first = facts[0]
    yield from first.places
    if first.feed is not None:
        yield first.feed
    for fact in facts[1:]:
        yield fact.places[0]
