"""All functions of a project evaluated: each pair of function and arguments once."""

from collections.abc import Iterator

from aegis_cli.codebase.flow.admin_lists import admin_models, list_admins
from aegis_cli.codebase.flow.effects import Effect, Summary
from aegis_cli.codebase.flow.frame import Frame
from aegis_cli.codebase.flow.rendering import render_views
from aegis_cli.codebase.flow.serializers import serialize, serialize_views
from aegis_cli.codebase.flow.values import (
    Bindings,
    Items,
    Known,
    Row,
    Rows,
    Source,
    Thing,
    Value,
)
from aegis_cli.codebase.link.models import Model
from aegis_cli.codebase.link.modules import Class, External, Function, Variable
from aegis_cli.codebase.link.project import Project
from aegis_cli.codebase.records import FunctionFlag
from aegis_cli.codebase.terms import Op
from aegis_cli.model.facts.source_code import Place, RowQuery, RowSink

_DEPTH = 7
"""Calls within calls are followed this far."""
_MOST_FRAMES = 200_000
"""Of one project; evaluation is bounded whatever the code looks like."""
_LISTS = ("list", "List", "Sequence", "Iterable", "Iterator", "set", "Set", "tuple", "Tuple")
_QUERIES = ("QuerySet", "Manager", "Query")


