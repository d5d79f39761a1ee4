"""What an attribute of a value is, and what reading it costs."""

from dataclasses import replace

from aegis_cli.codebase.flow.evaluation import Evaluation
from aegis_cli.codebase.flow.values import (
    NOTHING_LOADED,
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
)
from aegis_cli.codebase.link.models import Mapper, Model, Relation
from aegis_cli.codebase.link.modules import Class, External, Function, Module, Variable
from aegis_cli.codebase.records import FunctionFlag

_MANAGERS = frozenset(("objects", "_default_manager", "_base_manager", "all_objects"))
_SCALARS = frozenset(
    (
        "id", "pk", "name", "title", "value", "values", "items", "keys", "data", "text", "year",
        "month", "day", "date", "time", "label", "__class__", "__dict__", "_meta", "_state",
        "is_active", "session", "metadata", "created", "updated", "email", "username", "url",
        "path", "file", "image", "price", "amount", "total", "count", "status", "type", "kind",
        "code", "created_at", "updated_at", "start", "end", "start_date", "end_date", "created_on",
        "DoesNotExist"
    )
)  # fmt: skip
"""Names that are columns or parts of Python far more often than relations."""


def attribute(  # noqa: PLR0911  # one for each sort of value
    here: Evaluation, value: Value, name: str, term: int
) -> Value:
    """Return an attribute of a value; reading a relation that is not loaded costs a query."""
    match value:
        case Row():
            return _of_row(here, value, name, term)
        case Rows():
            return _of_rows(here, value, name, term)
        case Known():
            return _of_known(here, value, name)
        case Thing():
            return _of_thing(here, value, name, term)
        case Asking():
            return read_guessed(here, value, name, term)
        case Items() | Parts() | Entries():
            return Asking(receiver=value, name=name)
        case Ahead():
            return value
        case _:
            return None


def _of_row(here: Evaluation, row: Row, name: str, term: int) -> Value:
    held = dict(row.loads.attributes).get(name)
    if held is not None:
        return replace(held, source=row.source.through(name))
    model = row.model
    if model is None:
        return _guessed(row, name)
    relation = model.relations.get(name)
    if relation is not None:
        return _related(here, row, relation, term)
    method = here.project.hierarchy.method(model.owner, name)
    if method is not None:
        return _method(here, row, method, term)
    is_column = name in model.columns
    is_written = here.project.hierarchy.attribute(model.owner, name) is not None
    return None if is_column or is_written else Asking(receiver=row, name=name)


def _method(here: Evaluation, receiver: Row | Rows | Thing, method: Function, term: int) -> Value:
    if method.record.flags & FunctionFlag.PROPERTY:
        base = here.table.bases[term]
        return here.invoke(method, dict.fromkeys(method.record.parameters[:1], (receiver, base)))
    return Method(receiver=receiver, function=method)


def _related(here: Evaluation, row: Row, relation: Relation, term: int) -> Value:
    name, target = relation.name, relation.target
    is_loaded = row.loads.covers(name) or relation.is_eager or row.is_new
    loads = row.loads.below(name)
    source = row.source.through(name)
    if relation.is_many:
        return Rows(
            model=target,
            mapper=row.mapper,
            name=target.name if target is not None else name,
            loads=loads if is_loaded else NOTHING_LOADED,
            source=source if source.feed is not None else here.source_here(name),
            is_certain=row.is_certain,
            is_manager=row.mapper is Mapper.DJANGO,
            is_loaded=is_loaded and not relation.is_query,
            relation=relation,
        )
    if not is_loaded:
        here.read_relation(row, name, term)
    if target is None:
        return None
    if relation.inverse:
        loads = loads.plus((relation.inverse,))
    return Row(
        model=target, mapper=row.mapper, loads=loads, source=source, is_certain=row.is_certain
    )


def _guessed(row: Row, name: str) -> Value:
    """Return an attribute of a row whose model is unknown; a chain of two may be a relation."""
    if name.endswith("_set"):
        relation = Relation(name=name, target=None, is_many=True)
        loaded = row.loads.covers(name)
        return Rows(
            model=None,
            mapper=row.mapper,
            name=name.removesuffix("_set"),
            source=row.source.through(name),
            is_certain=False,
            is_manager=True,
            is_loaded=loaded,
            relation=relation,
        )
    return Asking(receiver=row, name=name)


