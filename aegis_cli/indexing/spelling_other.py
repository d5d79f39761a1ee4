"""Spell indexes for SQLite, MySQL and MariaDB."""

import re
from collections.abc import Callable

from aegis_cli.model.facts.catalog import Table
from aegis_cli.model.facts.index_advice import Dialect
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, TableName

MYSQL_PREFIX_CHARACTERS = 191
"""The longest prefix that fits 767 bytes in utf8mb4, InnoDB's limit for compact row formats."""

# So that the server refuses, instead of blocking writes, where it cannot build online.
_ONLINE = " ALGORITHM=INPLACE LOCK=NONE"
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")
_LONG_TEXTS = re.compile(r"(?:tiny|medium|long)?(?:text|blob)\b", re.IGNORECASE)
_LONG_VARYING = re.compile(r"(?:var)?(?:char|binary)\((\d+)\)", re.IGNORECASE)
_MOST_KEY_CHARACTERS = 768
"""Characters of utf8mb4 within the 3072 bytes of an InnoDB key of dynamic row format."""
_RESERVED_WORDS = """
    add all alter analyze and as asc between by call case change check collate column condition
    constraint create cross cursor database default delete desc describe distinct div drop else
    exists explain false fetch float for foreign from fulltext function generated grant group
    groups having if ignore in index inner insert int integer interval into is join key keys kill
    leading left like limit lines load lock long loop match mod natural not null of on or order
    outer over partition precision primary procedure range rank read recursive references release
    rename repeat replace require restrict return revoke right row rows schema select separator
    set show signal smallint sql system table terminated then to trailing trigger true undo union
    unique unlock unsigned update usage use using values varchar when where while window with
    write xor zerofill abort action after attach before begin cascade cast commit conflict
    current_date current_time current_timestamp deferrable deferred detach do each end escape
    except exclude exclusive fail filter first following full glob immediate indexed initially
    instead intersect isnull last no nothing notnull nulls offset others plan pragma preceding
    query raise regexp reindex returning rollback savepoint temp temporary ties transaction
    unbounded vacuum view virtual without
"""
_RESERVED = frozenset(_RESERVED_WORDS.split())


def create_statement_of(
    dialect: Dialect,
    name: str,
    definition: IndexDefinition,
    table: Table | None = None,
    *,
    is_online: bool = True,
) -> str:
    """Return the statement that creates an index.

    Args:
        dialect: SQLite's or MySQL's.
        name: The index's name, unquoted.
        definition: What it is.
        table: Gives the types of the columns: MySQL indexes long text by its beginning only.
        is_online: Whether MySQL's storage engine can build it while rows are written; InnoDB can.
    """
    quote = _quote_of(dialect)
    keys = ", ".join(_key(each, dialect, table) for each in definition.keys)
    unique = "UNIQUE " if definition.is_unique else ""
    if dialect is Dialect.SQLITE:
        schema = definition.table.schema
        owner = "" if schema == "main" else f"{quote(schema)}."
        where = f" WHERE {definition.predicate}" if definition.predicate else ""
        target = quote(definition.table.name)
        return f"CREATE {unique}INDEX {owner}{quote(name)} ON {target} ({keys}){where};"
    target = quote(definition.table.name)
    return f"CREATE {unique}INDEX {quote(name)} ON {target} ({keys}){_ONLINE * is_online};"


def drop_statement_of(
    dialect: Dialect, name: str, table: TableName, *, is_online: bool = True
) -> str:
    """Return the statement that drops an index."""
    quote = _quote_of(dialect)
    if dialect is Dialect.SQLITE:
        owner = "" if table.schema == "main" else f"{quote(table.schema)}."
        return f"DROP INDEX {owner}{quote(name)};"
    return f"DROP INDEX {quote(name)} ON {quote(table.name)}{_ONLINE * is_online};"


def prefix_length(type_name: str) -> int | None:
    """Return of how many characters MySQL can index a column's beginning; None for all."""
    if _LONG_TEXTS.match(type_name):
        return MYSQL_PREFIX_CHARACTERS
    varying = _LONG_VARYING.match(type_name)
    if varying is not None and int(varying[1]) > _MOST_KEY_CHARACTERS:
        return MYSQL_PREFIX_CHARACTERS
    return None


def quote_double(name: str) -> str:
    """Quote a name for SQLite where that is needed."""
    if _PLAIN.match(name) and name not in _RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


def quote_backtick(name: str) -> str:
    """Quote a name for MySQL where that is needed."""
    if _PLAIN.match(name) and name not in _RESERVED:
        return name
    return "`" + name.replace("`", "``") + "`"


def _quote_of(dialect: Dialect) -> Callable[[str], str]:
    return quote_double if dialect is Dialect.SQLITE else quote_backtick


def _key(key: IndexKey, dialect: Dialect, table: Table | None) -> str:
    direction = " DESC" if key.descending else ""
    if key.is_expression:
        is_prefix = re.fullmatch(r"\w+\(\d+\)", key.text) is not None
        text = key.text if dialect is Dialect.SQLITE or is_prefix else f"({key.text})"
        return text + direction
    collation = f" COLLATE {key.collation}" if key.collation else ""
    column = table.column(key.text) if table is not None else None
    length = prefix_length(column.type_name) if column and dialect is Dialect.MYSQL else None
    prefix = f"({length})" if length else ""
    return _quote_of(dialect)(key.text) + prefix + collation + direction
