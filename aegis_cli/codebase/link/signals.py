"""Models whose rows are watched: receivers of Django's signals, and own `save()` methods."""

from collections.abc import Iterator

from aegis_cli.codebase.link.arguments import argument, keyword
from aegis_cli.codebase.link.models import Model, ModelGraph
from aegis_cli.codebase.link.modules import Class, Module, ModuleMap
from aegis_cli.codebase.terms import Op

_CONNECT = "connect"
_RECEIVER = "receiver"


def watched_models(graph: ModelGraph, modules: ModuleMap) -> frozenset[Model]:
    """Return the models that receivers name as their sender."""
    return frozenset(
        model
        for module in modules.modules
        for term in _senders(module, modules)
        for model in _model(graph, modules, module, term)
    )


def _senders(module: Module, modules: ModuleMap) -> Iterator[int]:
    table = module.record.terms
    for function in module.numbered:
        for term in function.record.decorators:
            if modules.dotted(module, table.bases[term]).endswith(_RECEIVER):
                yield keyword(table, term, "sender")
        for term in function.record.events.terms:
            base = table.bases[term]
            if table.ops[term] == Op.CALL and table.names[base] == _CONNECT:
                yield argument(table, term, 1, "sender")


def _model(graph: ModelGraph, modules: ModuleMap, module: Module, term: int) -> Iterator[Model]:
    target = modules.of_term(module, term) if term else None
    model = graph.of(target) if isinstance(target, Class) else None
    if model is not None:
        yield from graph.heirs(model)


def cautions_of(graph: ModelGraph, watched: frozenset[Model], model: Model) -> tuple[str, ...]:
    """Return what writing rows in bulk would leave out: `save` and `signals`."""
    saves = graph.hierarchy.method(model.owner, "save") is not None
    return (*(("save",) if saves else ()), *(("signals",) if model in watched else ()))
