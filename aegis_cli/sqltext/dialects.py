"""Understand statements of SQLite and MySQL: what they read, compare, join, sort and write."""

import re
from dataclasses import dataclass
from hashlib import blake2b

from sqlglot import exp

from aegis_cli.model.facts.accesses import StatementAccess
from aegis_cli.model.facts.index_advice import Dialect
from aegis_cli.model.facts.shapes import StatementKind
from aegis_cli.sqltext.dialect_blocks import Block, ColumnsOf, Query
from aegis_cli.sqltext.dialect_text import UnreadableStatement, parse_statement

_KINDS: dict[type[exp.Expr], StatementKind] = {
    exp.Insert: StatementKind.INSERT,
    exp.Update: StatementKind.UPDATE,
    exp.Delete: StatementKind.DELETE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DialectStatement:
    """A statement as its own dialect means it."""

    kind: StatementKind
    access: StatementAccess
    inserted_rows: int | None = None
    """Tuples of an INSERT … VALUES; None for any other statement."""


def read_statement(sql: str, dialect: Dialect, columns_of: ColumnsOf) -> DialectStatement:
    """Return what a statement does; its `access.problem` says why a text is not understood.

    Args:
        sql: One statement, with literals or bind values of any notation.
        dialect: SQLite's or MySQL's; MariaDB's is MySQL's.
        columns_of: Gives the columns of a table by the name a statement uses, None if unknown.
    """
    try:
        tree = parse_statement(sql, dialect)
        return _statement(tree, dialect, columns_of)
    except (UnreadableStatement, RecursionError) as error:
        reason = str(error) if isinstance(error, UnreadableStatement) else "it nests too deeply"
        return DialectStatement(kind=StatementKind.OTHER, access=StatementAccess(problem=reason))


def accesses_of_dialect(sql: str, dialect: Dialect, columns_of: ColumnsOf) -> StatementAccess:
    """Return how a statement gets at the rows of each table, see `read_statement`."""
    return read_statement(sql, dialect, columns_of).access


def fingerprint_of_dialect(masked: str) -> str:
    """Return the id of a masked statement: 16 hexadecimal digits of a hash of its text."""
    return blake2b(masked.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _statement(tree: exp.Expr, dialect: Dialect, columns_of: ColumnsOf) -> DialectStatement:
    query = Query(dialect=dialect, columns_of=columns_of)
    block = query.read(tree)
    return DialectStatement(
        kind=_KINDS.get(type(tree), StatementKind.SELECT),
        access=StatementAccess(
            tables=tuple(each.access() for each in query.appearances),
            highest_parameter=sum(1 for _ in tree.find_all(exp.Placeholder)),
            written_table=_written_table(tree),
            written_columns=_written_columns(tree, block),
        ),
        inserted_rows=_inserted_rows(tree),
    )


def _written_table(tree: exp.Expr) -> str | None:
    if not isinstance(tree, exp.Insert | exp.Update | exp.Delete):
        return None
    target = tree.this
    if isinstance(tree, exp.Delete) and tree.args.get("tables"):
        target = tree.args["tables"][0]
    table = target if isinstance(target, exp.Table) else target.find(exp.Table)
    return ".".join(part for part in (table.db, table.name) if part) if table else None


def _written_columns(tree: exp.Expr, block: Block | None) -> tuple[str, ...]:
    if not isinstance(tree, exp.Update):
        return ()
    targets = [each.this for each in tree.expressions if isinstance(each, exp.EQ)]
    columns = [each for each in targets if isinstance(each, exp.Column)]
    found = [block.spelled(each) if block else each.name for each in columns]
    return tuple(dict.fromkeys(found))


def _inserted_rows(tree: exp.Expr) -> int | None:
    if not isinstance(tree, exp.Insert) or not isinstance(tree.expression, exp.Values):
        return None
    return len(tree.expression.expressions)


def statement_of_view(sql: str) -> str:
    """Return the query of a CREATE VIEW, or the text itself when it is none."""
    found = re.search(r"\bAS\b\s*(?=\(?\s*(?:SELECT|WITH|VALUES)\b)", sql, re.IGNORECASE)
    is_view = re.match(r"\s*CREATE\b", sql, re.IGNORECASE) is not None
    return sql[found.end() :] if found is not None and is_view else sql