class FlowMachine:
    """Evaluates functions and collects what loops pay per row."""

    def __init__(self, project: Project) -> None:
        """Start without anything evaluated."""
        self.project = project
        self.found: dict[tuple[object, ...], RowQuery] = {}
        self.given_up: list[Function] = []
        """Functions whose evaluation went deeper, or further, than we follow."""
        self._summaries: dict[
            tuple[Function, frozenset[tuple[str, Value]]], tuple[Value, Summary]
        ] = {}
        self._variables: dict[Variable, Value] = {}
        self._depth = 0
        self._admin_models = dict(admin_models(self))

    def run(self) -> None:
        """Evaluate every function as if somebody called it."""
        for module in self.project.modules.modules:
            for function in module.numbered:
                if function.record.events.kinds:
                    self._attempt(function)
        serialize_views(self)
        render_views(self)
        list_admins(self)

    def _attempt(self, function: Function) -> None:
        """Evaluate a function; expressions nested beyond measure end only its own evaluation."""
        try:
            self.summary(function, self.defaults(function))
        except RecursionError:
            self.given_up.append(function)
        self._depth = 0

    def defaults(self, function: Function) -> Bindings:
        """Return what parameters stand for when nothing is known of the caller."""
        record = function.record
        bindings: dict[str, Value] = {}
        for name, annotation in zip(record.parameters, record.annotations, strict=True):
            value = self._annotated(function, annotation) if annotation else None
            if value is None and name == "request":
                value = Known(target=External("django.http.HttpRequest"))
            if value is not None:
                bindings[name] = value
        if function.owner is not None and record.parameters:
            own = self._self(function.owner, function)
            if own is not None:
                bindings[record.parameters[0]] = own
        return bindings

    def _self(self, owner: Class, function: Function) -> Value:
        if function.record.flags & FunctionFlag.STATICMETHOD:
            return None
        model = self.project.graph.of(owner)
        if function.record.flags & FunctionFlag.CLASSMETHOD:
            return Known(target=owner)
        if model is not None:
            return Row(model=model, mapper=model.mapper)
        return Thing(owner=owner)

    def _annotated(self, function: Function, term: int) -> Value:
        """Return what an annotation says; what its caller has loaded is not known."""
        table = function.module.record.terms
        if table.ops[term] == Op.INDEX and table.args[term]:
            return self._generic(function, term)
        if table.ops[term] == Op.PHI:
            values = (self._annotated(function, each) for each in table.args[term])
            return next((each for each in values if each is not None), None)
        target = self.project.modules.of_term(function.module, term)
        if not isinstance(target, Class):
            return None
        model = self.project.graph.of(target)
        if model is not None:
            return Row(model=model, mapper=model.mapper, is_certain=False)
        return Thing(owner=target)

    def _generic(self, function: Function, term: int) -> Value:
        """Return what `QuerySet[Order]`, `list[Order]` and `Optional[Order]` say."""
        table = function.module.record.terms
        name = self.project.modules.dotted(function.module, table.bases[term])
        last = name.rpartition(".")[2]
        inner = table.args[term][0]
        if table.ops[inner] == Op.LIST and table.args[inner]:
            inner = table.args[inner][0]
        value = self._annotated(function, inner)
        if last.endswith(_QUERIES) and isinstance(value, Row):
            return self._rows(value.model) if value.model is not None else None
        if last in _LISTS:
            return Items(of=value)
        return value if last == "Optional" else None

    def _rows(self, model: Model) -> Rows:
        return Rows(model=model, mapper=model.mapper, name=model.name, is_certain=False)

    def summary(self, function: Function, bindings: Bindings) -> tuple[Value, Summary]:
        """Return what a function gives and costs when it is called with certain values."""
        key = (function, frozenset(bindings.items()))
        known = self._summaries.get(key)
        if known is not None:
            return known
        if self._depth >= _DEPTH:
            return None, Summary()
        if len(self._summaries) >= _MOST_FRAMES:
            self.given_up.append(function)
            return None, Summary()
        # A function that calls itself gives nothing known within itself.
        self._summaries[key] = (None, Summary())
        self._depth += 1
        found = Frame(self, function, bindings).run()
        self._depth -= 1
        if function.record.flags & FunctionFlag.CACHED:
            found = (found[0], Summary())
        self._summaries[key] = found
        return found

    def of_variable(self, variable: Variable) -> Value:
        """Return what a variable of a module or class stands for."""
        if variable not in self._variables:
            self._variables[variable] = None
            frame = Frame(self, variable.module.numbered[0], {})
            self._variables[variable] = frame.value(variable.term)
        return self._variables[variable]

    def found_in(self, effect: Effect, sink: RowSink) -> None:
        """Take notice of something that is paid for each row of a sink."""
        first = effect.places[0]
        key = (first.path, first.line, effect.cost, effect.relation, effect.call, sink)
        if key not in self.found:
            self.found[key] = row_query(effect, sink)

    def row_queries(self) -> Iterator[RowQuery]:
        """Yield the queries per row that were found, in the order of their places."""
        yield from sorted(
            self.found.values(), key=lambda each: (each.places[0].path, each.places[0].line)
        )

    def serialize(self, owner: Class, rows: Value, place: Place) -> None:
        """Take notice of a serializer that goes over rows."""
        serialize(self, owner, rows, (place,))

    def receiver(self, owner: Class, method: Function) -> Bindings:
        """Return what the receiver of a class's method stands for, inherited methods too."""
        own = Thing(owner=owner)
        return {
            **self.defaults(method),
            **dict.fromkeys(method.record.parameters[:1], own),
        }

    def inherited_rows(self, owner: Class) -> Value:
        """Return what the `get_queryset` of a class's bases gives."""
        hierarchy = self.project.hierarchy
        written = hierarchy.attribute(owner, "queryset")
        if written is not None:
            return self.of_variable(written)
        model = self._admin_models.get(owner) or self._written_model(owner)
        if model is None:
            return None
        place = Place(
            path=owner.module.record.path, line=owner.record.line, symbol=owner.record.symbol
        )
        return Rows(
            model=model,
            mapper=model.mapper,
            name=model.name,
            source=Source(feed=place, model=model.name),
        )

    def _written_model(self, owner: Class) -> Model | None:
        """Return the model that a view names in its body."""
        written = self.project.hierarchy.attribute(owner, "model")
        value = self.of_variable(written) if written is not None else None
        if not isinstance(value, Known) or not isinstance(value.target, Class):
            return None
        return self.project.graph.of(value.target)


def row_query(effect: Effect, sink: RowSink) -> RowQuery:
    """Return the fact that an effect within something that goes over rows is."""
    return RowQuery(
        cost=effect.cost,
        sink=sink,
        mapper=effect.mapper,
        model=effect.model,
        relation=effect.path or effect.relation,
        call=effect.call,
        places=effect.places,
        feed=effect.feed,
        feed_model=effect.feed_model,
        is_certain=effect.is_certain,
        is_conditional=effect.is_conditional,
        accessor=effect.accessor,
        is_used=effect.is_used,
        cautions=effect.cautions,
    )
