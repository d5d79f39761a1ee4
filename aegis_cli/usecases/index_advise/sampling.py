"""Rows of the target that correct the sizes of indexes: which may be read, and what was."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from aegis_cli.indexing.limits import Limits
from aegis_cli.indexing.tables import INDEXABLE, TableBook, TableFacts
from aegis_cli.model.facts.accesses import TableAccess
from aegis_cli.model.facts.index_workload import IndexWorkload
from aegis_cli.model.facts.indexes import IndexDefinition, TableName
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Section, titled_column, titled_datum
from aegis_cli.model.text import Text
from aegis_cli.sources.postgres.sampling.sampler import Sampled, TableSampler
from aegis_cli.sources.postgres.session import ReadOnlySession

MOST_COLUMNS = 24
"""Columns of one table of which values are read, those that statements name first."""


def row_sampler(
    session: ReadOnlySession,
    snapshot: Snapshot,
    workload: IndexWorkload,
    limits: Limits,
    clock: Callable[[], float],
) -> TableSampler:
    """Return what reads rows of the tables that the workload touches and that may get an index.

    Nothing is read before the first question.
    """
    book = TableBook(snapshot, workload)
    columns: dict[TableName, dict[str, None]] = {}
    for access in (each for one in workload.statements for each in one.access.tables):
        name = book.find(access.table)
        if name is not None and limits.permits(name):
            columns.setdefault(name, {}).update(dict.fromkeys(_named(access)))
    tables = {
        name: _sampled(book.facts(name), named)
        for name, named in columns.items()
        if book.facts(name).table.kind in INDEXABLE
    }
    return TableSampler(session=session, tables=tables, clock=clock)


def sampling_section(sampler: TableSampler) -> Section:
    """Return how many rows of which tables were read."""
    read = sorted(sampler.rows_read.items(), key=lambda each: str(each[0]))
    return Section(
        id="sampled",
        title=Text(en="Rows read for sizes", ko="크기를 위해 읽은 행"),
        data=(
            titled_datum(
                "rows_read", "Rows read", "읽은 행", sum(rows for _, rows in read), Unit.ROWS
            ),
        ),
        columns=(
            titled_column("table", "Table", "테이블"),
            titled_column("rows_read", "Rows read", "읽은 행", Unit.ROWS),
            titled_column("table_rows", "Rows", "전체 행", Unit.ROWS),
        ),
        rows=tuple((str(name), rows, _rows_of(sampler.tables, name)) for name, rows in read),
    )


def _rows_of(tables: Mapping[TableName, Sampled], name: TableName) -> int:
    return round(tables[name].rows)


def _named(access: TableAccess) -> Iterator[str]:
    """Yield the columns that an index for an access can hold."""
    yield from (each.column for each in access.conditions if each.column is not None)
    yield from (each.column for each in access.joins)
    yield from (each.text for each in access.order_by if not each.is_expression)
    yield from access.group_by
    yield from access.columns_read


def _sampled(facts: TableFacts, named: Iterable[str]) -> Sampled:
    existing = (column for each in facts.table.indexes for column in _columns_of(each.definition))
    wanted = dict.fromkeys((*named, *existing))
    known = [each for each in wanted if facts.table.column(each) is not None]
    return Sampled(
        table=facts.table,
        rows=facts.rows,
        blocks=facts.pages,
        columns=tuple(known[:MOST_COLUMNS]),
    )


def _columns_of(definition: IndexDefinition) -> tuple[str, ...]:
    return (*definition.key_columns, *definition.include)
