"""Ordinary indexes: permutations of equality keys, then at most one range or the sort order."""

from collections.abc import Iterator
from itertools import islice, permutations

from aegis_cli.indexing.candidates.roles import Roles
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey

MOST_PER_ACCESS = 64
"""Candidates one access to one table may bring, the narrow ones first."""
_MOST_PERMUTED = 5
"""Equality keys that are permuted, the most selective ones."""

Keys = tuple[IndexKey, ...]


def plain_candidates(roles: Roles, max_width: int) -> Iterator[IndexDefinition]:
    """Yield btree indexes on keys alone, without predicate and payload."""
    found = dict.fromkeys(each for each in _key_lists(roles, max_width) if each)
    for keys in islice(found, MOST_PER_ACCESS):
        yield IndexDefinition(table=roles.facts.table.name, keys=keys)


def _key_lists(roles: Roles, max_width: int) -> Iterator[Keys]:
    """Yield the sort orders first, of which there are few, then equalities by width."""
    yield from _sorting(roles, max_width)
    for key in roles.alternatives:
        yield (key,)
    for width in range(max_width + 1):
        for prefix in permutations(roles.equality[:_MOST_PERMUTED], width):
            yield prefix
            if width < max_width:
                for key in roles.ranges:
                    yield _joined(prefix, (key,))


def _sorting(roles: Roles, max_width: int) -> Iterator[Keys]:
    """Yield what returns rows in order: constants first, then the order's keys in full."""
    for wanted in (roles.order, roles.group):
        if not wanted:
            continue
        room = max(0, max_width - len(wanted))
        yield wanted[:max_width]
        yield _joined(roles.constant_equality[:room], wanted)[:max_width]


def _joined(prefix: Keys, rest: Keys) -> Keys:
    """Append the keys whose column is not there yet."""
    seen = {each.text for each in prefix}
    return (*prefix, *(each for each in rest if each.text not in seen))
