"""What a rule over source code provides: a function that is shown pieces of code."""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from aegis_cli.codebase.file_kinds import FileKind
from aegis_cli.codebase.scopes import Scope
from aegis_cli.model.facts.source_code import Sighting

if TYPE_CHECKING:
    from aegis_cli.codebase.context import Context

Piece: TypeAlias = ast.AST | Scope
"""What a visitor may be shown: a node, or a scope at its end."""

Look: TypeAlias = "Callable[[Piece, Context], Iterator[Sighting]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """What one rule wants to be shown, and the function that looks at it.

    `look` runs in worker processes: it is a function of a module, or a static method.
    """

    rule: str
    """The code of the rule."""
    look: Look
    pieces: tuple[type[Piece], ...] = ()
    """Types of nodes, or of scopes: `FunctionScope`, `ClassScope`, `ModuleScope`."""
    calls: frozenset[str] = frozenset()
    """Calls of these dotted names; quicker than being shown every call."""
    kinds: frozenset[FileKind] = frozenset(FileKind)
    """Kinds of files that the rule is about."""


class Audience:
    """Who is shown what, by type of piece and by name of call."""

    def __init__(self, visitors: Iterable[Visitor]) -> None:
        """Sort the visitors by what they want to see."""
        by_type: defaultdict[type[Piece], list[Visitor]] = defaultdict(list)
        by_call: defaultdict[str, list[Visitor]] = defaultdict(list)
        for visitor in visitors:
            for piece in visitor.pieces:
                by_type[piece].append(visitor)
            for name in visitor.calls:
                by_call[name].append(visitor)
        self.by_type: dict[type[Piece], Sequence[Visitor]] = dict(by_type)
        self.by_call: dict[str, Sequence[Visitor]] = dict(by_call)


def audiences(visitors: Iterable[Visitor]) -> dict[FileKind, Audience]:
    """Return the audience of each kind of file."""
    everybody = tuple(visitors)
    return {kind: Audience(each for each in everybody if kind in each.kinds) for kind in FileKind}
