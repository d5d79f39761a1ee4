"""The state of one walk over a file: where it is, what it has noted, who is listening."""

import ast
import builtins
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from aegis_cli.codebase.context import Context
from aegis_cli.codebase.naming import Names
from aegis_cli.codebase.records import EventKind, FunctionRecord, Loop, ModuleRecord
from aegis_cli.codebase.scopes import CallSite, LoopSite, ModuleScope, Scope, ScopeKind
from aegis_cli.codebase.terms import Op, TermBuilder
from aegis_cli.codebase.visitors import Audience, Piece, Visitor

_BUILTINS = frozenset(dir(builtins))
_SMALL_ROUNDS = 10


class Position:
    """Notes terms and events, and shows pieces to the visitors that want them."""

    def __init__(
        self, record: ModuleRecord, tree: ast.Module, lines: Sequence[str], audience: Audience
    ) -> None:
        """Start at the top of a file."""
        self.record = record
        self.builder = TermBuilder()
        self.names = Names(record.name, self.builder)
        self.audience = audience
        top = FunctionRecord(symbol="", line=1)
        record.functions.append(top)
        self.module = ModuleScope(
            kind=ScopeKind.MODULE, node=tree, symbol="", parent=None, record=top
        )
        self.names.globals = self.module.environment
        self.scope: Scope = self.module
        self.context = Context(record.path, lines, self.names, self.module)
        self.awaited: ast.expr | None = None
        self._broken: set[str] = set()

    def enter(self, scope: Scope) -> None:
        """Make a scope the innermost one."""
        self.scope = scope
        self.context.scope = scope

    def show(self, piece: Piece) -> None:
        """Show a piece to the visitors of its type."""
        for visitor in self.audience.by_type.get(type(piece), ()):
            self._ask(visitor, piece)

    def show_call(self, site: CallSite) -> None:
        """Show a call to the visitors of calls and to those of its name."""
        self.scope.calls.append(site)
        self.context.call = site
        self.show(site.node)
        for visitor in self.audience.by_call.get(site.name, ()):
            self._ask(visitor, site.node)
        self.context.call = None

    def _ask(self, visitor: Visitor, piece: Piece) -> None:
        if visitor.rule in self._broken:
            return
        try:
            self.record.sightings.extend(visitor.look(piece, self.context))
        except Exception as error:  # noqa: BLE001  # isolates a visitor, as the engine does a detector
            self._broken.add(visitor.rule)
            self.record.failures.append(f"{visitor.rule}: {type(error).__name__}: {error}")

    def note(self, kind: EventKind, term: int, line: int) -> None:
        """Note what the function does here; the unknown term is not worth a note."""
        if not term:
            return
        scope = self.scope
        events = scope.record.events
        events.kinds.append(kind)
        events.terms.append(term)
        events.lines.append(line)
        events.loops.append(scope.loop.number if scope.loop is not None else 0)
        events.conditions.append(scope.conditions)

    def name_term(self, name: str) -> int:
        """Return what a name stands for at this point."""
        scope: Scope | None = self.scope
        while scope is not None:
            if scope.kind is not ScopeKind.CLASS or scope is self.scope:
                found = scope.environment.get(name)
                if found is not None:
                    return self._global(name, found) if scope is self.module else found
            scope = scope.parent
        if name in _BUILTINS:
            return self.builder.add(Op.NAME, name=f"builtins.{name}")
        # Functions are walked last: by then a name that nothing defines comes from a star import.
        is_undefined = self.scope.kind is ScopeKind.FUNCTION and not self.record.star_imports
        known = name if is_undefined else f"{self.record.name}.{name}"
        return self.builder.add(Op.NAME, name=known)

    def _global(self, name: str, found: int) -> int:
        """Return imports as they are, and variables by name: functions see them much later."""
        if self.scope is self.module or self.builder.table.ops[found] == Op.NAME:
            return found
        return self.builder.add(Op.NAME, name=f"{self.record.name}.{name}")

    def bind(self, name: str, term: int) -> None:
        """Let a name stand for a term from here on."""
        self.scope.environment[name] = term

    @contextmanager
    def looping(self, site: LoopSite, iterates: int, line: int) -> Iterator[None]:
        """Enter a loop; what is noted meanwhile happens once per round."""
        scope = self.scope
        outer = scope.loop
        scope.record.loops.append(
            Loop(
                parent=outer.number if outer is not None else 0,
                iterates=iterates,
                line=line,
                is_comprehension=site.is_comprehension,
                is_small=site.is_small,
                is_async=_is_async(site.node),
            )
        )
        scope.loops.append(site)
        conditions, scope.conditions = scope.conditions, 0
        scope.loop = site
        yield
        scope.loop = outer
        scope.conditions = conditions

    def loop_site(self, node: ast.For | ast.AsyncFor | ast.While | ast.comprehension) -> LoopSite:
        """Return the loop that begins at a node."""
        scope = self.scope
        has_few = not isinstance(node, ast.While) and is_small(node.iter)
        number = len(scope.record.loops) + 1
        return LoopSite(node=node, number=number, is_small=has_few, outer=scope.loop)


def is_small(iterated: ast.expr) -> bool:
    """Tell whether what is iterated has a fixed, small number of elements."""
    if isinstance(iterated, ast.Tuple | ast.List | ast.Set):
        return not any(isinstance(each, ast.Starred) for each in iterated.elts)
    if isinstance(iterated, ast.Dict):
        return None not in iterated.keys
    if not isinstance(iterated, ast.Call):
        return False
    if isinstance(iterated.func, ast.Attribute) and iterated.func.attr == "items":
        return is_small(iterated.func.value)
    name = iterated.func.id if isinstance(iterated.func, ast.Name) else ""
    if name in {"enumerate", "sorted", "reversed", "zip"} and iterated.args:
        return is_small(iterated.args[0])
    return name == "range" and all(_is_small_number(each) for each in iterated.args)


def _is_small_number(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int)
        and node.value <= _SMALL_ROUNDS
    )


def _is_async(node: ast.For | ast.AsyncFor | ast.While | ast.comprehension) -> bool:
    return isinstance(node, ast.AsyncFor) or (
        isinstance(node, ast.comprehension) and bool(node.is_async)
    )
