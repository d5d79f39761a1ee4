"""What surrounds a piece of code while a file is walked: module, classes, functions, loops."""

import ast
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from aegis_cli.codebase.records import ClassRecord, FunctionRecord

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
"""A function with a name; lambdas belong to the function around them."""


class ScopeKind(StrEnum):
    """What a scope is."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"


@dataclass(slots=True, kw_only=True)
class LoopSite:
    """A loop in the text; a comprehension is one, too."""

    node: ast.For | ast.AsyncFor | ast.While | ast.comprehension
    number: int
    """The number in the function's record."""
    is_small: bool
    """It has a fixed, small number of rounds."""
    outer: "LoopSite | None"

    @property
    def is_comprehension(self) -> bool:
        """Tell whether the loop is part of a comprehension."""
        return isinstance(self.node, ast.comprehension)


@dataclass(slots=True, kw_only=True)
class CallSite:
    """A call in the text and what is around it."""

    node: ast.Call
    name: str
    """What is called, as a dotted name with imports resolved; empty where that is unknown."""
    loop: LoopSite | None
    is_awaited: bool
    statement: ast.stmt | None


@dataclass(slots=True, kw_only=True)
class Scope:
    """A module, class or function while it is walked, and at its end with all that is in it.

    The lists hold what stands directly in the scope, not what is in functions within it.
    """

    kind: ScopeKind
    node: ast.Module | ast.ClassDef | FunctionNode
    symbol: str
    parent: "Scope | None"
    record: FunctionRecord
    owner: ClassRecord | None = None
    """The class of a method, or the record of a class scope."""
    environment: dict[str, int] = field(default_factory=dict)
    """The term of each local name at the point that was reached."""
    loop: LoopSite | None = None
    """The innermost loop around the point that was reached."""
    conditions: int = 0
    """How many branches within that loop decide whether the point is reached."""
    statement: ast.stmt | None = None
    """The statement that was reached."""
    calls: list[CallSite] = field(default_factory=list)
    loops: list[LoopSite] = field(default_factory=list)
    statements: list[tuple[ast.stmt, LoopSite | None]] = field(default_factory=list)
    """Every statement with the loop around it."""
    functions: list[FunctionNode] = field(default_factory=list)
    classes: list[ast.ClassDef] = field(default_factory=list)

    @property
    def is_coroutine(self) -> bool:
        """Tell whether the scope is a function that runs on an event loop."""
        return isinstance(self.node, ast.AsyncFunctionDef)


@dataclass(slots=True, kw_only=True)
class FunctionScope(Scope):
    """A function at its end; visitors that name this type are shown it."""


@dataclass(slots=True, kw_only=True)
class ClassScope(Scope):
    """A class at its end."""


@dataclass(slots=True, kw_only=True)
class ModuleScope(Scope):
    """A module at its end."""
