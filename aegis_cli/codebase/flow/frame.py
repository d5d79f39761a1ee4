"""One function with certain arguments: its terms evaluated, its events followed."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from aegis_cli.codebase.flow.attributes import attribute, of_target
from aegis_cli.codebase.flow.calls import call, call_without_arguments
from aegis_cli.codebase.flow.effects import Effect, Summary
from aegis_cli.codebase.flow.evaluation import Arguments, Evaluation, of_caller
from aegis_cli.codebase.flow.queries import go_over
from aegis_cli.codebase.flow.rendering import template_of
from aegis_cli.codebase.flow.values import (
    Bindings,
    Entries,
    Items,
    Known,
    Parts,
    Row,
    Rows,
    Thing,
    Value,
    item_of,
    join,
)
from aegis_cli.codebase.link.modules import Class, Function, Variable
from aegis_cli.codebase.link.project import Project
from aegis_cli.codebase.records import EventKind, FunctionFlag, Loop
from aegis_cli.codebase.terms import Op
from aegis_cli.model.facts.source_code import Place, RowCost, RowSink

_MOST_EFFECTS = 40
_MOST_PLACES = 6
_BATCHES = re.compile(r"chunk|batch|page|partition|slice|split|retry|attempt", re.IGNORECASE)
_PER_ROW = frozenset((RowCost.RELATION, RowCost.COLLECTION, RowCost.DEFEATED))
_STEPPED_RANGE = 3
_MOST_PARTS = 16
"""Longer literals are tables of data, whose elements are all alike to us."""


class Machine(Protocol):
    """What a frame needs of the whole evaluation."""

    project: Project

    def summary(self, function: Function, bindings: Bindings) -> "tuple[Value, Summary]":
        """Return what a function gives and costs when it is called with certain values."""

    def of_variable(self, variable: Variable) -> Value:
        """Return what a variable stands for."""

    def found_in(self, effect: Effect, sink: RowSink) -> None:
        """Take notice of something that is paid in each round of a loop."""

    def serialize(self, owner: Class, rows: Value, place: Place) -> None:
        """Take notice of a serializer that goes over rows."""

    def inherited_rows(self, owner: Class) -> Value:
        """Return what the `get_queryset` of a class's bases gives."""


