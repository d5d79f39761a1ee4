"""Follow equalities: columns equal to the same column are equal to each other."""

from dataclasses import replace
from itertools import combinations

from aegis_cli.model.facts.accesses import Condition, JoinKey
from aegis_cli.sqltext.access.drafts import AccessDraft, Place
from aegis_cli.sqltext.access.levels import Level
from aegis_cli.sqltext.identifiers import quoted

_MOST_EQUAL = 30


def follow_equalities(level: Level) -> None:
    """Turn the equalities of a query into join keys, and pass constants on to equal columns."""
    outer = frozenset() if level.is_filter else level.outer_accesses()
    for places in _classes(level.equalities):
        for one, other in combinations(places[:_MOST_EQUAL], 2):
            if one.identity[0] != other.identity[0]:
                _join(one, other, outer)
                _join(other, one, outer)
        _pass_on(places, level)


def _join(place: Place, other: Place, outer: frozenset[AccessDraft]) -> None:
    """Note a key of one table, unless its rows are read before the query that demands it."""
    if place.access is None or place.access in outer:
        return
    key = JoinKey(
        column=place.column,
        other_table=other.alias if other.access is None else other.access.table,
        other_column=other.column,
        other_alias=other.alias,
    )
    place.access.joins[key] = None


def _pass_on(places: list[Place], level: Level) -> None:
    """Give a value that one of several equal columns must have to the others as well."""
    members = {place.identity for place in places}
    fixed = [
        condition
        for place, condition in level.constants
        if place.identity in members and condition.operator == "="
    ]
    for condition in fixed[:1]:
        for place in places:
            if place.access is None or _is_fixed(place):
                continue
            place.access.add(_moved(condition, place.column))


def _moved(condition: Condition, column: str) -> Condition:
    """Return a condition `= value` on another column."""
    sql = f"{quoted(column)} = {condition.constant}" if condition.constant is not None else ""
    return replace(condition, column=column, expression=None, sql=sql)


def _is_fixed(place: Place) -> bool:
    access = place.access
    return access is not None and any(
        each.column == place.column and each.operator == "=" and not each.in_or
        for each in access.conditions
    )


def _classes(equalities: list[tuple[Place, Place]]) -> list[list[Place]]:
    """Return the sets of columns that are equal to each other, in the order of the text."""
    classes: list[dict[tuple[int | str, str], Place]] = []
    for pair in equalities:
        merged = {each.identity: each for each in pair}
        apart = []
        for known in classes:
            if known.keys() & merged.keys():
                merged = known | merged
            else:
                apart.append(known)
        classes = [*apart, merged]
    return [[*each.values()] for each in classes]
