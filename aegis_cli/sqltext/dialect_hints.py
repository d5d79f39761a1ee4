"""Index hints in statements of MySQL: which indexes they name, and how to forbid one."""

from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from aegis_cli.model.facts.index_advice import Dialect
from aegis_cli.sqltext.dialect_text import UnreadableStatement


def hinted_indexes(sql: str) -> frozenset[str]:
    """Return the indexes that a statement names in USE, FORCE or IGNORE INDEX, in lower case.

    Such a statement fails once an index that it names is gone.

    Raises:
        UnreadableStatement: The text is no statement as far as the parser knows.
    """
    return frozenset(
        name.name.lower()
        for hint in _parsed(sql).find_all(exp.IndexTableHint)
        for name in hint.expressions
    )


def without_index(sql: str, table: str, index: str) -> str:
    """Return a statement that may not read an index, wherever it names the index's table.

    `IGNORE INDEX` makes the planner plan as if the index were not there, and changes nothing on
    the server (MySQL's manual, "Index Hints"; MariaDB's, "IGNORE INDEX").

    Args:
        sql: A SELECT.
        table: Unquoted name of the table, without its database.
        index: Unquoted name of the index.

    Raises:
        UnreadableStatement: The parser does not know the text, or finds no place for the hint.
    """
    root = _parsed(sql)
    places = sorted(_places(root, table), reverse=True)
    if not places:
        raise UnreadableStatement(f"{table} is not named in it")
    doubled = index.replace("`", "``")
    hinted = sql
    for place in places:
        hinted = f"{hinted[:place]} IGNORE INDEX (`{doubled}`){hinted[place:]}"
    return hinted


def _parsed(sql: str) -> exp.Expr:
    try:
        return sqlglot.parse_one(sql, dialect=Dialect.MYSQL.value)
    except (SqlglotError, RecursionError) as error:
        raise UnreadableStatement("the parser does not know it") from error


def _places(root: exp.Expr, table: str) -> Iterator[int]:
    """Yield where the name of the table, or its alias, ends."""
    derived = {each.alias.lower() for each in root.find_all(exp.CTE)}
    for each in root.find_all(exp.Table):
        is_derived = not each.db and each.name.lower() in derived
        if each.name.lower() != table.lower() or is_derived:
            continue
        alias = each.args.get("alias")
        last = alias.this if isinstance(alias, exp.TableAlias) and alias.this else each.this
        end = last.meta.get("end")
        if not isinstance(end, int) or (last is each.this and each.args.get("partition")):
            raise UnreadableStatement(f"no place for a hint on {table} was found")
        yield end + 1
