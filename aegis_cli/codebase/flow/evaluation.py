"""What evaluating a call or an attribute may ask of the function it stands in."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from aegis_cli.codebase.flow.effects import Effect, Summary
from aegis_cli.codebase.flow.values import Row, Rows, Source, Value, name_of
from aegis_cli.codebase.link.modules import Class, Function, Module, Variable
from aegis_cli.codebase.link.project import Project
from aegis_cli.codebase.link.signals import cautions_of
from aegis_cli.codebase.terms import Op, TermTable
from aegis_cli.model.facts.source_code import Place, RowCost

_CHAIN = frozenset((Op.ATTR, Op.CALL, Op.INDEX, Op.ELEM, Op.SLICE, Op.AUTO))

Arguments: TypeAlias = Mapping[str, tuple[Value, int]]
"""The value of each argument by parameter, and the term it was given as."""


class Evaluation(ABC):
    """One function with the values of its parameters, while it is evaluated."""

    project: Project
    module: Module
    table: TermTable

    @abstractmethod
    def value(self, term: int) -> Value:
        """Return what a term stands for."""

    @abstractmethod
    def invoke(self, function: Function, arguments: Arguments) -> Value:
        """Call a function of the project here, with what that costs, and return its value."""

    @abstractmethod
    def pay(self, effect: Effect, term: int) -> None:
        """Note that something is paid at the event that is being evaluated."""

    @abstractmethod
    def of_variable(self, variable: Variable) -> Value:
        """Return what a variable of a module or class stands for."""

    @abstractmethod
    def place(self) -> Place:
        """Return where the event is that is being evaluated."""

    @abstractmethod
    def serialize(self, owner: Class, rows: Value) -> None:
        """Note that a serializer goes over rows here."""

    @abstractmethod
    def render(self, template: str, context: Value) -> None:
        """Note that a template is rendered here, with the values of its variables."""

    @abstractmethod
    def inherited_rows(self) -> Value:
        """Return what `super().get_queryset()` gives in this method."""

    def values(self, terms: Iterable[int]) -> Sequence[Value]:
        """Return what several terms stand for."""
        return [self.value(each) for each in terms]

    def ask(
        self,
        rows: Rows,
        call: str,
        term: int,
        *,
        cost: RowCost = RowCost.QUERY,
        keeps: bool = False,
    ) -> None:
        """Note a query for rows; `keeps` where the queryset has its rows from then on."""
        relation = rows.relation
        if relation is not None and cost is RowCost.QUERY:
            cost = RowCost.COLLECTION
        path = rows.source.path
        self.pay(
            Effect(
                cost=cost,
                mapper=rows.mapper,
                model=name_of(rows),
                relation=relation.name if relation is not None else "",
                path=path,
                call=call,
                places=(self.place(),),
                feed=rows.source.feed,
                feed_model=rows.source.model,
                is_certain=rows.is_certain,
                born=rows.born if keeps else None,
            ),
            term,
        )

    def read_relation(self, row: Row, name: str, term: int, *, is_certain: bool = True) -> None:
        """Note that a relation of one object is read and was not loaded ahead."""
        source = row.source.through(name)
        self.pay(
            Effect(
                cost=RowCost.RELATION,
                mapper=row.mapper,
                model=name_of(row),
                relation=name,
                path=source.path,
                call=name,
                places=(self.place(),),
                feed=source.feed,
                feed_model=source.model,
                is_certain=row.is_certain and is_certain,
            ),
            term,
        )

    def write(self, row: Row | Rows, call: str, term: int) -> None:
        """Note a write of one row."""
        self.pay(
            Effect(
                cost=RowCost.WRITE,
                mapper=row.mapper,
                model=name_of(row),
                relation="",
                path=row.source.path,
                call=call,
                places=(self.place(),),
                is_certain=row.is_certain and row.model is not None,
                is_used=self.module.uses(term),
                cautions=self._cautions(row),
            ),
            term,
        )

    def _cautions(self, row: Row | Rows) -> tuple[str, ...]:
        if row.model is None:
            return ()
        return cautions_of(self.project.graph, self.project.watched, row.model)

    def roots(self, term: int) -> Iterator[int]:
        """Yield what a chain of attributes, calls and positions begins with, on every way."""
        table = self.table
        while table.ops[term] in _CHAIN:
            term = table.bases[term]
        if table.ops[term] == Op.PHI:
            for each in table.args[term]:
                yield from self.roots(each)
        else:
            yield term

    def source_here(self, model: str) -> Source:
        """Return the source of rows that are asked for at this event."""
        return Source(feed=self.place(), model=model)


def of_caller(effect: Effect, summary: Summary, arguments: Arguments) -> Effect:
    """Return an effect with the source of this caller's rows; another was evaluated first."""
    value = arguments[effect.parameter][0] if effect.parameter in arguments else None
    if not isinstance(value, Row | Rows) or effect.parameter not in summary.sources:
        return effect
    feed, path = summary.sources[effect.parameter]
    if effect.feed != feed:
        return effect
    below = effect.path.removeprefix(path).lstrip(".")
    source = value.source
    return replace(
        effect,
        feed=source.feed,
        feed_model=source.model,
        path=f"{source.path}.{below}" if source.path else below,
    )
