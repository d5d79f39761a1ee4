"""Expressions become terms, and what they do becomes events."""

import ast
from collections.abc import Callable, Sequence

from aegis_cli.codebase.position import Position
from aegis_cli.codebase.records import EventKind, FunctionFlag, FunctionRecord, ModuleRecord
from aegis_cli.codebase.scopes import CallSite
from aegis_cli.codebase.terms import Op
from aegis_cli.codebase.visitors import Audience

_LONGEST_TEXT = 200
"""Longer texts are no names of fields, relations or settings; SQL is kept apart."""

_WORD_BITS = 64
_MOST_ENTRIES = 40
_LOADING = frozenset(("select_related", "prefetch_related"))

_HANDLERS: dict[type[ast.expr], str] = {
    ast.Await: "_await",
    ast.IfExp: "_choice",
    ast.BoolOp: "_either",
    ast.BinOp: "_sum",
    ast.UnaryOp: "_not",
    ast.Subscript: "_subscript",
    ast.List: "_sequence",
    ast.Tuple: "_sequence",
    ast.Set: "_sequence",
    ast.Starred: "_starred",
    ast.Dict: "_dictionary",
    ast.ListComp: "_comprehension",
    ast.SetComp: "_comprehension",
    ast.GeneratorExp: "_comprehension",
    ast.DictComp: "_comprehension",
    ast.NamedExpr: "_walrus",
    ast.Lambda: "_lambda",
    ast.FormattedValue: "_format",
    ast.Yield: "_yield",
    ast.YieldFrom: "_yield_from",
}
"""The method for each type of expression; the others are no terms, only their parts are."""


