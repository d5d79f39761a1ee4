"""Names of indexes in plans, and those by which index advice knows them."""

from collections import Counter
from collections.abc import Iterable

from aegis_cli.sources.postgres.twin.hypothetical import MadeIndex


class IndexNames:
    """Turns the names in a plan into names of advice."""

    def __init__(self, existing: Iterable[tuple[str, str]]) -> None:
        """Take schema and name of the existing indexes."""
        names = [(name, schema) for schema, name in existing]
        self._schemas = dict(names)
        self._hypothetical: dict[str, str] = {}
        counted = Counter(name for name, _ in names)
        self.are_ambiguous = any(count > 1 for count in counted.values())
        """Whether indexes of several schemas share a name."""

    def is_taken(self, name: str) -> bool:
        """Tell whether an existing index of any schema has a name."""
        return name in self._schemas

    def add(self, name: str, parts: Iterable[MadeIndex]) -> None:
        """Note what a hypothetical index and its parts are called on the twin."""
        self._hypothetical.update((each.name, name) for each in parts)

    def remove(self, parts: Iterable[MadeIndex]) -> None:
        """Forget a hypothetical index."""
        for each in parts:
            self._hypothetical.pop(each.name, None)

    def name_of(self, schema: str, name: str) -> str:
        """Return the name of a hypothetical index, or an existing one's with its schema."""
        hypothetical = self._hypothetical.get(name)
        if hypothetical is not None:
            return hypothetical
        return f"{schema or self._schemas.get(name, '')}.{name}"
