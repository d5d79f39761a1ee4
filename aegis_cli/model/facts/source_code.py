"""What reading source code shows: something seen at one place, or a query per row."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line of source code, and what it has to do with a problem."""

    path: str
    line: int
    symbol: str
    """The function or class it is in, with those around it; nothing at module level."""
    text: str = ""
    """The line as written, without blanks around it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Something that one rule has seen in one file."""

    rule: str
    """The code of the rule whose visitor saw it."""
    place: Place
    subject: str = ""
    """What it is about, such as the name of the function that is called."""
    detail: str = ""
    """What distinguishes kinds of sightings of one rule; the rule gives it its meaning."""
    number: float | None = None
    """A number that a threshold of the rule is compared with."""
    is_hint: bool = False
    """Only a hint: to be reported with low confidence."""
    related: tuple[Place, ...] = ()


class RowCost(StrEnum):
    """What is paid once per row."""

    RELATION = "relation"
    """Reading a relation of one object that was not loaded ahead."""
    COLLECTION = "collection"
    """Reading a relation of many objects that was not loaded ahead."""
    QUERY = "query"
    """A query that is built and run for each row."""
    DEFEATED = "defeated"
    """A loaded relation that is asked in a way its loaded rows cannot answer."""
    WRITE = "write"


class RowSink(StrEnum):
    """What goes over the rows."""

    LOOP = "loop"
    COMPREHENSION = "comprehension"
    SERIALIZER = "serializer"
    ADMIN = "admin"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowQuery:
    """A query that runs once per row of something that is gone over.

    `places` leads from where the query happens to where the rows come from.
    """

    cost: RowCost
    sink: RowSink
    mapper: str
    """`django` or `sqlalchemy`."""
    model: str
    """The class of the rows, unqualified; empty where it is unknown."""
    relation: str
    """The path from the rows to what is loaded, with dots, or the call that queries."""
    call: str
    """What is written at the first place, as far as it names the query."""
    places: tuple[Place, ...]
    feed: Place | None = None
    """Where the rows were asked for, if that is known."""
    feed_model: str = ""
    is_certain: bool = True
    """Rows and relation are known from the models, not guessed from the way they are written."""
    is_conditional: bool = False
    """Happens only on some of the ways through a round."""
    accessor: str = ""
    """The property or `__str__` that reads the relation, if one does."""
    is_used: bool = False
    """What a write gives is used afterwards."""
    cautions: tuple[str, ...] = ()
    """What a write in bulk would leave out: `save`, `signals`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockingPath:
    """A call that blocks, reached from a coroutine without leaving its thread."""

    call: str
    coroutine: str
    places: tuple[Place, ...]
    """From the coroutine to the call that blocks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """A function that could not be followed to its end."""

    path: str
    symbol: str
