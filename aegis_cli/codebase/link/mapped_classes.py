"""Mapped classes of SQLAlchemy and SQLModel, and where their relationships lead."""

import re
from collections.abc import Iterator

from aegis_cli.codebase.link.arguments import argument, keyword, text
from aegis_cli.codebase.link.models import Mapper, Model, ModelGraph, Relation
from aegis_cli.codebase.link.modules import Class, ModuleMap, Variable
from aegis_cli.codebase.terms import Op

_EAGER = frozenset(("joined", "selectin", "subquery", "immediate"))
_QUERIES = frozenset(("dynamic", "write_only"))
_NEVER = frozenset(("noload", "raise", "raise_on_sql"))
_LISTS = ("List", "list", "Sequence", "Set", "set", "Collection")


def add_mapped_classes(graph: ModelGraph, modules: ModuleMap) -> None:
    """Take in classes with a table or relationships, and link these."""
    for module in modules.modules:
        for owner in module.classes.values():
            if graph.of(owner) is None and _is_mapped(owner, graph, modules):
                graph.add(Model(owner=owner, mapper=Mapper.SQLALCHEMY))
    for model in list(graph.by_class.values()):
        if model.mapper is Mapper.SQLALCHEMY:
            _link(model, graph, modules)


def _is_mapped(owner: Class, graph: ModelGraph, modules: ModuleMap) -> bool:
    hierarchy = graph.hierarchy
    if "__tablename__" in owner.record.attributes or "__table__" in owner.record.attributes:
        return True
    if any(each.endswith("SQLModel") for each in hierarchy.external_bases(owner)):
        return bool(owner.record.annotations)
    return any(True for _ in _relationships(owner, modules))


def _relationships(owner: Class, modules: ModuleMap) -> Iterator[tuple[str, int]]:
    table = owner.module.record.terms
    for name, term in owner.record.attributes.items():
        if table.ops[term] == Op.CALL:
            called = modules.dotted(owner.module, table.bases[term]).rpartition(".")[2]
            if called in {"relationship", "Relationship", "relation"}:
                yield name, term


def _link(model: Model, graph: ModelGraph, modules: ModuleMap) -> None:
    for owner in graph.hierarchy.line(model.owner):
        table = owner.module.record.terms
        own = dict(_relationships(owner, modules))
        for name in own:
            if name not in model.relations:
                _relationship(model, graph, modules, owner, name)
        for name, term in owner.record.attributes.items():
            if name not in own and table.ops[term] == Op.CALL:
                model.columns.setdefault(name, Variable(owner.module, term))


def _relationship(
    model: Model, graph: ModelGraph, modules: ModuleMap, owner: Class, name: str
) -> None:
    table = owner.module.record.terms
    term = owner.record.attributes[name]
    annotation = owner.record.annotations.get(name, 0)
    target = _target(graph, modules, owner, argument(table, term, 0, "argument"))
    if target is None and annotation:
        target = _annotated_target(graph, modules, owner, annotation)
    lazy = text(table, keyword(table, term, "lazy")) or "select"
    inverse = text(table, keyword(table, term, "back_populates")) or ""
    if lazy in _NEVER:
        return
    model.relations[name] = Relation(
        name=name,
        target=target,
        is_many=_is_list(modules, owner, annotation, term),
        inverse=inverse,
        is_eager=lazy in _EAGER,
        is_query=lazy in _QUERIES,
    )
    backref = text(table, _backref(table.ops[0], owner, term))
    if backref and target is not None:
        target.relations.setdefault(
            backref, Relation(name=backref, target=model, is_many=False, inverse=name)
        )


def _backref(unknown: int, owner: Class, term: int) -> int:
    table = owner.module.record.terms
    given = keyword(table, term, "backref")
    return argument(table, given, 0, "name") if table.ops[given] == Op.CALL else given or unknown


def _target(graph: ModelGraph, modules: ModuleMap, owner: Class, term: int) -> Model | None:
    table = owner.module.record.terms
    if table.ops[term] == Op.LAMBDA:
        return None
    label = text(table, term)
    if label is not None:
        return graph.called(label.rpartition(".")[2], owner)
    found = modules.of_term(owner.module, term) if term else None
    return graph.of(found) if isinstance(found, Class) else None


def _annotated_target(
    graph: ModelGraph, modules: ModuleMap, owner: Class, annotation: int
) -> Model | None:
    """Return the model within `Mapped[list["Order"]]`."""
    for term in _leaves(owner, annotation):
        table = owner.module.record.terms
        label = text(table, term)
        names = re.findall(r"\w+", label) if label is not None else []
        for name in reversed(names):
            model = graph.called(name, owner)
            if model is not None:
                return model
        found = _target(graph, modules, owner, term) if label is None else None
        if found is not None:
            return found
    return None


def _leaves(owner: Class, term: int) -> Iterator[int]:
    table = owner.module.record.terms
    if table.ops[term] == Op.INDEX or table.ops[term] in (Op.LIST, Op.PHI):
        for each in table.args[term]:
            yield from _leaves(owner, each)
    elif term:
        yield term


def _is_list(modules: ModuleMap, owner: Class, annotation: int, term: int) -> bool:
    table = owner.module.record.terms
    if table.ops[keyword(table, term, "uselist")] == Op.CONST:
        return table.names[keyword(table, term, "uselist")] == "True"
    if not annotation:
        return False
    inner = table.args[annotation][0] if table.args[annotation] else annotation
    written = text(table, inner) or ""
    name = modules.dotted(owner.module, table.bases[inner] if table.args[inner] else inner)
    return written.startswith(_LISTS) or name.rpartition(".")[2] in _LISTS
