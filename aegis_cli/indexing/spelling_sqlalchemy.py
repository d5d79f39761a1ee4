"""Spell indexes as SQLAlchemy's `Index`, for `__table_args__` or a `Table`."""

from aegis_cli.indexing.spelling import key_sql
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod


def sqlalchemy_index(definition: IndexDefinition, name: str) -> str:
    """Return the index in the words of SQLAlchemy.

    With Alembic, `postgresql_concurrently` needs `with op.get_context().autocommit_block():`.
    """
    parts = [repr(name), *(_key(each) for each in definition.keys)]
    if definition.is_unique:
        parts.append("unique=True")
    if definition.method is not IndexMethod.BTREE:
        parts.append(f"postgresql_using={definition.method.value!r}")
    classes = {
        each.text: each.operator_class
        for each in definition.keys
        if each.operator_class and _is_bare(each)
    }
    if classes:
        parts.append(f"postgresql_ops={classes!r}")
    if definition.include:
        parts.append(f"postgresql_include={list(definition.include)!r}")
    if definition.predicate:
        parts.append(f"postgresql_where=text({_escaped(definition.predicate)!r})")
    parts.append("postgresql_concurrently=True")
    return f"# __table_args__; with Alembic in an autocommit_block()\nIndex({', '.join(parts)})"


def _key(key: IndexKey) -> str:
    return repr(key.text) if _is_bare(key) else f"text({_escaped(key_sql(key))!r})"


def _is_bare(key: IndexKey) -> bool:
    """Tell whether the column's name, with at most an operator class, says all of the key."""
    is_default = key.nulls_first is None or key.nulls_first is key.descending
    return not (key.is_expression or key.descending or key.collation) and is_default


def _escaped(sql: str) -> str:
    r"""Protect colons, which `text()` reads as parameters unless they are doubled or escaped."""
    return sql.replace("::", "\0").replace(":", r"\:").replace("\0", "::")
