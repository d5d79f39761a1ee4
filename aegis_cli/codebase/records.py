"""What one source file says, in a form that is cached and sent between processes.

Everything here is plain data: texts, numbers, and lists of them.
"""

from dataclasses import dataclass, field
from enum import IntEnum, IntFlag

from aegis_cli.codebase.terms import TermTable
from aegis_cli.model.facts.source_code import Sighting


class EventKind(IntEnum):
    """What a function does at a place."""

    READ = 0
    """Reads an attribute path."""
    CALL = 1
    ITERATE = 2
    """Starts a loop over the term."""
    STORE = 3
    """Assigns to an attribute; the term is the attribute."""
    TEST = 4
    """Asks whether the term is true."""
    RETURN = 5
    YIELD = 6
    FORMAT = 7
    """Turns the term into text."""


class FunctionFlag(IntFlag):
    """What a function is."""

    NONE = 0
    ASYNC = 1
    GENERATOR = 2
    PROPERTY = 4
    CACHED = 8
    """Computes its value once per instance or per arguments."""
    CLASSMETHOD = 16
    STATICMETHOD = 32
    METHOD = 64
    TEMPLATE = 128
    """No function but a template, whose parameters are the variables of its context."""


@dataclass(slots=True, kw_only=True)
class Loop:
    """A loop of a function; loops are numbered from 1 within it."""

    parent: int
    iterates: int
    """The term that it iterates; 0 for `while`."""
    line: int
    is_comprehension: bool = False
    is_small: bool = False
    """It has a fixed, small number of rounds, such as `for x in (1, 2)`."""
    is_async: bool = False


@dataclass(slots=True, kw_only=True)
class Events:
    """What a function does, in the order of the text, in columns."""

    kinds: list[int] = field(default_factory=list)
    terms: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    loops: list[int] = field(default_factory=list)
    """The innermost loop around each event, 0 for none."""
    conditions: list[int] = field(default_factory=list)
    """How many branches, within that loop or the function, decide whether it happens."""


@dataclass(slots=True, kw_only=True)
class Calls:
    """What a function calls by dotted names, in columns; built-in functions left out."""

    names: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    awaited: list[bool] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class FunctionRecord:
    """A function, method, or the module itself (symbol ``)."""

    symbol: str
    """The name with those of what is around it: `OrderAdmin.total`."""
    line: int
    flags: int = 0
    parameters: list[str] = field(default_factory=list)
    annotations: list[int] = field(default_factory=list)
    """One term per parameter, 0 where none is written."""
    decorators: list[int] = field(default_factory=list)
    returned: int = 0
    """The annotation of what it returns."""
    events: Events = field(default_factory=Events)
    calls: Calls = field(default_factory=Calls)
    loops: list[Loop] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class ClassRecord:
    """A class with what its body assigns."""

    symbol: str
    line: int
    bases: list[int] = field(default_factory=list)
    decorators: list[int] = field(default_factory=list)
    attributes: dict[str, int] = field(default_factory=dict)
    annotations: dict[str, int] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    """The line of each attribute."""
    own_attributes: dict[str, int] = field(default_factory=dict)
    """What methods assign to `self.name`."""


@dataclass(slots=True, kw_only=True)
class ModuleRecord:
    """One file."""

    path: str
    name: str
    """Dotted, as far as folders with `__init__.py` reach."""
    lines: int
    terms: TermTable = field(default_factory=TermTable)
    exports: dict[str, int] = field(default_factory=dict)
    """What names at module level stand for, imports among them."""
    star_imports: list[str] = field(default_factory=list)
    functions: list[FunctionRecord] = field(default_factory=list)
    classes: list[ClassRecord] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    """Paths of relations that queries of the file load ahead, as written."""
    sightings: list[Sighting] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """Rules that could not judge the file, with the reason."""
