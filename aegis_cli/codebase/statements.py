"""Statements: assignments, branches and loops carry terms through a function."""

import ast
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aegis_cli.codebase.expressions import ExpressionWalk
from aegis_cli.codebase.records import (
    ClassRecord,
    EventKind,
    FunctionFlag,
    FunctionRecord,
    ModuleRecord,
)
from aegis_cli.codebase.scopes import ClassScope, FunctionNode, FunctionScope, Scope, ScopeKind
from aegis_cli.codebase.terms import Op

_PROPERTIES = frozenset(("property", "cached_property", "hybrid_property", "classproperty"))
_CACHES = frozenset(("cached_property", "lru_cache", "cache", "cache_in_request"))
_ENDINGS = (ast.Return, ast.Raise, ast.Continue, ast.Break)

_HANDLERS: dict[type[ast.stmt], str] = {
    ast.FunctionDef: "_function",
    ast.AsyncFunctionDef: "_function",
    ast.ClassDef: "_class",
    ast.Assign: "_assignment",
    ast.AnnAssign: "_annotated",
    ast.AugAssign: "_augmented",
    ast.If: "_branch",
    ast.For: "_for",
    ast.AsyncFor: "_for",
    ast.While: "_while",
    ast.With: "_with",
    ast.AsyncWith: "_with",
    ast.Try: "_try",
    ast.TryStar: "_try",
    ast.Match: "_match",
    ast.Return: "_return",
    ast.Assert: "_assert",
    ast.Import: "_import",
    ast.ImportFrom: "_import_from",
}
"""The method for each type of statement; of the others only the expressions matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    """A function whose body is walked when all of the module's own code was."""

    node: FunctionNode
    record: FunctionRecord
    number: int
    parent: Scope


