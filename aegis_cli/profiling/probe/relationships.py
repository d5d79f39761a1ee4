"""Read from the frames of an ORM which relationship it is loading, or which objects it writes.

The frame that loads lazily is on the stack while the statement runs, so nothing of the ORM is
patched and no event is registered: what cannot be read any more is merely not told.
Looked at: SQLAlchemy 2.0 and 2.1, Django 4.2 to 5.2.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import FrameType
    from typing import Any, Protocol

    Lazy = tuple[str, str, str, bool]
    Ahead = tuple[str, str, str, bool, str]
    Relationship = Lazy | Ahead
    """Library, owning class, attribute, whether it leads to many rows; what loads it ahead.

    Without an attribute: objects of the class itself are written.
    """

    class Watching(Protocol):
        """What notices who reads an attribute."""

        def watch(self, eager: "Ahead", attributes: "Iterable[Any]") -> bool:
            """Return whether readings will be noticed."""


_SQLALCHEMY_LAZY = 0
_DJANGO_FORWARD = 1
_DJANGO_REVERSE_ONE = 2
_DJANGO_ROWS = 3
_SQLALCHEMY_ATTRIBUTE = 4
"""Looked at where a lazy load was seen before: its frame has few names, so it costs less."""

_SQLALCHEMY_FLUSH = 5
_DJANGO_SAVE = 6
_SQLALCHEMY_AHEAD = 7
_DJANGO_PREFETCH = 8
FIRST_AHEAD = _SQLALCHEMY_AHEAD
"""What loads ahead is told even if a frame further in tells of another relationship."""

_MAX_CARRIERS = 10_000
_ATTRIBUTES = "sqlalchemy/orm/attributes.py"
_DESCRIPTORS = "django/db/models/fields/related_descriptors.py"
_FLUSHING = ("_emit_insert_statements", "_emit_update_statements", "_emit_delete_statements")
_READING = ("_fetch_all", "count", "exists", "get", "iterator")
_LOOKS = (
    (("_emit_lazyload",), "sqlalchemy/orm/strategies.py", _SQLALCHEMY_LAZY),
    (("get_object",), _DESCRIPTORS, _DJANGO_FORWARD),
    (("__get__",), _DESCRIPTORS, _DJANGO_REVERSE_ONE),
    (_READING, "django/db/models/query.py", _DJANGO_ROWS),
    (_FLUSHING, "sqlalchemy/orm/persistence.py", _SQLALCHEMY_FLUSH),
    (("save_base", "delete"), "django/db/models/base.py", _DJANGO_SAVE),
    (("_load_for_path",), "sqlalchemy/orm/strategies.py", _SQLALCHEMY_AHEAD),
    (("prefetch_one_level",), "django/db/models/query.py", _DJANGO_PREFETCH),
)
"""Names of functions, the end of their path, and how to look at their frames."""


class Relationships:
    """Numbers relationships from 1; 0 means none."""

    def __init__(self, eager: "Watching | None" = None) -> None:
        """Start without relationships; those loaded ahead are told if readings are noticed."""
        self._eager = eager
        self._numbers: dict[Relationship, int] = {}
        self._known: list[Relationship | None] = [None]
        self._carriers: dict[int, tuple[int, object]] = {}
        """Numbers by the id of what carries a relationship, which is kept for that."""
        self._joins: dict[int, tuple[Ahead | None, object]] = {}

    def look_of(self, path: str, name: str) -> int | None:
        """Return how to look at the frames of a function; None for most."""
        for names, ending, look in _LOOKS:
            if name in names and path.endswith(ending):
                return look
        return None

    def cheaper(self, look: int, path: str, name: str) -> int | None:
        """Return a look at an outer function's frame that tells the same for less, if it is one."""
        if look == _SQLALCHEMY_LAZY and name == "__get__" and path.endswith(_ATTRIBUTES):
            return _SQLALCHEMY_ATTRIBUTE
        return None

    def number(self, frame: "FrameType", look: int) -> int:
        """Return the number of the relationship that a frame loads, 0 if there is none."""
        try:
            carrier = _CARRIERS[look](frame.f_locals)
        except (AttributeError, KeyError, TypeError):
            return 0
        if carrier is None:
            return 0
        known = self._carriers.get(id(carrier))
        return known[0] if known is not None else self._learn(carrier, look)

    def _learn(self, carrier: object, look: int) -> int:
        found: Relationship | None
        try:
            found = (
                _READERS[look](carrier)
                if look < FIRST_AHEAD
                else self._watched(carrier, _WAYS[look - FIRST_AHEAD])
            )
        except (AttributeError, TypeError):
            return 0
        number = 0 if found is None else self._numbers.get(found)
        if number is None:
            assert found is not None
            number = self._numbers[found] = len(self._known)
            self._known.append(found)
        if len(self._carriers) >= _MAX_CARRIERS:
            self._carriers.clear()
        self._carriers[id(carrier)] = number, carrier
        return number

    def ahead(self, carrier: object, way: str) -> "Ahead | None":
        """Return the relationship that a join loads ahead, if readings of it are noticed."""
        key = id(carrier)
        if key not in self._joins:
            if len(self._joins) >= _MAX_CARRIERS:
                self._joins.clear()
            self._joins[key] = self._watched(carrier, way), carrier
        return self._joins[key][0]

    def _watched(self, carrier: "Any", way: str) -> "Ahead | None":
        if self._eager is None:
            return None
        try:
            relation, attributes = _AHEAD[way](carrier)
        except (AttributeError, KeyError, TypeError):
            return None
        eager = (*relation, way)
        return eager if self._eager.watch(eager, attributes) else None

    def known(self, number: int) -> "Relationship | None":
        """Return a relationship by number."""
        return self._known[number]