def read_guessed(here: Evaluation, asking: Asking, name: str, term: int) -> Value:
    """Return an attribute of an attribute of a row whose model is unknown."""
    row = asking.receiver
    if not isinstance(row, Row) or row.model is not None or asking.name in _SCALARS:
        return None
    if name.startswith("_") or asking.name.startswith("_") or asking.name.endswith(("_id", "_at")):
        return None
    if not row.loads.covers(asking.name):
        here.read_relation(row, asking.name, term, is_certain=False)
    return None


def _of_rows(here: Evaluation, rows: Rows, name: str, term: int) -> Value:
    owner = rows.manager
    if owner is not None:
        method = here.project.hierarchy.method(owner, name)
        if method is not None:
            return _method(here, rows, method, term)
    if name == "object_list":
        return rows
    return Asking(receiver=rows, name=name)


def _of_known(here: Evaluation, value: Known, name: str) -> Value:
    target = value.target
    if isinstance(target, Class):
        return _of_class(here, target, name)
    if isinstance(target, Module):
        return of_target(here, f"{target.record.name}.{name}")
    if isinstance(target, External):
        return _of_external(here, target, name)
    return Asking(receiver=value, name=name)


def of_target(here: Evaluation, dotted: str) -> Value:
    """Return what a dotted name stands for."""
    target = here.project.modules.resolve(dotted)
    return here.of_variable(target) if isinstance(target, Variable) else Known(target=target)


def _of_class(here: Evaluation, owner: Class, name: str) -> Value:
    model = here.project.graph.of(owner)
    if model is not None:
        begun = _begun(here, model, name)
        if begun is not None:
            return begun
    method = here.project.hierarchy.method(owner, name)
    if method is not None:
        is_static = bool(method.record.flags & FunctionFlag.STATICMETHOD)
        is_class = bool(method.record.flags & FunctionFlag.CLASSMETHOD)
        return (
            Known(target=method)
            if is_static or not is_class
            else Method(receiver=Thing(owner=owner), function=method)
        )
    inner = here.project.hierarchy.inner(owner, name)
    if inner is not None:
        return Known(target=inner)
    variable = here.project.hierarchy.attribute(owner, name)
    return here.of_variable(variable) if variable is not None else None


def _begun(here: Evaluation, model: Model, name: str) -> Rows | None:
    """Return the query that begins at a class: `Order.objects`, `User.query`."""
    is_manager = name in model.managers or name in _MANAGERS
    if model.mapper is Mapper.DJANGO and not is_manager:
        return None
    if model.mapper is Mapper.SQLALCHEMY and name != "query":
        return None
    return Rows(
        model=model,
        mapper=model.mapper,
        name=model.name,
        loads=NOTHING_LOADED,
        source=here.source_here(model.name),
        is_manager=True,
        manager=model.managers.get(name),
    )


def _of_external(here: Evaluation, target: External, name: str) -> Value:
    owner = target.name.rpartition(".")[2]
    is_class = owner[:1].isupper() and not owner.isupper()
    if is_class and name in _MANAGERS:
        return guessed_rows(here, owner, Mapper.DJANGO)
    if is_class and name == "query":
        return guessed_rows(here, owner, Mapper.SQLALCHEMY)
    if name == "user" and owner == "HttpRequest":
        return _user(here)
    return Known(target=External(f"{target.name}.{name}"))


def guessed_rows(here: Evaluation, name: str, mapper: Mapper) -> Rows:
    """Return rows of a class that is not in the project."""
    return Rows(
        model=here.project.graph.called(name),
        mapper=mapper,
        name=name,
        source=here.source_here(name),
        is_certain=False,
        is_manager=True,
    )


def _user(here: Evaluation) -> Row | None:
    user = here.project.graph.user
    return Row(model=user, mapper=Mapper.DJANGO) if user is not None else None


def _of_thing(here: Evaluation, thing: Thing, name: str, term: int) -> Value:
    hierarchy = here.project.hierarchy
    method = hierarchy.method(thing.owner, name)
    if method is not None:
        return _method(here, thing, method, term)
    made = hierarchy.own_attribute(thing.owner, name)
    if made is not None:
        return here.of_variable(made)
    written = hierarchy.attribute(thing.owner, name)
    if written is not None:
        return here.of_variable(written)
    if name == "request":
        return Known(target=External("django.http.HttpRequest"))
    return None
