"""Something outside of functions that goes over rows: a serializer, the list of an admin page."""

from dataclasses import replace
from typing import Protocol

from aegis_cli.codebase.flow.attributes import attribute
from aegis_cli.codebase.flow.calls import call_without_arguments
from aegis_cli.codebase.flow.effects import Effect, Summary
from aegis_cli.codebase.flow.evaluation import Arguments, Evaluation, of_caller
from aegis_cli.codebase.flow.values import Bindings, Row, Rows, Value
from aegis_cli.codebase.link.modules import Class, Function, Variable
from aegis_cli.codebase.link.project import Project
from aegis_cli.model.facts.source_code import Place, RowCost, RowSink

_MOST_PLACES = 6


class SinkMachine(Protocol):
    """What a sink needs of the whole evaluation."""

    project: Project

    def summary(self, function: Function, bindings: Bindings) -> tuple[Value, Summary]:
        """Return what a function gives and costs when it is called with certain values."""

    def of_variable(self, variable: Variable) -> Value:
        """Return what a variable stands for."""

    def found_in(self, effect: Effect, sink: RowSink) -> None:
        """Take notice of something that is paid for each row of a sink."""

    def inherited_rows(self, owner: Class) -> Value:
        """Return what the `get_queryset` of a class's bases gives."""

    def receiver(self, owner: Class, method: Function) -> Bindings:
        """Return what the receiver of a class's method stands for, inherited methods too."""


class Sink(Evaluation):
    """Evaluates what is read of one row, at lines of a class body."""

    def __init__(
        self,
        machine: SinkMachine,
        owner: Class,
        kind: RowSink,
        outer: tuple[Place, ...],
        *,
        is_many: bool,
    ) -> None:
        """Start at the line of the class."""
        self.machine = machine
        self.project = machine.project
        self.owner = owner
        self.module = owner.module
        self.table = owner.module.record.terms
        self.kind = kind
        self.outer = outer
        self.is_many = is_many
        self.line = owner.record.line

    def place(self) -> Place:
        """Return the line that was reached."""
        return Place(path=self.module.record.path, line=self.line, symbol=self.owner.record.symbol)

    def value(self, term: int) -> Value:
        """Return nothing: a sink reads attributes of rows, not terms."""
        return None

    def of_variable(self, variable: Variable) -> Value:
        """Return what a variable of a module or class stands for."""
        return self.machine.of_variable(variable)

    def render(self, template: str, context: Value) -> None:
        """Do nothing: a sink renders no template."""

    def inherited_rows(self) -> Value:
        """Return nothing: a sink is no method."""
        return None

    def serialize(self, owner: Class, rows: Value) -> None:
        """Do nothing: a serializer within a serializer is one of its fields."""

    def invoke(self, function: Function, arguments: Arguments) -> Value:
        """Call a function of the project with the row."""
        bindings = {name: value for name, (value, _) in arguments.items()}
        value, summary = self.machine.summary(function, bindings)
        for effect in summary.effects:
            is_of_row = effect.parameter in arguments
            if is_of_row or effect.cost in (RowCost.QUERY, RowCost.WRITE):
                own = of_caller(effect, summary, arguments)
                self.pay(replace(own, places=(*effect.places, self.place())), 0)
        return value

    def pay(self, effect: Effect, term: int) -> None:
        """Note what each row costs; what a single row costs is no matter."""
        if self.is_many and len(effect.places) < _MOST_PLACES:
            places = tuple(dict.fromkeys((*effect.places, *self.outer)))
            self.machine.found_in(replace(effect, places=places, parameter=""), self.kind)

    def read(self, row: Row, path: str) -> Value:
        """Read a path of attributes of the row, calling what can be called."""
        value: Value = row
        for name in path.split("."):
            value = call_without_arguments(self, attribute(self, value, name, 0))
        return value

    def fetch(self, rows: Rows) -> None:
        """Go over all rows of a relation."""
        if not rows.is_loaded:
            self.ask(rows, "", 0)
