"""What a call gives, and what it costs."""

from collections.abc import Sequence
from dataclasses import replace

from aegis_cli.codebase.flow.evaluation import Arguments, Evaluation
from aegis_cli.codebase.flow.loading import chained_option, loader_option, prefetch_object
from aegis_cli.codebase.flow.queries import ask_row, ask_rows, go_over
from aegis_cli.codebase.flow.values import (
    EVERYTHING_LOADED,
    Ahead,
    Asking,
    Entries,
    Items,
    Known,
    Method,
    Parts,
    Row,
    Rows,
    Thing,
    Value,
    item_of,
    join,
    name_of,
)
from aegis_cli.codebase.link.arguments import argument, keywords, positional, text
from aegis_cli.codebase.link.models import Mapper
from aegis_cli.codebase.link.modules import Class, External, Function, Module
from aegis_cli.codebase.records import FunctionFlag
from aegis_cli.codebase.terms import Op

_CONSUMERS = frozenset(("list", "tuple", "set", "frozenset", "sorted", "reversed", "iter"))
_REDUCERS = frozenset(("len", "sum", "any", "all", "max", "min", "bool", "next", "dict", "filter"))
_SESSION_CALLS = frozenset(("execute", "scalars", "exec", "stream", "stream_scalars"))
_RENDERERS = frozenset(("render", "render_to_string", "TemplateResponse", "render_template"))
_SERIALIZER = ("Serializer", "SerializerBase")


def call(  # noqa: PLR0911  # one for each sort of value
    here: Evaluation, value: Value, term: int
) -> Value:
    """Return what calling a value gives."""
    match value:
        case Asking():
            return _ask(here, value, term)
        case Method():
            return _of_method(here, value, term)
        case Known(target=Function() as function):
            return here.invoke(function, bound(here, function, term))
        case Known(target=Module() as template):
            return here.invoke(template.numbered[0], bound(here, template.numbered[0], term))
        case Known(target=Class() as owner):
            return _made(here, owner, term)
        case Known(target=External() as target):
            return _outside(here, target, term)
        case Ahead():
            return chained_option(here, value, _called(here, term), term)
        case _:
            return _session(here, term)


def call_without_arguments(here: Evaluation, value: Value, receiver: int = 0) -> Value:
    """Return what is left of a value when whoever reads it calls what can be called.

    `receiver` is the term of the object whose attribute the value is.
    """
    if isinstance(value, Method):
        names = value.function.record.parameters[:1]
        return here.invoke(value.function, dict.fromkeys(names, (value.receiver, receiver)))
    if isinstance(value, Asking) and isinstance(value.receiver, Rows):
        return ask_rows(here, value.receiver, value.name, receiver)
    if isinstance(value, Rows) and value.is_manager:
        return replace(value, is_manager=False)
    return None if isinstance(value, Asking) else value


def bound(here: Evaluation, function: Function, term: int, receiver: Value = None) -> Arguments:
    """Return what a call binds to the parameters of a function."""
    names = list(function.record.parameters)
    arguments: dict[str, tuple[Value, int]] = {}
    if receiver is not None and names:
        base = here.table.bases[term]
        arguments[names.pop(0)] = (receiver, here.table.bases[base])
    for name, each in zip(names, positional(here.table, term), strict=False):
        arguments[name] = (here.value(each), each)
    for name, each in keywords(here.table, term):
        if name in names:
            arguments[name] = (here.value(each), each)
    return {name: each for name, each in arguments.items() if each[0] is not None}


def _called(here: Evaluation, term: int) -> str:
    """Return the unqualified name of what is called."""
    base = here.table.bases[term]
    op = here.table.ops[base]
    return here.table.names[base].rpartition(".")[2] if op in (Op.NAME, Op.ATTR) else ""


def _ask(here: Evaluation, asking: Asking, term: int) -> Value:
    receiver, name = asking.receiver, asking.name
    if isinstance(receiver, Rows):
        return ask_rows(here, receiver, name, term)
    if isinstance(receiver, Row):
        return ask_row(here, receiver, name, term)
    if isinstance(receiver, Entries):
        return _of_entries(here, receiver, name, term)
    if isinstance(receiver, Items | Parts) and name in {"copy", "all", "scalars", "unique"}:
        return receiver
    return _session(here, term) if isinstance(receiver, Known) else None


def _of_entries(here: Evaluation, entries: Entries, name: str, term: int) -> Value:
    if name == "values":
        return Items(of=entries.any)
    if name == "items":
        return Items(of=Parts(elements=(None, entries.any)))
    if name in {"get", "pop", "setdefault"}:
        given = positional(here.table, term)
        key = here.table.names[given[0]] if given else ""
        return entries.get(key)
    return entries if name == "copy" else None


def _of_method(here: Evaluation, method: Method, term: int) -> Value:
    function = method.function
    is_static = function.record.flags & FunctionFlag.STATICMETHOD
    receiver = None if is_static else method.receiver
    return here.invoke(function, bound(here, function, term, receiver))


def _made(here: Evaluation, owner: Class, term: int) -> Value:
    """Return a new instance of a class of the project."""
    model = here.project.graph.of(owner)
    if model is not None:
        return Row(model=model, mapper=model.mapper, loads=EVERYTHING_LOADED, is_new=True)
    bases = here.project.hierarchy.external_bases(owner)
    if any(each.endswith(_SERIALIZER) for each in bases):
        here.serialize(owner, here.value(argument(here.table, term, 0, "instance")))
    return Thing(owner=owner)