def _own(names: "Mapping[str, Any]") -> object:
    """Return the loader strategy or descriptor whose method this is; there is one for each."""
    return names["self"]


def _known_field(names: "Mapping[str, Any]") -> object:
    """Return what leads back to the owner of `author.books.all()`, or None.

    Its manager noted the instance; behind `book.tags.all()` that is a hint, and the first join
    leads to the table between both.
    """
    rows = names["self"]
    for field in rows._known_related_objects:  # noqa: SLF001  # a query set
        return field
    if "instance" in rows._hints:  # noqa: SLF001  # see above
        for join in rows._query.alias_map.values():  # noqa: SLF001  # see above
            field = getattr(join, "join_field", None)
            if field is not None:
                return field if field.one_to_many else None
    return None


def _mapper(names: "Mapping[str, Any]") -> object:
    """Return the mapper of what a session flushes."""
    return names["mapper"]


def _own_class(names: "Mapping[str, Any]") -> object:
    """Return the class of the object that is saved or deleted."""
    return type(names["self"])


def _sqlalchemy_lazy(strategy: "Any") -> "Lazy":
    return _sqlalchemy(strategy.parent_property)


def _sqlalchemy_attribute(attribute: "Any") -> "Lazy":
    return _sqlalchemy(attribute.property)


def _sqlalchemy(relation: "Any") -> "Lazy":
    return (
        "sqlalchemy",
        str(relation.parent.class_.__name__),
        str(relation.key),
        bool(relation.uselist),
    )


def _django_forward(descriptor: "Any") -> "Lazy":
    field = descriptor.field
    return "django", str(field.model.__name__), str(field.name), False


def _django_reverse_one(descriptor: "Any") -> "Lazy":
    related = descriptor.related
    return "django", str(related.model.__name__), str(related.get_accessor_name()), False


def _django_rows(field: "Any") -> "Lazy | None":
    if field.one_to_many:
        return _django_many_to_many(field)
    related = field.remote_field
    return "django", str(related.model.__name__), str(related.get_accessor_name()), True


def _django_many_to_many(join: "Any") -> "Lazy | None":
    """Return the relation whose rows are reached by a join with the table between."""
    between = join.related_model
    for key in between._meta.fields:  # noqa: SLF001  # Django's public name
        owner = key.related_model
        if owner is None or owner is join.model:
            continue
        for field in owner._meta.many_to_many:  # noqa: SLF001  # see above
            if field.remote_field.through is between:
                return "django", str(owner.__name__), str(field.name), True
        for related in owner._meta.related_objects:  # noqa: SLF001  # see above
            if related.many_to_many and related.through is between:
                return "django", str(owner.__name__), str(related.get_accessor_name()), True
    return None


def _sqlalchemy_flush(mapper: "Any") -> "Lazy":
    return "sqlalchemy", str(mapper.class_.__name__), "", True


def _django_save(model: "Any") -> "Lazy":
    return "django", str(model.__name__), "", True


def _strategy_property(names: "Mapping[str, Any]") -> object:
    """Return what is loaded by one statement for many objects; other loaders have no such."""
    strategy = names["self"]
    return strategy.parent_property if "SelectIn" in type(strategy).__name__ else None


def _prefetched(names: "Mapping[str, Any]") -> object:
    """Return the attribute that is being filled; a name of the program's own has none."""
    name, is_own = names["lookup"].get_current_to_attr(names["level"])
    return None if is_own else getattr(type(names["instances"][0]), name)


def _sqlalchemy_ahead(relation: "Any") -> "tuple[Lazy, list[Any]]":
    """Return the relationship and its attributes: subclasses have their own."""
    classes = [each.class_ for each in relation.parent.self_and_descendants]
    attributes = {id(each): each for each in (getattr(one, relation.key) for one in classes)}
    return _sqlalchemy(relation), list(attributes.values())


def _django_joined(field: "Any") -> "tuple[Lazy, list[Any]]":
    """Return the relationship behind a foreign key, or behind the other end of a unique one."""
    name = field.name if field.concrete else field.get_accessor_name()
    return _django_ahead(getattr(field.model, name))


def _django_ahead(descriptor: "Any") -> "tuple[Lazy, list[Any]]":
    reverse = getattr(descriptor, "rel", None)
    if reverse is None:
        is_forward = hasattr(descriptor, "field")
        relation = (_django_forward if is_forward else _django_reverse_one)(descriptor)
    elif getattr(descriptor, "reverse", True):
        relation = "django", str(reverse.model.__name__), str(reverse.get_accessor_name()), True
    else:
        relation = "django", str(reverse.field.model.__name__), str(reverse.field.name), True
    return relation, [descriptor]


_CARRIERS = (
    _own,
    _own,
    _own,
    _known_field,
    _own,
    _mapper,
    _own_class,
    _strategy_property,
    _prefetched,
)
_READERS = (
    _sqlalchemy_lazy,
    _django_forward,
    _django_reverse_one,
    _django_rows,
    _sqlalchemy_attribute,
    _sqlalchemy_flush,
    _django_save,
)
_WAYS = ("selectinload", "prefetch_related")
_AHEAD = {
    "selectinload": _sqlalchemy_ahead,
    "joinedload": _sqlalchemy_ahead,
    "prefetch_related": _django_ahead,
    "select_related": _django_joined,
}
