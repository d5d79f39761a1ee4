"""Guess from names alone which rows of two tables belong together."""

from aegis_cli.model.facts.executions import Statement
from aegis_cli.model.facts.shapes import Operand, Shape

_KEY_NAMES = frozenset({"id", "pk", "uuid", "guid"})
_ID = "_id"


def bare(table: str) -> str:
    """Return a table's name without schema and quotes."""
    return table.rpartition(".")[2].strip('"')


def singular(word: str) -> str:
    """Return the singular of an English table name, as ORMs derive it."""
    if word.endswith("ies") and len(word) > len("ties"):
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def plural(word: str) -> str:
    """Return the plural of an English word, as a list of rows is named."""
    if singular(word) != word:
        return word
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


def entity_names(table: str) -> frozenset[str]:
    """Return the words that a column may use for a table's rows.

    Django prefixes tables with the application, so `shop_author` is also `author`.
    """
    name = bare(table).lower()
    words = {name, name.partition("_")[2] or name}
    return frozenset(words | {singular(word) for word in words})


def key_column(shape: Shape) -> str:
    """Return the column by which a lookup finds its rows; a key-like name wins."""
    columns = [
        each.column
        for each in shape.predicates
        if each.operator == "=" and each.operand is Operand.VALUE
    ]
    keyed = [each for each in columns if _looks_like_key(each)]
    return (keyed or columns or [""])[0]


def is_own_key(column: str, table: str) -> bool:
    """Tell whether a column looks like the primary key of its own table."""
    name = column.lower()
    return name in _KEY_NAMES or any(name == each + _ID for each in entity_names(table))


def are_linked(parent: Statement, child: Statement) -> bool:
    """Tell whether the names say that the child's key comes from the parent's rows."""
    key = key_column(child.shape).lower()
    selected = {each.lower() for each in parent.shape.selected_columns}
    return is_child_of(parent, child) or (key.endswith(_ID) and key in selected)


def is_child_of(parent: Statement, child: Statement) -> bool:
    """Tell whether one of the two tables names the rows of the other."""
    key = key_column(child.shape).lower()
    if not key or not child.shape.tables_read:
        return False
    table = child.shape.tables_read[0]
    if is_own_key(key, table):
        return bool(foreign_key(parent, table))
    owners = {word for each in parent.shape.tables_read for word in entity_names(each)}
    return key in {each + _ID for each in owners}


def foreign_key(parent: Statement, table: str) -> str:
    """Return the column of the parent's rows that names a row of a table, or an empty text.

    A column may say more than the table's name: `shipping_address_id` is the id of an address.
    """
    columns = [each.lower() for each in parent.shape.selected_columns]
    wanted = {each + _ID for each in entity_names(table)}
    longer = tuple(f"_{each}" for each in wanted)
    exact = (each for each in columns if each in wanted)
    return next(iter((*exact, *(each for each in columns if each.endswith(longer)))), "")


def class_name(table: str) -> str:
    """Return the model class that an ORM would give a table.

    Django names a table by application and model, in the singular; a table in the plural has its
    name from elsewhere, without a prefix.
    """
    name = bare(table).lower()
    is_plural = singular(name) != name
    word = singular(name) if is_plural else name.partition("_")[2] or name
    return "".join(part.capitalize() for part in word.split("_"))


def _looks_like_key(column: str) -> bool:
    return column.lower() in _KEY_NAMES or column.lower().endswith(_ID)
