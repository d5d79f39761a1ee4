"""What a visitor may ask about the code around the piece that it is shown."""

import ast
from collections.abc import Sequence

from aegis_cli.codebase.naming import Names
from aegis_cli.codebase.scopes import CallSite, ClassScope, FunctionScope, LoopSite, Scope
from aegis_cli.model.facts.source_code import Place, Sighting


class Context:
    """The walk's present position in one file, for reading only."""

    def __init__(self, path: str, lines: Sequence[str], names: Names, scope: Scope) -> None:
        """Start at module level."""
        self.path = path
        self.lines = lines
        """The lines of the file, without line ends."""
        self.names = names
        self.scope = scope
        """The innermost scope around the piece."""
        self.call: CallSite | None = None
        """The call that is shown, while one is."""

    @property
    def loop(self) -> LoopSite | None:
        """Return the innermost loop around the piece within its function."""
        return self.scope.loop

    @property
    def function(self) -> FunctionScope | None:
        """Return the function around the piece."""
        return self.scope if isinstance(self.scope, FunctionScope) else None

    @property
    def enclosing_class(self) -> ClassScope | None:
        """Return the innermost class around the piece."""
        scope: Scope | None = self.scope
        while scope is not None and not isinstance(scope, ClassScope):
            scope = scope.parent
        return scope

    @property
    def is_in_coroutine(self) -> bool:
        """Tell whether the piece runs on an event loop."""
        return self.scope.is_coroutine

    def qualified(self, node: ast.expr) -> str:
        """Return the dotted name of an expression with imports resolved, or nothing.

        An instance is named like its class: after `client = redis.Redis()`, `client.keys` is
        `redis.Redis.keys`. Names of the module itself begin with its own dotted name.
        """
        return self.names.of_node(node)

    def text(self, node: ast.AST) -> str:
        """Return the source of a node on one line."""
        return " ".join(ast.unparse(node).split())

    def place(self, node: ast.AST) -> Place:
        """Return where a node is."""
        line = getattr(node, "lineno", 1)
        text = self.lines[line - 1].strip() if 0 < line <= len(self.lines) else ""
        return Place(path=self.path, line=line, symbol=self.scope.symbol, text=text)

    def sighting(
        self,
        rule: str,
        node: ast.AST,
        *,
        subject: str = "",
        detail: str = "",
        number: float | None = None,
        is_hint: bool = False,
        related: Sequence[ast.AST] = (),
    ) -> Sighting:
        """Return what a rule has seen at a node."""
        return Sighting(
            rule=rule,
            place=self.place(node),
            subject=subject,
            detail=detail,
            number=number,
            is_hint=is_hint,
            related=tuple(self.place(each) for each in related),
        )
