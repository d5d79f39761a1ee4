"""Dropping an index: which one never goes, the statement, and the way back."""

from aegis_cli.indexing.heuristic.knowledge import CLUSTERED
from aegis_cli.indexing.spelling import drop_statement
from aegis_cli.indexing.spelling_other import drop_statement_of
from aegis_cli.model.facts.catalog import ExistingIndex, TableKind
from aegis_cli.model.facts.index_advice import Dialect, DropAdvice, TableHealth
from aegis_cli.model.facts.indexes import IndexMethod
from aegis_cli.model.finding import Fix, FixKind
from aegis_cli.model.text import Text
from aegis_cli.rules.indexes._wording import lines

_WAY_BACK = "-- the way back:"


def guards_something(index: ExistingIndex) -> bool:
    """Tell whether an index does more than answer queries, so that it is never dropped."""
    return (
        index.constraint is not None
        or index.definition.is_unique
        or index.is_replica_identity
        or index.parent is not None
    )


def drop_of(health: TableHealth, index: ExistingIndex) -> str:
    """Return the statements that drop an index, and as a comment those that bring it back."""
    return lines(_drop(health, index), _WAY_BACK, f"-- {index.ddl.rstrip(';')};")


def drop_of_advice(advice: DropAdvice) -> str:
    """Return the statements that drop an index, and as a comment those that bring it back."""
    drop = advice.ddl or drop_statement(advice.table, advice.index.name)
    return lines(drop, _WAY_BACK, f"-- {advice.index.ddl.rstrip(';')};")


def drop_fix(name: str, text: str, recheck: str) -> Fix:
    """Build the fix that drops an index."""
    return Fix(
        summary=Text(en=f"Drop the index {name}.", ko=f"{name} 인덱스를 삭제합니다."),
        kind=FixKind.DDL,
        text=text,
        recheck=recheck,
    )


def is_btree(index: ExistingIndex) -> bool:
    """Tell whether an index is sorted, so that its first keys serve alone."""
    return index.definition.method is IndexMethod.BTREE


def _drop(health: TableHealth, index: ExistingIndex) -> str:
    table = health.table
    if health.dialect is Dialect.POSTGRESQL:
        is_partitioned = table.kind is TableKind.PARTITIONED
        return drop_statement(table.name, index.name, is_partitioned=is_partitioned)
    is_online = CLUSTERED in table.options
    return drop_statement_of(health.dialect, index.name, table.name, is_online=is_online)
