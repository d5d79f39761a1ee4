"""Find tables and views of a snapshot by the names that statements use."""

from aegis_cli.indexing.tables import TableBook
from aegis_cli.model.facts.snapshot import ObjectKind, Snapshot


class Names:
    """Resolves names through the search path, as the server does."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Gather the tables and views of a snapshot."""
        self.book = TableBook(snapshot)
        self._search_path = snapshot.search_path
        self._views = {
            (each.schema, each.name): each.ddl
            for each in snapshot.objects
            if each.kind is ObjectKind.VIEW
        }
        self._columns: dict[str, frozenset[str] | None] = {}

    def columns_of(self, name: str) -> frozenset[str] | None:
        """Return the columns of a table; None for an unknown one."""
        if name not in self._columns:
            found = self.book.find(name)
            table = self.book.facts(found).table if found is not None else None
            columns = frozenset(each.name for each in table.columns) if table else None
            self._columns[name] = columns
        return self._columns[name]

    def view_of(self, name: str) -> str | None:
        """Return the CREATE VIEW of a view; None for what is none."""
        schema, _, bare = name.rpartition(".")
        schemas = (schema,) if schema else self._search_path
        found = (self._views.get((each, bare)) for each in schemas)
        return next((each for each in found if each is not None), None)

    def is_known(self, name: str) -> bool:
        """Tell whether a name is that of a table of the snapshot."""
        return self.book.find(name) is not None