class StatementWalk(ExpressionWalk):
    """Walks over a whole file."""

    _waiting: deque[_Waiting]

    def walk(self) -> None:
        """Walk over the file, functions after the code that defines them."""
        self._waiting = deque()
        self._statements: dict[type[ast.stmt], Callable[[ast.stmt], None]] = {
            kind: getattr(self, name) for kind, name in _HANDLERS.items()
        }
        tree = self.module.node
        self.show(tree)
        self.body(tree.body)
        while self._waiting:
            self._function_body(self._waiting.popleft())
        self.enter(self.module)
        self.show(self.module)
        self.record.exports = self.module.environment
        self.record.terms = self.builder.table

    def body(self, statements: Sequence[ast.stmt]) -> None:
        """Walk over statements in their order."""
        scope = self.scope
        conditions = scope.conditions
        for each in statements:
            scope.statement = each
            scope.statements.append((each, scope.loop))
            handler = self._statements.get(type(each))
            if handler is None:
                self.parts(each)
            else:
                handler(each)
            if type(each) in self.audience.by_type:
                scope.statement = each
                self.show(each)
            if isinstance(each, ast.If) and each.body and isinstance(each.body[-1], _ENDINGS):
                # What follows happens only where this way was not taken.
                scope.conditions += 1
        scope.conditions = conditions

    def _function(self, node: FunctionNode) -> None:
        scope = self.scope
        scope.functions.append(node)
        decorators = [self.expression(each) for each in node.decorator_list]
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.expression(default)
        arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        record = FunctionRecord(
            symbol=f"{scope.symbol}.{node.name}" if scope.symbol else node.name,
            line=node.lineno,
            flags=self._flags(node, decorators),
            parameters=[each.arg for each in arguments],
            annotations=[self._annotation(each.annotation) for each in arguments],
            decorators=[each for each in decorators if each],
            returned=self._annotation(node.returns),
        )
        number = len(self.record.functions)
        self.record.functions.append(record)
        self._queue(_Waiting(node=node, record=record, number=number, parent=scope))
        name = f"{self.record.name}.{record.symbol}"
        self.bind(node.name, self.builder.add(Op.NAME, name=name))

    def _queue(self, waiting: _Waiting) -> None:
        """Put a constructor first: the other methods use what it assigns."""
        if waiting.node.name == "__init__":
            self._waiting.appendleft(waiting)
        else:
            self._waiting.append(waiting)

    def _flags(self, node: FunctionNode, decorators: Sequence[int]) -> int:
        flags = FunctionFlag.NONE
        if isinstance(node, ast.AsyncFunctionDef):
            flags |= FunctionFlag.ASYNC
        names = {self.names.of_term(each).rpartition(".")[2] for each in decorators if each}
        if names & _PROPERTIES:
            flags |= FunctionFlag.PROPERTY
        if names & _CACHES:
            flags |= FunctionFlag.CACHED
        if "classmethod" in names:
            flags |= FunctionFlag.CLASSMETHOD
        if "staticmethod" in names:
            flags |= FunctionFlag.STATICMETHOD
        if self.scope.kind is ScopeKind.CLASS:
            flags |= FunctionFlag.METHOD
        return int(flags)

    def _annotation(self, node: ast.expr | None) -> int:
        """Return the term of an annotation, also of one written as a text."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                node = ast.parse(node.value, mode="eval").body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return 0
        events = self.scope.record.events
        count = len(events.kinds)
        term = self.expression(node) if node is not None else 0
        columns = (events.kinds, events.terms, events.lines, events.loops, events.conditions)
        for column in columns:
            del column[count:]
        return term

    def _function_body(self, waiting: _Waiting) -> None:
        node, record, number = waiting.node, waiting.record, waiting.number
        parent = waiting.parent
        owner = parent.owner if parent.kind is ScopeKind.CLASS else None
        scope = FunctionScope(
            kind=ScopeKind.FUNCTION,
            node=node,
            symbol=record.symbol,
            parent=parent,
            record=record,
            owner=owner,
        )
        self.enter(scope)
        for name, annotation in zip(record.parameters, record.annotations, strict=True):
            self.bind(name, self.builder.add(Op.PARAM, number, name))
            if annotation:
                self.names.parameters[number, name] = annotation
        for rest in (node.args.vararg, node.args.kwarg):
            if rest is not None:
                self.bind(rest.arg, 0)
        is_bound = owner is not None and not record.flags & FunctionFlag.STATICMETHOD
        if owner is not None and is_bound and record.parameters:
            self.names.receivers[number, record.parameters[0]] = owner.symbol
            self.names.own_attributes[owner.symbol] = owner.own_attributes
        self.body(node.body)
        self.show(scope)

    def _class(self, node: ast.ClassDef) -> None:
        outer = self.scope
        outer.classes.append(node)
        symbol = f"{outer.symbol}.{node.name}" if outer.symbol else node.name
        record = ClassRecord(
            symbol=symbol,
            line=node.lineno,
            bases=[self.expression(each) for each in node.bases],
            decorators=[self.expression(each) for each in node.decorator_list],
        )
        for each in node.keywords:
            self.expression(each.value)
        self.record.classes.append(record)
        top = FunctionRecord(symbol=f"{symbol}.<body>", line=node.lineno)
        self.record.functions.append(top)
        scope = ClassScope(
            kind=ScopeKind.CLASS, node=node, symbol=symbol, parent=outer, record=top, owner=record
        )
        self.enter(scope)
        self.body(node.body)
        record.attributes = scope.environment
        self.show(scope)
        self.enter(outer)
        self.bind(node.name, self.builder.add(Op.NAME, name=f"{self.record.name}.{symbol}"))

    def _assignment(self, node: ast.Assign) -> None:
        term = self.expression(node.value)
        for target in node.targets:
            self.assign(target, term)
            self._note_line(target)

    def _note_line(self, target: ast.expr) -> None:
        scope = self.scope
        if isinstance(target, ast.Name) and scope.kind is ScopeKind.CLASS and scope.owner:
            scope.owner.lines[target.id] = target.lineno

    def _annotated(self, node: ast.AnnAssign) -> None:
        annotation = self._annotation(node.annotation)
        term = self.expression(node.value) if node.value is not None else 0
        scope = self.scope
        if isinstance(node.target, ast.Name):
            self._note_line(node.target)
            if scope.kind is ScopeKind.CLASS and scope.owner:
                scope.owner.annotations[node.target.id] = annotation
        if node.value is not None:
            self.assign(node.target, term)

    def _augmented(self, node: ast.AugAssign) -> None:
        before = self.expression(node.target)
        added = self.expression(node.value)
        if isinstance(node.target, ast.Name):
            self.bind(node.target.id, self.builder.phi({before, added}) if before else 0)
        elif isinstance(node.target, ast.Attribute):
            self.note(EventKind.STORE, before, node.lineno)

    def _branch(self, node: ast.If) -> None:
        self.test(node.test)
        before = dict(self.scope.environment)
        self.scope.conditions += 1
        self.body(node.body)
        first = self._after(node.body)
        self._reset(before)
        self.body(node.orelse)
        self.scope.conditions -= 1
        second = self._after(node.orelse)
        self._merge(before, [each for each in (first, second) if each is not None])

    def _after(self, statements: Sequence[ast.stmt]) -> dict[str, int] | None:
        """Return the names after statements; None where these leave the function or the loop."""
        is_end = bool(statements) and isinstance(statements[-1], _ENDINGS)
        return None if is_end else dict(self.scope.environment)

    def _reset(self, environment: dict[str, int]) -> None:
        own = self.scope.environment
        own.clear()
        own.update(environment)

    def _merge(self, before: dict[str, int], after: Sequence[dict[str, int]]) -> None:
        """Go on with what names stand for on any of the ways that lead here."""
        if not after:
            self._reset(before)
            return
        first, *others = after
        merged = dict(first)
        for other in others:
            if other == first:
                continue
            for name in {*first, *other}:
                terms = {each[name] for each in (first, other) if name in each}
                known = merged.get(name)
                merged[name] = self.builder.phi({*terms, *((known,) if known is not None else ())})
        self._reset(merged)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        iterated = self.expression(node.iter)
        self.note(EventKind.ITERATE, iterated, node.lineno)
        before = dict(self.scope.environment)
        with self.looping(self.loop_site(node), iterated, node.lineno):
            self.assign(node.target, self.item(iterated))
            self.body(node.body)
        self._merge(before, [before, dict(self.scope.environment)])
        self.body(node.orelse)

    def _while(self, node: ast.While) -> None:
        before = dict(self.scope.environment)
        with self.looping(self.loop_site(node), 0, node.lineno):
            self.test(node.test)
            self.body(node.body)
        self._merge(before, [before, dict(self.scope.environment)])
        self.body(node.orelse)

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for each in node.items:
            term = self.expression(each.context_expr)
            if each.optional_vars is not None:
                self.assign(each.optional_vars, term)
        self.body(node.body)

    def _try(self, node: ast.Try) -> None:
        before = dict(self.scope.environment)
        self.body(node.body)
        self.body(node.orelse)
        after = [dict(self.scope.environment)]
        for handler in node.handlers:
            self._reset(before)
            if handler.type is not None:
                self.expression(handler.type)
            if handler.name:
                self.bind(handler.name, 0)
            self.scope.conditions += 1
            self.body(handler.body)
            self.scope.conditions -= 1
            ending = self._after(handler.body)
            after.extend([ending] if ending is not None else [])
            self.show(handler)
        self._merge(before, after)
        self.body(node.finalbody)

    def _match(self, node: ast.Match) -> None:
        subject = self.expression(node.subject)
        before = dict(self.scope.environment)
        after = [before]
        for case in node.cases:
            self._reset(before)
            for pattern in ast.walk(case.pattern):
                name = getattr(pattern, "name", None)
                if isinstance(name, str):
                    is_whole = pattern is case.pattern
                    self.bind(name, subject if is_whole else 0)
            if case.guard is not None:
                self.test(case.guard)
            self.scope.conditions += 1
            self.body(case.body)
            self.scope.conditions -= 1
            ending = self._after(case.body)
            after.extend([ending] if ending is not None else [])
        self._merge(before, after)

    def _return(self, node: ast.Return) -> None:
        if node.value is not None:
            self.note(EventKind.RETURN, self.expression(node.value), node.lineno)

    def _assert(self, node: ast.Assert) -> None:
        self.test(node.test)
        if node.msg is not None:
            self.expression(node.msg)

    def _import(self, node: ast.Import) -> None:
        for each in node.names:
            name = each.name if each.asname else each.name.partition(".")[0]
            self.bind(each.asname or name, self.builder.add(Op.NAME, name=name))

    def _import_from(self, node: ast.ImportFrom) -> None:
        origin = absolute_name(self.record, node)
        for each in node.names:
            if each.name == "*":
                self.record.star_imports.append(origin)
            else:
                term = self.builder.add(Op.NAME, name=f"{origin}.{each.name}".lstrip("."))
                self.bind(each.asname or each.name, term)


def absolute_name(record: ModuleRecord, node: ast.ImportFrom) -> str:
    """Return the dotted name of the module that is imported from, relative ones resolved."""
    if not node.level:
        return node.module or ""
    parts = record.name.split(".")
    is_package = record.path.endswith("__init__.py")
    kept = parts[: len(parts) - node.level + (1 if is_package else 0)]
    return ".".join((*kept, *((node.module,) if node.module else ())))
