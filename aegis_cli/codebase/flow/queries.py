"""What the methods of managers, querysets, statements and lists of rows do."""

from dataclasses import replace

from aegis_cli.codebase.flow.evaluation import Evaluation
from aegis_cli.codebase.flow.loading import LOADING, load
from aegis_cli.codebase.flow.values import Items, Row, Rows, Value, name_of, row_of
from aegis_cli.model.facts.source_code import RowCost

_KEEPS = frozenset(
    (
        "all", "get_queryset", "get_query_set", "page", "get_page", "object_list", "unique",
        "scalars", "copy"
    )
)  # fmt: skip
"""Give the rows as they are; those that were loaded with a relation stay loaded."""
_ANEW = frozenset(
    (
        "using", "iterator", "aiterator", "mappings", "execution_options", "yield_per",
        "complex_filter", "extra", "alias", "select_for_update", "partitions", "with_for_update",
        "populate_existing", "enable_eagerloads", "only", "defer", "annotate", "filter", "exclude",
        "order_by", "reverse", "distinct", "union", "intersection", "difference", "dates",
        "datetimes", "filter_by", "where", "join", "outerjoin", "limit", "offset", "group_by",
        "having", "select_from", "slice", "none", "values", "values_list"
    )
)  # fmt: skip
"""Make another query: rows that were loaded with a relation do not answer it."""
_COUNTS = frozenset(("count", "exists", "acount", "aexists"))
"""Loaded rows answer these without a query."""
_ONES = frozenset(
    (
        "get", "first", "last", "latest", "earliest", "aget", "afirst", "alast", "one",
        "one_or_none", "scalar_one", "scalar_one_or_none", "scalar", "get_or_404", "first_or_404",
        "get_by_natural_key"
    )
)  # fmt: skip
_NUMBERS = frozenset(("aggregate", "aaggregate", "in_bulk", "ain_bulk", "contains", "explain"))
_MAKES = frozenset(
    (
        "create", "get_or_create", "update_or_create", "acreate", "aget_or_create",
        "aupdate_or_create", "create_user"
    )
)  # fmt: skip
_CHANGES = frozenset(("update", "delete", "aupdate", "adelete"))
_LINKS = frozenset(
    (
        "add", "remove", "set", "clear", "aadd", "aremove", "aset", "aclear"
    )
)  # fmt: skip
_BULK = frozenset(("bulk_create", "bulk_update", "abulk_create", "abulk_update"))
_PLAIN = frozenset(("values", "values_list", "dates", "datetimes", "mappings", "tuples"))
_ROW_WRITES = frozenset(("save", "delete", "asave", "adelete"))


def ask_row(here: Evaluation, row: Row, name: str, term: int) -> Value:
    """Evaluate a method that the library gives to rows."""
    if name in _ROW_WRITES:
        here.write(row, f"{name}()", term)
    return None


def go_over(here: Evaluation, rows: Rows, term: int, call: str = "") -> None:
    """Note that all rows are fetched, unless they are in memory."""
    if not rows.is_loaded:
        here.ask(rows, call, term, keeps=True)


def ask_rows(here: Evaluation, rows: Rows, name: str, term: int) -> Value:
    """Evaluate a method of a manager, queryset or statement."""
    if name in LOADING:
        return replace(load(here, rows, name, term), born=here.place())
    if name in _KEEPS:
        return replace(rows, is_manager=False, born=here.place())
    if name in _ANEW:
        return replace(_anew(here, rows, name, term), born=here.place())
    if name in _COUNTS or name in _NUMBERS:
        if not (rows.is_loaded and name in _COUNTS):
            _pay(here, rows, f"{name}()", term)
        return None
    if name in _ONES:
        return _one(here, rows, name, term)
    return _written(here, rows, name, term)


def _one(here: Evaluation, rows: Rows, name: str, term: int) -> Value:
    if not rows.is_loaded or name not in {"first", "last", "one", "one_or_none", "scalar"}:
        _pay(here, rows, f"{name}()", term)
    row = row_of(rows)
    return row if row is None else replace(row, source=here.source_here(name_of(rows)))


def _written(here: Evaluation, rows: Rows, name: str, term: int) -> Value:
    if name in _MAKES:
        here.write(rows, f"{name}()", term)
        row = row_of(rows)
        is_pair = name.endswith("or_create")
        return Items(of=row) if is_pair else row
    if name in _CHANGES or (name in _LINKS and rows.relation is not None):
        here.write(rows, f"{name}()", term)
        return None
    if name in _BULK:
        return replace(rows, is_loaded=True)
    return None


def _pay(here: Evaluation, rows: Rows, call: str, term: int) -> None:
    """Note a query; one that asks anew for what was loaded ahead is noted as that."""
    is_defeated = rows.is_loaded and rows.relation is not None
    here.ask(rows, call, term, cost=RowCost.DEFEATED if is_defeated else RowCost.QUERY)


def _anew(here: Evaluation, rows: Rows, name: str, term: int) -> Rows:
    if name == "none":
        return replace(rows, is_manager=False, is_loaded=True)
    if rows.is_loaded and rows.relation is not None:
        # Evaluated only where it is gone over, which _pay cannot see any more.
        here.ask(rows, f"{name}()", term, cost=RowCost.DEFEATED)
        return replace(rows, is_manager=False, is_plain=rows.is_plain or name in _PLAIN)
    return replace(
        rows,
        is_manager=False,
        is_loaded=False,
        is_plain=rows.is_plain or name in _PLAIN,
        is_bounded=rows.is_bounded or name in {"limit", "slice"},
    )