class Frame(Evaluation):
    """Evaluates one function."""

    def __init__(self, machine: Machine, function: Function, bindings: Bindings) -> None:
        """Start before the first event."""
        self.machine = machine
        self.project = machine.project
        self.function = function
        self.module = function.module
        self.table = function.module.record.terms
        self.summary = Summary(
            sources={
                name: (value.source.feed, value.source.path)
                for name, value in bindings.items()
                if isinstance(value, Row | Rows)
            }
        )
        self.returned: list[Value] = []
        self._bindings = bindings
        self._values: dict[int, Value] = {}
        self._fetched: set[int] = set()
        self._line = 0
        self._loop = 0
        self._conditions = 0
        is_accessor = bool(function.record.flags & FunctionFlag.PROPERTY) or (
            function.name == "__str__"
        )
        self._accessor = function.record.symbol if is_accessor else ""

    def run(self) -> tuple[Value, Summary]:
        """Follow all events and return what the function gives and costs."""
        events = self.function.record.events
        for kind, term, line, loop, conditions in zip(
            events.kinds, events.terms, events.lines, events.loops, events.conditions, strict=True
        ):
            self._line, self._loop, self._conditions = line, loop, conditions
            self._follow(kind, term)
        value = join(self.returned)
        is_generator = bool(self.function.record.flags & FunctionFlag.GENERATOR)
        return (Items(of=value) if is_generator else value), self.summary

    def _follow(self, kind: int, term: int) -> None:
        if kind == EventKind.STORE:
            self._assigned(term)
            return
        value = self.value(term)
        if kind in (EventKind.RETURN, EventKind.YIELD):
            self.returned.append(value)
        if kind in (EventKind.ITERATE, EventKind.TEST):
            if isinstance(value, Rows) and not (value.is_manager and kind == EventKind.TEST):
                self._fetch(value, term)
        elif kind == EventKind.FORMAT and isinstance(value, Row) and value.model is not None:
            method = self.project.hierarchy.method(value.model.owner, "__str__")
            if method is not None:
                self.invoke(method, {method.record.parameters[0]: (value, term)})

    def _assigned(self, term: int) -> None:
        """Follow an assignment, which reads nothing; what is there afterwards was not fetched."""
        self.value(self.table.bases[term])
        self._values[term] = None

    def _fetch(self, rows: Rows, term: int) -> None:
        if term not in self._fetched:
            self._fetched.add(term)
            go_over(self, rows, term)

    def value(self, term: int) -> Value:
        """Return what a term stands for; each is evaluated once."""
        if term in self._values:
            return self._values[term]
        # A term that leads back to itself is unknown.
        self._values[term] = None
        value = self._evaluate(term)
        self._values[term] = value
        return value

    def _evaluate(self, term: int) -> Value:  # noqa: PLR0911  # one for each sort of term
        table = self.table
        op, base = table.ops[term], table.bases[term]
        match op:
            case Op.NAME:
                return of_target(self, table.names[term])
            case Op.PARAM:
                return self._parameter(base, table.names[term])
            case Op.ATTR:
                return attribute(self, self.value(base), table.names[term], term)
            case Op.CALL:
                return call(self, self.value(base), term)
            case Op.ITEM:
                return item_of(self.value(base))
            case Op.INDEX:
                return self._indexed(term)
            case Op.SLICE:
                return self._sliced(base)
            case _:
                return self._composed(term)

    def _composed(self, term: int) -> Value:  # noqa: PLR0911  # see _evaluate
        table = self.table
        op, base, args = table.ops[term], table.bases[term], table.args[term]
        match op:
            case Op.PHI:
                return join(self.values(args))
            case Op.LIST:
                return _parts([self._element(each) for each in args])
            case Op.DICT:
                return self._entries(args)
            case Op.COMP:
                return Items(of=self.value(base))
            case Op.ELEM:
                return self._part(base, table.names[term])
            case Op.AUTO:
                return call_without_arguments(self, self.value(base), table.bases[base])
            case Op.LAMBDA:
                return Known(target=self.module.numbered[base])
            case _:
                return None

    def _element(self, term: int) -> Value:
        if self.table.ops[term] == Op.STAR:
            return item_of(self.value(self.table.bases[term]))
        return self.value(term)

    def _parameter(self, owner: int, name: str) -> Value:
        if owner != self.function.number:
            return None
        return self._bindings.get(name)

    def _indexed(self, term: int) -> Value:
        base = self.table.bases[term]
        value = self.value(base)
        if isinstance(value, Rows) and not value.is_manager:
            if not value.is_loaded and base not in self._fetched:
                self.ask(value, "[…]", term)
            return item_of(value)
        if isinstance(value, Entries):
            args = self.table.args[term]
            is_text = bool(args) and self.table.ops[args[0]] == Op.TEXT
            return value.get(self.table.names[args[0]]) if is_text else value.any
        return item_of(value)

    def _sliced(self, base: int) -> Value:
        value = self.value(base)
        if isinstance(value, Rows):
            return replace(value, is_bounded=True, is_manager=False)
        return value

    def _entries(self, args: Iterable[int]) -> Value:
        table = self.table
        known: list[tuple[str, Value]] = []
        others: list[Value] = []
        for each in args:
            if table.ops[each] == Op.KEYWORD:
                known.append((table.names[each], self.value(table.bases[each])))
            elif table.ops[each] == Op.STAR:
                inner = self.value(table.bases[each])
                known.extend(inner.known if isinstance(inner, Entries) else ())
            else:
                others.append(self.value(each))
        kept = [each for each in known if each[1] is not None]
        rest = join(others)
        if len(kept) > _MOST_PARTS:
            return Entries(known=(), others=join([rest, *(value for _, value in kept)]))
        return Entries(known=tuple(kept), others=rest) if kept or rest is not None else None

    def _part(self, base: int, position: str) -> Value:
        value = self.value(base)
        if isinstance(value, Parts):
            number = int(position)
            return value.elements[number] if number < len(value.elements) else None
        return item_of(value)

    def place(self) -> Place:
        """Return where the event is that is being evaluated."""
        return Place(
            path=self.module.record.path, line=self._line, symbol=self.function.record.symbol
        )

    def of_variable(self, variable: Variable) -> Value:
        """Return what a variable of a module or class stands for."""
        return self.machine.of_variable(variable)

    def serialize(self, owner: Class, rows: Value) -> None:
        """Note that a serializer goes over rows here."""
        self.machine.serialize(owner, rows, self.place())

    def render(self, template: str, context: Value) -> None:
        """Note that a template is rendered here, with the values of its variables."""
        function = template_of(self.project, template)
        if function is not None and isinstance(context, Entries):
            known = {name: (value, 0) for name, value in context.known}
            self.invoke(function, known)

    def inherited_rows(self) -> Value:
        """Return what `super().get_queryset()` gives in this method."""
        receiver = self._bindings.get((self.function.record.parameters or [""])[0])
        if isinstance(receiver, Thing):
            return self.machine.inherited_rows(receiver.owner)
        return receiver if isinstance(receiver, Rows) else None

    def invoke(self, function: Function, arguments: Arguments) -> Value:
        """Call a function of the project here, with what that costs, and return its value."""
        bindings = {name: value for name, (value, _) in arguments.items()}
        value, summary = self.machine.summary(function, bindings)
        for effect in summary.effects:
            term = arguments[effect.parameter][1] if effect.parameter in arguments else 0
            if len(effect.places) < _MOST_PLACES and (term or effect.cost not in _PER_ROW):
                own = of_caller(effect, summary, arguments)
                self.pay(replace(own, places=(*effect.places, self.place())), term)
        return value

    def pay(self, effect: Effect, term: int) -> None:
        """Note that something is paid at the event that is being evaluated."""
        if not self._line:
            return
        is_conditional = effect.is_conditional or self._conditions > 0
        noted = replace(effect, is_conditional=is_conditional, parameter="")
        loop = self._loop_of(effect, term)
        if loop is not None:
            self.machine.found_in(noted, self._sink(loop))
        elif len(self.summary.effects) < _MOST_EFFECTS:
            self._keep(noted, term)

    def _sink(self, loop: Loop) -> RowSink:
        if self.function.record.flags & FunctionFlag.TEMPLATE:
            return RowSink.TEMPLATE
        return RowSink.COMPREHENSION if loop.is_comprehension else RowSink.LOOP

    def _keep(self, effect: Effect, term: int) -> None:
        """Keep what is paid once per call, for those who call in a loop."""
        effect = replace(effect, accessor=effect.accessor or self._accessor)
        roots = [each for each in self.roots(term) if self.table.ops[each] == Op.PARAM]
        if roots and effect.cost in _PER_ROW:
            name = self.table.names[roots[0]]
            self.summary.effects.append(replace(effect, parameter=name))
        elif effect.cost not in _PER_ROW:
            self.summary.effects.append(effect)

    def _loop_of(self, effect: Effect, term: int) -> Loop | None:
        """Return the loop that pays for an effect; None where it is paid once."""
        around = tuple(self._loops())
        loops = [each for each in around if not each.is_small and each.iterates]
        if effect.cost not in _PER_ROW:
            if around and not around[0].iterates:
                # A `while` fetches batch after batch, or waits for something.
                return None
            each = next((each for each in loops if not self._is_batched(each)), None)
            return None if each is None or self._is_kept(effect, each) else each
        table = self.table
        for root in self.roots(term):
            if table.ops[root] == Op.ITEM:
                for each in loops:
                    if each.iterates == table.bases[root]:
                        return each
            elif table.ops[root] in (Op.COMP, Op.DICT, Op.LIST) and loops:
                return loops[0]
        return None

    def _is_kept(self, effect: Effect, loop: Loop) -> bool:
        """Tell whether a queryset was made before the loop, and so is asked in one round only."""
        born = effect.born
        is_here = born is not None and (born.path, born.symbol) == (
            self.module.record.path,
            self.function.record.symbol,
        )
        return is_here and born is not None and born.line < loop.line

    def _loops(self) -> Iterator[Loop]:
        """Yield the loops around the event, innermost first."""
        number = self._loop
        while number:
            loop = self.function.record.loops[number - 1]
            yield loop
            number = loop.parent

    def _is_batched(self, loop: Loop) -> bool:
        """Tell whether each round of a loop handles many rows, or is another attempt."""
        table = self.table
        term = loop.iterates
        while table.ops[term] in (Op.CALL, Op.ATTR, Op.NAME):
            name = table.names[term]
            if name == "builtins.range":
                return False
            if _BATCHES.search(name.rpartition(".")[2]):
                return True
            if table.ops[term] == Op.CALL and len(table.args[term]) == _STEPPED_RANGE:
                inner = table.bases[term]
                if table.names[inner] == "builtins.range":
                    return True
            if table.ops[term] == Op.NAME:
                return False
            term = table.bases[term]
        return False


def _parts(elements: Sequence[Value]) -> Value:
    """Return a literal with its elements; nothing where we know none of them."""
    if all(each is None for each in elements):
        return None
    if len(elements) > _MOST_PARTS:
        return Items(of=join(elements))
    return Parts(elements=tuple(elements))
