"""CREATE INDEX for a definition, every name quoted."""

from psycopg2 import sql

from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, TableName


def create_index(
    definition: IndexDefinition, *, name: str | None = None, table: TableName | None = None
) -> sql.Composed:
    """Return CREATE INDEX for a definition.

    Args:
        definition: Keys, payload, predicate and method.
        name: Unquoted name; the server chooses one when absent.
        table: Another table than the definition's: one of its partitions.
    """
    target = table or definition.table
    parts: list[sql.Composable] = [
        sql.SQL("CREATE UNIQUE INDEX" if definition.is_unique else "CREATE INDEX")
    ]
    if name:
        parts.append(sql.Identifier(name))
    parts.append(sql.SQL("ON {}").format(sql.Identifier(target.schema, target.name)))
    keys = sql.SQL(", ").join(_key(each) for each in definition.keys)
    parts.append(sql.SQL("USING {} ({})").format(sql.Identifier(definition.method), keys))
    if definition.include:
        payload = sql.SQL(", ").join(sql.Identifier(each) for each in definition.include)
        parts.append(sql.SQL("INCLUDE ({})").format(payload))
    if definition.predicate:
        parts.append(sql.SQL("WHERE ") + sql.SQL(definition.predicate))
    return sql.SQL(" ").join(parts)


def _key(key: IndexKey) -> sql.Composed:
    subject: sql.Composable = sql.Identifier(key.text)
    if key.is_expression:
        subject = sql.SQL("(") + sql.SQL(key.text) + sql.SQL(")")
    parts = [subject]
    if key.collation:
        parts.append(sql.SQL("COLLATE ") + sql.SQL(key.collation))
    if key.operator_class:
        parts.append(sql.SQL(key.operator_class))
    if key.descending:
        parts.append(sql.SQL("DESC"))
    if key.nulls_first is not None:
        parts.append(sql.SQL("NULLS FIRST" if key.nulls_first else "NULLS LAST"))
    return sql.SQL(" ").join(parts)
