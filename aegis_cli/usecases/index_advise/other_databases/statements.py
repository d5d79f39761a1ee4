"""Build the workload of SQLite, MySQL or MariaDB from statement texts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from aegis_cli.indexing.heuristic.knowledge import Catalog
from aegis_cli.model.facts.accesses import StatementAccess, TableAccess
from aegis_cli.model.facts.index_advice import Dialect
from aegis_cli.model.facts.index_workload import (
    ConstantsOrigin,
    IndexWorkload,
    PlannedText,
    WorkloadStatement,
)
from aegis_cli.model.report import Skipped
from aegis_cli.sqltext.dialect_text import mask_statement, split_script
from aegis_cli.sqltext.dialects import (
    DialectStatement,
    fingerprint_of_dialect,
    read_statement,
    statement_of_view,
)
from aegis_cli.usecases.index_advise.other_databases.lacks import (
    unknown_tables,
    unreadable_statements,
)
from aegis_cli.usecases.index_advise.other_databases.request import OtherRequest, WorkloadText

_MOST_TEXTS = 3
"""Different texts of one statement that are planned; their constants differ."""
_MOST_VIEWS_DEEP = 5
_CATALOGS = frozenset(
    (
        "information_schema",
        "performance_schema",
        "mysql",
        "sys",
        "sqlite_master",
        "sqlite_schema",
        "sqlite_stat1",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadWorkload:
    """A workload, and what was left out of it."""

    workload: IndexWorkload
    skipped: tuple[Skipped, ...]

    def accesses(self) -> dict[str, StatementAccess]:
        """Return what each text to plan does."""
        return {text.text: each.access for each in self.workload.statements for text in each.texts}


@dataclass(slots=True, kw_only=True)
class _Gathered:
    """A statement while its executions are added up."""

    masked: str
    read: DialectStatement
    source: str
    calls: float = 0.0
    total_ms: float | None = None
    rows: float | None = None
    texts: dict[str, float] = field(default_factory=dict)


def texts_of(request: OtherRequest, dialect: Dialect) -> Iterator[WorkloadText]:
    """Yield the statements that a request brings along."""
    yield from request.texts
    for script in request.scripts:
        for each in split_script(script.text, dialect):
            yield WorkloadText(text=each.text, calls=each.calls, source=script.source)


def read_workload(
    texts: Iterable[WorkloadText],
    catalog: Catalog,
    dialect: Dialect,
    views: Mapping[str, str] | None = None,
) -> ReadWorkload:
    """Return the statements of some texts, equal ones added up.

    Args:
        texts: The statements.
        catalog: The tables they may name.
        dialect: How they are written.
        views: The statements that make views, by lower-case name; statements read through them.
    """
    gathered: dict[str, _Gathered] = {}
    problems: dict[str, list[str]] = {}
    names = catalog.names()
    for each in texts:
        masked = mask_statement(each.text, dialect, names)
        known = gathered.get(fingerprint_of_dialect(masked))
        if known is None:
            read = read_statement(each.text, dialect, catalog.columns_of)
            if read.access.problem is not None:
                problems.setdefault(read.access.problem, []).append(masked)
                continue
            if _is_about_server(read):
                continue
            read = replace(read, access=_through_views(read.access, views or {}, catalog, dialect))
            known = _Gathered(masked=masked, read=read, source=each.source)
            gathered[fingerprint_of_dialect(masked)] = known
        _add(known, each)
    statements = tuple(_statement(name, each) for name, each in gathered.items())
    skipped = [unreadable_statements(each, reason) for reason, each in problems.items()]
    unknown = _unknown(statements, catalog, views or {})
    if unknown:
        skipped.append(unknown_tables(unknown))
    return ReadWorkload(workload=IndexWorkload(statements=statements), skipped=tuple(skipped))


def _is_about_server(read: DialectStatement) -> bool:
    """Tell whether a statement reads only the server's own catalogs, or no table at all."""
    schemas = {each.table.lower().partition(".")[0] for each in read.access.tables}
    return read.access.written_table is None and schemas <= _CATALOGS


def _add(known: _Gathered, text: WorkloadText) -> None:
    known.calls += text.calls
    if text.total_ms is not None:
        known.total_ms = (known.total_ms or 0.0) + text.total_ms
    inserted = known.read.inserted_rows
    rows = text.rows if inserted is None or text.rows is not None else inserted * text.calls
    if rows is not None:
        known.rows = (known.rows or 0.0) + rows
    if text.text in known.texts or len(known.texts) < _MOST_TEXTS:
        known.texts[text.text] = known.texts.get(text.text, 0.0) + text.calls


def _statement(fingerprint: str, gathered: _Gathered) -> WorkloadStatement:
    total = sum(gathered.texts.values()) or 1.0
    has_parameters = gathered.read.access.highest_parameter > 0
    origin = ConstantsOrigin.GENERIC if has_parameters else ConstantsOrigin.KNOWN
    return WorkloadStatement(
        fingerprint=fingerprint,
        normalized=gathered.masked,
        kind=gathered.read.kind,
        calls=gathered.calls,
        texts=tuple(
            PlannedText(text=text, share=calls / total, constants=origin)
            for text, calls in gathered.texts.items()
        ),
        access=gathered.read.access,
        source=gathered.source,
        total_ms=gathered.total_ms,
        rows=gathered.rows,
    )


def _through_views(
    access: StatementAccess,
    views: Mapping[str, str],
    catalog: Catalog,
    dialect: Dialect,
    depth: int = 0,
) -> StatementAccess:
    """Replace the views a statement names by what they read themselves."""
    tables: list[TableAccess] = []
    for each in access.tables:
        sql = views.get(each.table.lower().rpartition(".")[2])
        if catalog.find(each.table) is not None or sql is None or depth >= _MOST_VIEWS_DEEP:
            tables.append(each)
            continue
        inner = read_statement(statement_of_view(sql), dialect, catalog.columns_of)
        below = _through_views(inner.access, views, catalog, dialect, depth + 1).tables
        tables += _pushed_down(each, below, catalog)
    return replace(access, tables=tuple(tables))


def _pushed_down(
    view: TableAccess, below: tuple[TableAccess, ...], catalog: Catalog
) -> tuple[TableAccess, ...]:
    """Give a view's only table the conditions on the view, as planners do."""
    columns = catalog.columns_of(below[0].table) if len(below) == 1 else None
    if columns is None:
        return below
    return (
        replace(
            below[0],
            conditions=(
                *below[0].conditions,
                *(each for each in view.conditions if each.column in columns),
            ),
            joins=(*below[0].joins, *(each for each in view.joins if each.column in columns)),
            order_by=below[0].order_by or view.order_by,
            has_limit=below[0].has_limit or view.has_limit,
            limit=below[0].limit or view.limit,
        ),
    )


def _unknown(
    statements: Iterable[WorkloadStatement], catalog: Catalog, views: Mapping[str, str]
) -> list[str]:
    named = {access.table for each in statements for access in each.access.tables}
    return sorted(
        each
        for each in named
        if catalog.find(each) is None and each.lower().rpartition(".")[2] not in views
    )
