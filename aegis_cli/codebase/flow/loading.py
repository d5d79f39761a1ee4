"""Relations that a query loads ahead: select_related, prefetch_related, loader options."""

from dataclasses import replace

from aegis_cli.codebase.flow.evaluation import Evaluation
from aegis_cli.codebase.flow.values import EVERYTHING_LOADED, Ahead, Asking, Known, Loads, Rows
from aegis_cli.codebase.link.arguments import argument, keyword, positional, text, texts
from aegis_cli.codebase.link.modules import External
from aegis_cli.codebase.terms import Op

LOADING = frozenset(("select_related", "prefetch_related", "options"))
_LOADERS = frozenset(
    ("joinedload", "selectinload", "subqueryload", "contains_eager", "immediateload")
)
_NO_LOADERS = frozenset(
    (
        "load_only", "defer", "undefer", "lazyload", "noload", "raiseload", "defaultload",
        "with_expression", "undefer_group", "selectin_polymorphic"
    )
)  # fmt: skip


def load(here: Evaluation, rows: Rows, name: str, term: int) -> Rows:
    """Return the rows with what a method loads ahead."""
    given = positional(here.table, term)
    fresh = replace(rows, is_manager=False, is_loaded=False)
    if not given and name == "select_related":
        return replace(fresh, loads=EVERYTHING_LOADED)
    if len(given) < len(here.table.args[term]):
        # Names that are computed: anything may be loaded.
        return replace(fresh, loads=EVERYTHING_LOADED)
    loads = rows.loads
    for each in given:
        loads = _with(here, loads, each)
    return replace(fresh, loads=loads)


def _with(here: Evaluation, loads: Loads, term: int) -> Loads:
    written = tuple(texts(here.table, term))
    if written:
        return loads.plus(each.replace("__", ".") for each in written)
    value = here.value(term)
    if not isinstance(value, Ahead):
        return EVERYTHING_LOADED
    if value.attribute and value.rows is not None:
        start = value.paths[0].rpartition(".")[0]
        attribute = f"{start}.{value.attribute}" if start else value.attribute
        held = (attribute, replace(value.rows, is_loaded=True, is_manager=False))
        inner = _below(value, attribute)
        return replace(loads.plus((start, *inner)), attributes=(*loads.attributes, held))
    return loads.plus((*value.paths, *_below(value, value.paths[0] if value.paths else "")))


def _below(value: Ahead, path: str) -> tuple[str, ...]:
    """Return what the inner query of a `Prefetch` loads, as paths of the outer rows."""
    if value.rows is None or not path:
        return ()
    return tuple(f"{path}.{each}" for each in value.rows.loads.paths)


def prefetch_object(here: Evaluation, term: int) -> Ahead:
    """Evaluate `Prefetch(lookup, queryset, to_attr)`."""
    table = here.table
    path = text(table, argument(table, term, 0, "lookup")) or ""
    rows = here.value(argument(table, term, 1, "queryset"))
    return Ahead(
        paths=(path.replace("__", "."),),
        rows=rows if isinstance(rows, Rows) else None,
        attribute=text(table, keyword(table, term, "to_attr")) or "",
    )


def loader_option(here: Evaluation, name: str, term: int) -> Ahead | None:
    """Evaluate `joinedload(User.orders, Order.items)` and its likes; None for other names."""
    if name in _NO_LOADERS:
        return Ahead(paths=())
    if name not in _LOADERS:
        return None
    parts = [_attribute(here, each) for each in positional(here.table, term)]
    return Ahead(paths=(".".join(each for each in parts if each),))


def chained_option(here: Evaluation, before: Ahead, name: str, term: int) -> Ahead | None:
    """Evaluate `.selectinload(Order.items)` behind another option."""
    after = loader_option(here, name, term)
    if after is None:
        return before
    start = before.paths[0] if before.paths else ""
    return Ahead(
        paths=(*before.paths, *(f"{start}.{each}" if start else each for each in after.paths))
    )


def _attribute(here: Evaluation, term: int) -> str:
    """Return the relation that `Order.items` or `"items"` names."""
    table = here.table
    if table.ops[term] == Op.TEXT:
        return table.names[term]
    if table.ops[term] == Op.NAME:
        return table.names[term].rpartition(".")[2]
    return table.names[term] if table.ops[term] == Op.ATTR else ""


def is_loader(asking: Asking) -> bool:
    """Tell whether a call continues a chain of loader options."""
    return isinstance(asking.receiver, Known) and isinstance(asking.receiver.target, External)
