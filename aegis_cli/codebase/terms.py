"""Expressions of one module as a table of terms: what a value is made of, not what it is.

A term names its parts by their numbers, and equal terms have one number. Terms travel in
columns, because a project has hundreds of thousands of them.
"""

from dataclasses import dataclass, field
from enum import IntEnum


class Op(IntEnum):
    """What a term is; `base`, `name` and `args` mean what each line says."""

    UNKNOWN = 0
    """Nothing that we follow."""
    NAME = 1
    """A dotted name that imports and definitions of the module lead to: `name`."""
    PARAM = 2
    """Parameter `name` of function `base`."""
    ATTR = 3
    """Attribute `name` of `base`."""
    CALL = 4
    """Call of `base` with `args`."""
    ITEM = 5
    """Any element of `base`, as a loop over it sees them."""
    INDEX = 6
    """One element of `base`, by position or key; `args` holds the key where it is known."""
    SLICE = 7
    """A part of `base`."""
    PHI = 8
    """One of `args`, depending on the path through the function."""
    LIST = 9
    """A list, tuple or set with the elements `args`."""
    DICT = 10
    """A dictionary with the values `args`; keyword terms where the key is a text."""
    COMP = 11
    """A list, set or generator whose elements are `base`."""
    KEYWORD = 12
    """Argument or entry `name` with the value `base`."""
    TEXT = 13
    """The text `name`."""
    CONST = 14
    """A number, True, False or None, as written in `name`."""
    ELEM = 15
    """Position `name` of the tuple `base`."""
    STAR = 16
    """The elements of `base` as arguments; with `name` `**` its entries."""
    LAMBDA = 17
    """The lambda that is function `base` of the module."""
    AUTO = 18
    """What `base` is, called if it can be: templates do that."""


@dataclass(slots=True, kw_only=True)
class TermTable:
    """Terms in columns; number 0 is the unknown term."""

    ops: list[int] = field(default_factory=lambda: [0])
    bases: list[int] = field(default_factory=lambda: [0])
    names: list[str] = field(default_factory=lambda: [""])
    args: list[tuple[int, ...]] = field(default_factory=lambda: [()])


class TermBuilder:
    """Adds terms to a table, each of them once."""

    def __init__(self) -> None:
        """Start with the unknown term only."""
        self.table = TermTable()
        self._known: dict[tuple[int, int, str, tuple[int, ...]], int] = {}
        self._names: dict[int, str] = {}

    def add(self, op: int, base: int = 0, name: str = "", args: tuple[int, ...] = ()) -> int:
        """Return the number of a term, new or known."""
        key = (op, base, name, args)
        found = self._known.get(key)
        if found is None:
            table = self.table
            found = len(table.ops)
            self._known[key] = found
            table.ops.append(op)
            table.bases.append(base)
            table.names.append(name)
            table.args.append(args)
        return found

    def phi(self, terms: set[int]) -> int:
        """Return the term for one of several; an unknown alternative makes it unknown too."""
        if len(terms) == 1:
            return next(iter(terms))
        flat: set[int] = set()
        for each in terms:
            flat.update(self.table.args[each] if self.table.ops[each] == Op.PHI else (each,))
        return self.add(Op.PHI, args=tuple(sorted(flat)))
