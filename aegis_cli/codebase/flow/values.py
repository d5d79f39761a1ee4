"""What a term stands for: rows of a model, a query for them, a function, something outside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from aegis_cli.codebase.link.models import Mapper, Model, Relation
from aegis_cli.codebase.link.modules import Class, External, Function, Module
from aegis_cli.model.facts.source_code import Place

_MOST_ALTERNATIVES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Loads:
    """Which relations of rows are loaded with them, as paths with dots."""

    paths: frozenset[str] = frozenset()
    is_everything: bool = False
    """So much is loaded, or so little is known, that nothing is held against the rows."""
    attributes: "tuple[tuple[str, Rows], ...]" = ()
    """What `Prefetch(…, to_attr=…)` puts on the rows."""

    def covers(self, name: str) -> bool:
        """Tell whether a relation of the rows is loaded."""
        return self.is_everything or name in self.paths

    def below(self, name: str) -> "Loads":
        """Return what is loaded of the rows that a relation leads to."""
        if self.is_everything:
            return self
        start = f"{name}."
        inner = frozenset(each[len(start) :] for each in self.paths if each.startswith(start))
        return Loads(paths=inner)

    def plus(self, paths: Iterable[str]) -> "Loads":
        """Return the same with more paths; each path loads what leads to it, too."""
        added = {
            ".".join(parts[:count])
            for parts in (path.split(".") for path in paths if path)
            for count in range(1, len(parts) + 1)
        }
        return replace(self, paths=self.paths | added) if added - self.paths else self

    def joined(self, other: "Loads") -> "Loads":
        """Return what is loaded on any of two ways."""
        if self == other:
            return self
        return Loads(
            paths=self.paths | other.paths,
            is_everything=self.is_everything or other.is_everything,
            attributes=tuple(dict.fromkeys((*self.attributes, *other.attributes))),
        )


NOTHING_LOADED = Loads()
EVERYTHING_LOADED = Loads(is_everything=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where rows come from."""

    feed: Place | None = None
    """Where they were asked for."""
    model: str = ""
    """The class that was asked for."""
    path: str = ""
    """The relations from there to here."""

    def through(self, name: str) -> "Source":
        """Return the source of what a relation leads to."""
        return replace(self, path=f"{self.path}.{name}" if self.path else name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a model."""

    model: Model | None
    """None where rows are known by the way the code is written only."""
    mapper: Mapper
    name: str = ""
    """The class's name, where there is no model."""
    loads: Loads = NOTHING_LOADED
    source: Source = field(default=Source(), compare=False)
    is_certain: bool = True
    """Where the row comes from is known, so what is not loaded is known, too."""
    is_new: bool = False
    """Made by the program and not yet in the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A manager, a queryset, a statement, or a list of rows."""

    model: Model | None
    mapper: Mapper
    name: str = ""
    loads: Loads = NOTHING_LOADED
    source: Source = field(default=Source(), compare=False)
    is_certain: bool = True
    is_manager: bool = False
    """Not yet a queryset; `all()` and the like make one."""
    is_loaded: bool = False
    """Its rows are in memory: going over them asks nothing."""
    is_plain: bool = False
    """Yields values or dictionaries, no rows."""
    is_bounded: bool = False
    """Sliced, or otherwise limited."""
    relation: Relation | None = field(default=None, compare=False)
    """The relation it comes from, if it is one of a row."""
    manager: Class | None = field(default=None, compare=False)
    born: Place | None = field(default=None, compare=False)
    """Where this very queryset was made; once it was gone over, it keeps its rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list, generator or the like with elements of one sort."""

    of: "Value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A tuple, or another literal sequence, with each of its elements."""

    elements: "tuple[Value, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """A dictionary with the values of known keys, and of the others together."""

    known: "tuple[tuple[str, Value], ...]"
    others: "Value" = None

    def get(self, key: str) -> "Value":
        """Return the value of a key."""
        return dict(self.known).get(key, self.others)

    @property
    def any(self) -> "Value":
        """Return what any of the values is."""
        return join([*(value for _, value in self.known), self.others])


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A module, class, function or something outside of the project."""

    target: Module | Class | Function | External


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """An instance of a class of the project that is no model."""

    owner: Class


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A method with its receiver."""

    receiver: "Row | Rows | Thing"
    function: Function


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A method of a query, of a row, or of a list, that the libraries define."""

    receiver: "Row | Rows | Items | Parts | Entries | Known"
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """A `Prefetch` object or a loader option: paths, what they are asked with, a name."""

    paths: tuple[str, ...]
    rows: "Rows | None" = None
    attribute: str = ""


Value: TypeAlias = (
    Row | Rows | Items | Parts | Entries | Known | Thing | Method | Asking | Ahead | None
)
"""None is what we know nothing of."""

Bindings: TypeAlias = Mapping[str, Value]


def join(values: Iterable[Value]) -> Value:
    """Return what one of several values is; those we know nothing of do not count."""
    known = [each for each in dict.fromkeys(values) if each is not None]
    if not known:
        return None
    first: Value = known[0]
    for each in known[1:_MOST_ALTERNATIVES]:
        first = _joined(first, each)
    return first


def _joined(one: Value, other: Value) -> Value:
    """Join two values; what is loaded on one way is not held against the other."""
    if isinstance(one, Row) and isinstance(other, Row) and one.model is other.model:
        loads = one.loads.joined(other.loads)
        return replace(one, loads=loads, is_certain=one.is_certain and other.is_certain)
    if isinstance(one, Rows) and isinstance(other, Rows) and one.model is other.model:
        return replace(
            one,
            loads=one.loads.joined(other.loads),
            is_loaded=one.is_loaded or other.is_loaded,
            is_plain=one.is_plain or other.is_plain,
            is_certain=one.is_certain and other.is_certain,
        )
    if isinstance(one, Items | Parts) and isinstance(other, Items | Parts | Rows):
        return Items(of=join([item_of(one), item_of(other)]))
    if isinstance(one, Rows) and isinstance(other, Items | Parts):
        return _joined(other, one)
    return one


def item_of(value: Value) -> Value:
    """Return what an element is, as a loop sees it."""
    if isinstance(value, Rows):
        return row_of(value)
    if isinstance(value, Items):
        return value.of
    if isinstance(value, Parts):
        return join(value.elements)
    return None


def row_of(rows: Rows) -> Row | None:
    """Return one of the rows; None where these are values."""
    if rows.is_plain:
        return None
    loads = rows.loads
    if rows.relation is not None and rows.relation.inverse:
        loads = loads.plus((rows.relation.inverse,))
    return Row(
        model=rows.model,
        mapper=rows.mapper,
        name=rows.name,
        loads=loads,
        source=rows.source,
        is_certain=rows.is_certain,
    )


def name_of(value: Row | Rows) -> str:
    """Return the name of the class of rows."""
    return value.model.name if value.model is not None else value.name