def _outside(  # noqa: C901, PLR0911  # one for each sort of function
    here: Evaluation, target: External, term: int
) -> Value:
    name = target.name.rpartition(".")[2]
    given = positional(here.table, term)
    first = here.value(given[0]) if given else None
    if target.name.startswith("builtins."):
        return _builtin(here, name, first, given, term)
    if name in _RENDERERS:
        _render(here, name, given, term)
        return None
    if name == "Prefetch":
        return prefetch_object(here, term)
    if target.name.endswith("super.get_queryset"):
        return here.inherited_rows()
    option = loader_option(here, name, term)
    if option is not None:
        return option
    if name in {"get_object_or_404", "aget_object_or_404", "get_list_or_404"}:
        return _shortcut(here, name, first, term)
    if name == "select" or (name == "query" and first is not None):
        return _selected(here, first, term)
    if name.endswith("Paginator") and isinstance(first, Rows | Items):
        return first
    if name in {"chain", "copy", "deepcopy", "cast", "islice", "tqdm", "batched", "chunked"}:
        return _passed(here, name, given)
    if name == "groupby":
        return Items(of=Parts(elements=(None, Items(of=item_of(first)))))
    return _session(here, term)


def _render(here: Evaluation, name: str, given: Sequence[int], term: int) -> None:
    """Evaluate the template that `render(request, "orders.html", context)` names."""
    position = 1 if name in {"render", "TemplateResponse"} else 0
    template = text(here.table, given[position]) if position < len(given) else None
    if template is None:
        return
    if name == "render_template":
        known = [(each, here.value(value)) for each, value in keywords(here.table, term)]
        here.render(template, Entries(known=tuple(known)))
    else:
        here.render(template, here.value(argument(here.table, term, position + 1, "context")))


def _passed(here: Evaluation, name: str, given: Sequence[int]) -> Value:
    values = here.values(given)
    if name == "cast":
        return values[-1] if values else None
    if name == "chain":
        for each, term in zip(values, given, strict=True):
            if isinstance(each, Rows):
                go_over(here, each, term)
        return Items(of=join(item_of(each) for each in values))
    return values[0] if values else None


def _builtin(  # noqa: PLR0911  # one for each sort of function
    here: Evaluation, name: str, first: Value, given: Sequence[int], term: int
) -> Value:
    if isinstance(first, Rows) and name in (_CONSUMERS | _REDUCERS):
        go_over(here, first, term, f"{name}()")
    if name in _CONSUMERS:
        return (
            replace(first, is_loaded=True, is_manager=False) if isinstance(first, Rows) else first
        )
    if name == "enumerate":
        return Items(of=Parts(elements=(None, _element(here, first, term))))
    if name == "zip":
        items = (_element(here, each, term) for each in here.values(given))
        return Items(of=Parts(elements=tuple(items)))
    if name in {"next", "max", "min"}:
        return item_of(first)
    if name == "super":
        return Known(target=External("builtins.super"))
    if name == "filter" and len(given) > 1:
        return here.value(given[1])
    return None


def _element(here: Evaluation, value: Value, term: int) -> Value:
    if isinstance(value, Rows):
        go_over(here, value, term)
    return item_of(value)


def _shortcut(here: Evaluation, name: str, first: Value, term: int) -> Value:
    rows = first if isinstance(first, Rows) else _rows_of_class(here, first)
    if rows is None:
        return None
    here.ask(rows, f"{name}()", term)
    fetched = replace(rows, source=here.source_here(name_of(rows)), is_manager=False)
    return replace(fetched, is_loaded=True) if name == "get_list_or_404" else item_of(fetched)


def _rows_of_class(here: Evaluation, value: Value) -> Rows | None:
    if not isinstance(value, Known) or not isinstance(value.target, Class):
        return None
    model = here.project.graph.of(value.target)
    if model is None:
        return None
    return Rows(
        model=model,
        mapper=model.mapper,
        name=model.name,
        source=here.source_here(model.name),
    )


def _selected(here: Evaluation, first: Value, term: int) -> Value:
    """Return the rows of `select(Order)` or `session.query(Order)`."""
    rows = _rows_of_class(here, first)
    if rows is None or rows.mapper is not Mapper.SQLALCHEMY:
        return None
    return replace(rows, is_plain=len(positional(here.table, term)) > 1)


def _session(here: Evaluation, term: int) -> Value:
    """Evaluate a call of something unknown that may be a session of SQLAlchemy."""
    table = here.table
    name = _called(here, term)
    given = positional(table, term)
    if not given:
        return None
    if name == "query":
        return _selected(here, here.value(given[0]), term)
    if name in _SESSION_CALLS:
        rows = here.value(given[0])
        if isinstance(rows, Rows) and rows.mapper is Mapper.SQLALCHEMY:
            here.ask(rows, f"{name}()", term)
            return replace(rows, is_loaded=True)
        return None
    if name in {"get", "scalar"}:
        return _fetched(here, name, here.value(given[0]), term)
    return None


def _fetched(here: Evaluation, name: str, first: Value, term: int) -> Value:
    rows = first if isinstance(first, Rows) else _rows_of_class(here, first)
    if rows is None or rows.mapper is not Mapper.SQLALCHEMY:
        return None
    here.ask(rows, f"{name}()", term)
    return item_of(replace(rows, source=here.source_here(name_of(rows))))
