"""Read from the frames of an ORM which relationship it is loading.

The frame that loads lazily is on the stack while the statement runs, so nothing of the ORM is
patched and no event is registered: what cannot be read any more is merely not told.
Looked at: SQLAlchemy 2.0 and 2.1, Django 4.2 to 5.2.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

    Relationship = tuple[str, str, str, bool]
    """Library, owning class, attribute, and whether it leads to many rows."""

_SQLALCHEMY_LAZY = 0
_DJANGO_FORWARD = 1
_DJANGO_REVERSE_ONE = 2
_DJANGO_ROWS = 3

_STRATEGIES = "sqlalchemy/orm/strategies.py"
_DESCRIPTORS = "django/db/models/fields/related_descriptors.py"
_QUERY = "django/db/models/query.py"
_READING = ("_fetch_all", "count", "exists", "get", "iterator")


class Relationships:
    """Numbers relationships from 1; 0 means none."""

    def __init__(self) -> None:
        """Start without relationships."""
        self._numbers: dict[Relationship, int] = {}
        self._known: list[Relationship | None] = [None]

    def look_of(self, path: str, name: str) -> int | None:
        """Return how to look at the frames of a function; None for most."""
        if name == "_emit_lazyload" and path.endswith(_STRATEGIES):
            return _SQLALCHEMY_LAZY
        if name == "get_object" and path.endswith(_DESCRIPTORS):
            return _DJANGO_FORWARD
        if name == "__get__" and path.endswith(_DESCRIPTORS):
            return _DJANGO_REVERSE_ONE
        if name in _READING and path.endswith(_QUERY):
            return _DJANGO_ROWS
        return None

    def number(self, frame: "FrameType", look: int) -> int:
        """Return the number of the relationship that a frame loads, 0 if there is none."""
        try:
            found = _READERS[look](frame.f_locals)
        except (AttributeError, KeyError, TypeError):
            return 0
        if found is None:
            return 0
        number = self._numbers.get(found)
        if number is None:
            number = self._numbers[found] = len(self._known)
            self._known.append(found)
        return number

    def known(self, number: int) -> "Relationship | None":
        """Return a relationship by number."""
        return self._known[number]


def _sqlalchemy_lazy(names: dict[str, object]) -> "Relationship | None":
    relation = names["self"].parent_property  # type: ignore[attr-defined]  # a loader strategy
    return (
        "sqlalchemy",
        str(relation.parent.class_.__name__),
        str(relation.key),
        bool(relation.uselist),
    )


def _django_forward(names: dict[str, object]) -> "Relationship | None":
    field = names["self"].field  # type: ignore[attr-defined]  # a forward descriptor
    return "django", str(field.model.__name__), str(field.name), False


def _django_reverse_one(names: dict[str, object]) -> "Relationship | None":
    related = names["self"].related  # type: ignore[attr-defined]  # a reverse descriptor
    return "django", str(related.model.__name__), str(related.get_accessor_name()), False


def _django_rows(names: dict[str, object]) -> "Relationship | None":
    """Return the relation behind `author.books.all()`: its manager noted the instance."""
    known = names["self"]._known_related_objects  # type: ignore[attr-defined]  # noqa: SLF001  # a query set
    for field in known:
        related = field.remote_field
        return "django", str(related.model.__name__), str(related.get_accessor_name()), True
    return None


_READERS = (_sqlalchemy_lazy, _django_forward, _django_reverse_one, _django_rows)