class ExpressionWalk(Position):
    """Walks over expressions, each of them once."""

    def __init__(
        self, record: ModuleRecord, tree: ast.Module, lines: Sequence[str], audience: Audience
    ) -> None:
        """Bind the methods once per file instead of once per node."""
        super().__init__(record, tree, lines, audience)
        self._by_type: dict[type[ast.expr], Callable[[ast.expr], int]] = {
            kind: getattr(self, name) for kind, name in _HANDLERS.items()
        }

    def expression(self, node: ast.expr, *, is_inner: bool = False) -> int:
        """Return the term of an expression; inner ones are part of a chain noted as a whole."""
        kind = type(node)
        if kind is ast.Name:
            assert isinstance(node, ast.Name)
            term = self.name_term(node.id)
        elif kind is ast.Constant:
            assert isinstance(node, ast.Constant)
            return self._constant(node)
        elif kind is ast.Attribute:
            assert isinstance(node, ast.Attribute)
            term = self._attribute(node, is_inner=is_inner)
        elif kind is ast.Call:
            assert isinstance(node, ast.Call)
            term = self._call(node, is_inner=is_inner)
            self.names.of_nodes[node] = term
            return term
        else:
            term = self._by_type.get(kind, self.parts)(node)
        self.names.of_nodes[node] = term
        if kind in self.audience.by_type:
            self.show(node)
        return term

    def _constant(self, node: ast.Constant) -> int:
        if type(node) in self.audience.by_type:
            self.show(node)
        value = node.value
        if isinstance(value, str):
            short = len(value) <= _LONGEST_TEXT
            return self.builder.add(Op.TEXT, name=value) if short else 0
        if value is None or isinstance(value, bool | int):
            text = (
                repr(value) if not isinstance(value, int) or value.bit_length() < _WORD_BITS else ""
            )
            return self.builder.add(Op.CONST, name=text)
        return 0

    def _attribute(self, node: ast.Attribute, *, is_inner: bool) -> int:
        base = self.expression(node.value, is_inner=True)
        if not base:
            return 0
        term = self.builder.add(Op.ATTR, base, node.attr)
        if not is_inner and not self._is_static(base):
            self.note(EventKind.READ, term, node.lineno)
        return term

    def _is_static(self, term: int) -> bool:
        """Tell whether a chain begins with a name of the program, such as `settings.DEBUG`."""
        table = self.builder.table
        while table.ops[term] == Op.ATTR:
            term = table.bases[term]
        return table.ops[term] == Op.NAME

    def _call(self, node: ast.Call, *, is_inner: bool) -> int:
        is_awaited = self.awaited is node
        base = self.expression(node.func, is_inner=True)
        args = [self.expression(each) for each in node.args]
        args.extend(self._keyword(each) for each in node.keywords)
        term = self.builder.add(Op.CALL, base, args=tuple(args)) if base else 0
        if not is_inner:
            self.note(EventKind.CALL, term, node.lineno)
        if isinstance(node.func, ast.Attribute) and node.func.attr in _LOADING:
            self.record.loaded.extend(
                each.value
                for each in node.args
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            )
        scope = self.scope
        name = self.names.of_term(base) if base else ""
        if name and not name.startswith("builtins."):
            calls = scope.record.calls
            calls.names.append(name)
            calls.lines.append(node.lineno)
            calls.awaited.append(is_awaited)
        self.show_call(
            CallSite(
                node=node,
                name=name,
                loop=scope.loop,
                is_awaited=is_awaited,
                statement=scope.statement,
            )
        )
        return term

    def _keyword(self, node: ast.keyword) -> int:
        value = self.expression(node.value)
        if node.arg is None:
            return self.builder.add(Op.STAR, value, "**")
        return self.builder.add(Op.KEYWORD, value, node.arg)

    def parts(self, node: ast.AST) -> int:
        """Walk over the parts of a node that is no term itself."""
        for field in node._fields:
            value = getattr(node, field)
            if isinstance(value, list):
                for each in value:
                    if isinstance(each, ast.expr):
                        self.expression(each)
            elif isinstance(value, ast.expr):
                self.expression(value)
        return 0

    def _await(self, node: ast.Await) -> int:
        self.awaited = node.value
        return self.expression(node.value)

    def _choice(self, node: ast.IfExp) -> int:
        self.test(node.test)
        self.scope.conditions += 1
        term = self.builder.phi({self.expression(node.body), self.expression(node.orelse)})
        self.scope.conditions -= 1
        return term

    def _either(self, node: ast.BoolOp) -> int:
        terms = {self.expression(each) for each in node.values}
        return self.builder.phi(terms) if isinstance(node.op, ast.Or) else 0

    def _sum(self, node: ast.BinOp) -> int:
        left, right = self.expression(node.left), self.expression(node.right)
        is_union = isinstance(node.op, ast.Add | ast.BitOr | ast.BitAnd)
        return self.builder.phi({left, right}) if is_union and left and right else 0

    def _not(self, node: ast.UnaryOp) -> int:
        term = self.expression(node.operand)
        if isinstance(node.op, ast.Not):
            self.note(EventKind.TEST, term, node.lineno)
        return 0

    def test(self, node: ast.expr) -> None:
        """Walk over a condition."""
        term = self.expression(node)
        self.note(EventKind.TEST, term, node.lineno)

    def _subscript(self, node: ast.Subscript) -> int:
        base = self.expression(node.value, is_inner=True)
        if isinstance(node.slice, ast.Slice):
            self.parts(node.slice)
            return self.builder.add(Op.SLICE, base) if base else 0
        key = self.expression(node.slice)
        term = self.builder.add(Op.INDEX, base, args=(key,) if key else ()) if base else 0
        if isinstance(node.ctx, ast.Load):
            self.note(EventKind.READ, term, node.lineno)
        return term

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set) -> int:
        return self.builder.add(Op.LIST, args=tuple(self.expression(each) for each in node.elts))

    def _starred(self, node: ast.Starred) -> int:
        return self.builder.add(Op.STAR, self.expression(node.value))

    def _dictionary(self, node: ast.Dict) -> int:
        entries = [
            self._entry(key, value) for key, value in zip(node.keys, node.values, strict=True)
        ]
        return self.builder.add(Op.DICT, args=tuple(entries))

    def _entry(self, key: ast.expr | None, value: ast.expr) -> int:
        term = self.expression(value)
        if key is None:
            return self.builder.add(Op.STAR, term, "**")
        self.expression(key)
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            return self.builder.add(Op.KEYWORD, term, key.value)
        return term

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> int:
        outer = dict(self.scope.environment)
        element = self._generators(node, node.generators)
        self.scope.environment.clear()
        self.scope.environment.update(outer)
        return self.builder.add(Op.COMP, element)

    def _generators(
        self,
        node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
        generators: Sequence[ast.comprehension],
    ) -> int:
        if not generators:
            if isinstance(node, ast.DictComp):
                self.expression(node.key)
                return self.expression(node.value)
            return self.expression(node.elt)
        first = generators[0]
        iterated = self.expression(first.iter)
        self.note(EventKind.ITERATE, iterated, node.lineno)
        with self.looping(self.loop_site(first), iterated, node.lineno):
            self.assign(first.target, self.item(iterated))
            for each in first.ifs:
                self.test(each)
            return self._generators(node, generators[1:])

    def item(self, iterated: int) -> int:
        """Return the term of an element of what is iterated."""
        return self.builder.add(Op.ITEM, iterated) if iterated else 0

    def assign(self, target: ast.expr, term: int) -> None:
        """Assign a term to a target: a name, a tuple of targets, an attribute, an entry."""
        if isinstance(target, ast.Name):
            self.bind(target.id, term)
        elif isinstance(target, ast.Tuple | ast.List):
            for position, each in enumerate(target.elts):
                part = self.builder.add(Op.ELEM, term, str(position)) if term else 0
                self.assign(each, part)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, 0)
        elif isinstance(target, ast.Attribute):
            self._assign_attribute(target, term)
        else:
            self.parts(target)
            if isinstance(target, ast.Subscript):
                self._assign_entry(target, term)
        if type(target) in self.audience.by_type and not isinstance(target, ast.Name):
            self.show(target)

    def _assign_entry(self, target: ast.Subscript, term: int) -> None:
        """Let a dictionary that a name stands for have one more entry."""
        name, key = target.value, target.slice
        if not isinstance(name, ast.Name) or not isinstance(key, ast.Constant):
            return
        before = self.scope.environment.get(name.id, 0)
        if not before or not term or not isinstance(key.value, str):
            return
        table = self.builder.table
        entry = self.builder.add(Op.KEYWORD, term, key.value)
        is_literal = table.ops[before] == Op.DICT and len(table.args[before]) < _MOST_ENTRIES
        earlier = table.args[before] if is_literal else (self.builder.add(Op.STAR, before, "**"),)
        self.bind(name.id, self.builder.add(Op.DICT, args=(*earlier, entry)))

    def _assign_attribute(self, target: ast.Attribute, term: int) -> None:
        base = self.expression(target.value, is_inner=True)
        if not base:
            return
        attribute = self.builder.add(Op.ATTR, base, target.attr)
        self.names.of_nodes[target] = attribute
        self.note(EventKind.STORE, attribute, target.lineno)
        table = self.builder.table
        owner = self.scope.owner
        if owner is not None and table.ops[base] == Op.PARAM and term:
            key = (table.bases[base], table.names[base])
            if self.names.receivers.get(key) == owner.symbol:
                owner.own_attributes.setdefault(target.attr, term)

    def _walrus(self, node: ast.NamedExpr) -> int:
        term = self.expression(node.value)
        self.assign(node.target, term)
        return term

    def _lambda(self, node: ast.Lambda) -> int:
        """Note a lambda as a function of its own; what it does happens when it is called."""
        scope = self.scope
        number = len(self.record.functions)
        symbol = f"{scope.symbol}.<lambda>" if scope.symbol else "<lambda>"
        names = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
        record = FunctionRecord(
            symbol=symbol, line=node.lineno, parameters=names, annotations=[0] * len(names)
        )
        self.record.functions.append(record)
        environment, outer_record, outer_loop = dict(scope.environment), scope.record, scope.loop
        conditions, scope.conditions = scope.conditions, 0
        scope.record, scope.loop = record, None
        for name in names:
            self.bind(name, self.builder.add(Op.PARAM, number, name))
        term = self.expression(node.body)
        self.note(EventKind.RETURN, term, node.lineno)
        scope.environment.clear()
        scope.environment.update(environment)
        scope.record, scope.loop, scope.conditions = outer_record, outer_loop, conditions
        return self.builder.add(Op.LAMBDA, number)

    def _format(self, node: ast.FormattedValue) -> int:
        self.note(EventKind.FORMAT, self.expression(node.value), node.lineno)
        return 0

    def _yield(self, node: ast.Yield) -> int:
        self.scope.record.flags |= FunctionFlag.GENERATOR
        if node.value is not None:
            self.note(EventKind.YIELD, self.expression(node.value), node.lineno)
        return 0

    def _yield_from(self, node: ast.YieldFrom) -> int:
        self.scope.record.flags |= FunctionFlag.GENERATOR
        self.note(EventKind.YIELD, self.item(self.expression(node.value)), node.lineno)
        return 0
