"""Which indexes the planner of the twin sees: `pg_index.indisvalid`, switched by difference."""

from collections.abc import Iterable, Mapping, Sequence

from aegis_cli.embedded.session import Session
from aegis_cli.indexing.planner import Configuration
from aegis_cli.model.facts.catalog import ExistingIndex, Table
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.sources.postgres.twin.queries import text_of


class Visibility:
    """Switches indexes on and off, and knows what is on."""

    def __init__(self, admin: Session, existing: Mapping[str, Sequence[int]]) -> None:
        """Start with every existing index visible.

        Args:
            admin: A superuser's session.
            existing: Numbers by full name; those of a partitioned index include its parts'.
        """
        self._admin = admin
        self._existing = {name: frozenset(numbers) for name, numbers in existing.items()}
        self._hypothetical: dict[str, frozenset[int]] = {}
        self._visible: frozenset[int] = frozenset()
        self._hidden: frozenset[int] = frozenset()

    def add(self, name: str, numbers: Iterable[int]) -> None:
        """Note a hypothetical index, which was made invisible."""
        self._hypothetical[name] = frozenset(numbers)

    def remove(self, name: str) -> None:
        """Forget a hypothetical index, which must be invisible by now."""
        self._hypothetical.pop(name, None)

    def switch(self, configuration: Configuration) -> None:
        """Show exactly the indexes of a configuration.

        Raises:
            KeyError: A hypothetical index was never added.
        """
        visible = _union(self._hypothetical[each] for each in configuration.visible)
        # An index that the twin lacks is invisible already.
        hidden = _union(self._existing.get(each, frozenset()) for each in configuration.hidden)
        on = (visible - self._visible) | (self._hidden - hidden)
        off = (self._visible - visible) | (hidden - self._hidden)
        if not on and not off:
            return
        numbers = {"on": sorted(on), "changed": sorted(on | off)}
        self._admin.execute(text_of("switch_indexes"), numbers)
        self._visible, self._hidden = visible, hidden


def numbers_by_index(
    tables: Sequence[Table], numbers: Mapping[tuple[str, str], int]
) -> dict[str, tuple[int, ...]]:
    """Return the numbers of each existing index and of the parts it has in partitions.

    Args:
        tables: All tables.
        numbers: Of all indexes on the twin, by schema and name.
    """
    by_name = {each.name: each for each in tables}
    parts: dict[str, list[str]] = {}
    own: dict[str, int] = {}
    for table in tables:
        for index in table.indexes:
            name = full_name(table, index)
            parent = _parent(table, index, by_name)
            if parent is not None:
                parts.setdefault(parent, []).append(name)
            number = numbers.get((table.name.schema, index.name))
            if number is not None:
                own[name] = number
    return {
        name: tuple(own[each] for each in _with_parts(name, parts) if each in own) for name in own
    }


def full_name(table: Table, index: ExistingIndex) -> str:
    """Return an index's name with its schema, as plans and configurations use it."""
    return f"{table.name.schema}.{index.name}"


def _parent(table: Table, index: ExistingIndex, tables: Mapping[TableName, Table]) -> str | None:
    for name in table.parents if index.parent else ():
        for candidate in tables[name].indexes if name in tables else ():
            full = f"{name.schema}.{candidate.name}"
            if index.parent in {candidate.name, full}:
                return full
    return None


def _with_parts(name: str, parts: Mapping[str, Sequence[str]]) -> list[str]:
    found = [name]
    for each in found:
        found.extend(parts.get(each, ()))
    return found


def _union(sets: Iterable[frozenset[int]]) -> frozenset[int]:
    return frozenset().union(*sets)
