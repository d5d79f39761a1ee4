"""Find the table that a name in a query belongs to, through subqueries and views."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from aegis_cli.sqltext.access.drafts import AccessDraft, Place
from aegis_cli.sqltext.tree import Node, names, nodes

_SYSTEM_COLUMNS = frozenset(("ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """The columns that a query, a function or a view gives to the query around it."""

    columns: Mapping[str, Place] = field(default_factory=dict)
    positions: tuple[Place, ...] = ()
    """The same columns by position, as far as the positions are known."""
    is_complete: bool = False
    """Whether it has no other columns than these."""
    whole: "tuple[Relation, ...]" = ()
    """Relations whose columns, not all known, are among its own."""

    def renamed(self, alias: str, new_names: tuple[str, ...]) -> "Outputs":
        """Return the same columns under the names that an alias gives to the first of them."""
        if not new_names:
            return self
        missing = Place(access=None, alias=alias, column="")
        values = (*self.positions, *(missing for _ in new_names))
        kept = dict(zip(new_names, values, strict=False))
        return Outputs(
            columns={name: _named(place, name) for name, place in kept.items()},
            positions=self.positions,
            is_complete=self.is_complete and len(new_names) >= len(self.positions),
        )


def _named(place: Place, name: str) -> Place:
    return place if place.access else Place(access=None, alias=place.alias, column=name)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Relation:
    """Something in FROM that columns can come from."""

    alias: str
    access: AccessDraft | None = None
    """Set for a table."""
    outputs: Outputs | None = None
    """Set for what is no table."""

    def find(self, name: str) -> Place | None:
        """Return the column of a name if this relation is known to have it."""
        if self.access is not None:
            known = self.access.columns
            if known is None or (name not in known and name not in _SYSTEM_COLUMNS):
                return None
            return Place(access=self.access, alias=self.alias, column=name)
        place = self.outputs.columns.get(name) if self.outputs is not None else None
        if place is None or place.access is not None:
            return place
        return self._column(name)

    def guess(self, name: str) -> Place | None:
        """Return the column of a name if this relation may have it."""
        found = self.find(name)
        if found is not None:
            return found
        if self.access is not None:
            return self._column(name) if self.access.columns is None else None
        if self.outputs is None or self.outputs.is_complete:
            return None
        guesses = [place for each in self.outputs.whole if (place := each.guess(name))]
        return guesses[0] if len(guesses) == 1 else self._column(name)

    def names(self) -> tuple[str, ...] | None:
        """Return all columns in alphabetical order or that of the query; None if unknown."""
        if self.access is not None:
            return None if self.access.columns is None else tuple(sorted(self.access.columns))
        if self.outputs is None or not self.outputs.is_complete:
            return None
        return tuple(self.outputs.columns)

    def read_all(self) -> None:
        """Remember that every column is read."""
        if self.access is not None:
            self.access.reads_all_columns = True
        elif self.outputs is not None:
            for place in self.outputs.columns.values():
                place.note()
            for each in self.outputs.whole:
                each.read_all()

    def _column(self, name: str) -> Place:
        return Place(access=self.access, alias=self.alias, column=name)


@dataclass(slots=True, kw_only=True, eq=False)
class Scope:
    """The relations that a query sees: its own, and those of the queries around it."""

    outer: "Scope | None" = None
    relations: list[Relation] = field(default_factory=list)

    def chain(self) -> "Iterator[Scope]":
        """Yield this scope and those around it, from the inside out."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer

    def resolve(self, reference: Node) -> Place | None:
        """Return what a ColumnRef's body means; None for `*`, a whole row, or no way to tell."""
        path = names(reference, "fields")
        if not path or len(path) < len(nodes(reference, "fields")):
            return None
        if len(path) == 1:
            return self._unqualified(path[0])
        relation = self.relation(path[-2])
        return relation.guess(path[-1]) if relation is not None else None

    def relation(self, alias: str) -> Relation | None:
        """Return a relation by its alias, the innermost one."""
        for scope in self.chain():
            for each in scope.relations:
                if each.alias == alias:
                    return each
        return None

    def _unqualified(self, name: str) -> Place | None:
        for scope in self.chain():
            for each in scope.relations:
                if found := each.find(name):
                    return found
            guesses = scope.guesses(name)
            if guesses:
                return guesses[0] if len(guesses) == 1 else None
        return None

    def guesses(self, name: str) -> list[Place]:
        """Return what a name may mean among the relations of this query itself."""
        return [
            place
            for each in self.relations
            if each.alias != name and (place := each.guess(name)) is not None
        ]

    def note(self, reference: Node) -> None:
        """Remember that a ColumnRef's body is read; one that cannot be placed counts for all."""
        path = names(reference, "fields")
        place = self.resolve(reference)
        if place is not None:
            place.note()
        elif len(path) < len(nodes(reference, "fields")):
            self._note_star(path)
        elif path:
            whole = self.relation(path[-1]) if len(path) == 1 else None
            for each in (whole,) if whole is not None else self.relations:
                each.read_all()

    def _note_star(self, path: tuple[str, ...]) -> None:
        named = self.relation(path[-1]) if path else None
        for each in (named,) if named is not None else self.relations:
            each.read_all()
