"""Spell indexes as Django's `Meta.indexes`, or as a migration where Django has no words for one."""

import hashlib
from collections.abc import Collection

from aegis_cli.indexing.spelling import create_one, drop_statement
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod
from aegis_cli.sqltext.index_terms import Call, Comparison, Compound, Term, call_of, term_of

LONGEST_NAME = 30
"""Characters of an index's name in Django (`Index.max_name_length`), for Oracle's sake."""

_CLASSES = {
    IndexMethod.BTREE: "models.Index",
    IndexMethod.HASH: "HashIndex",
    IndexMethod.GIN: "GinIndex",
    IndexMethod.GIST: "GistIndex",
    IndexMethod.SPGIST: "SpGistIndex",
    IndexMethod.BRIN: "BrinIndex",
}
_FUNCTIONS = {
    "lower": "Lower",
    "upper": "Upper",
    "length": "Length",
    "btrim": "Trim",
    "abs": "Abs",
    "md5": "MD5",
    "reverse": "Reverse",
}
_LOOKUPS = {"=": "", "<": "__lt", "<=": "__lte", ">": "__gt", ">=": "__gte", "IN": "__in"}
_DIGEST_LENGTH = 6
_IN_META = "# class Meta; in the migration AddIndexConcurrently, with atomic = False"
_NEEDS = "needs 'django.contrib.postgres' in INSTALLED_APPS"
_IN_MIGRATION = "# in a migration, with atomic = False"


def django_index(definition: IndexDefinition, name: str, foreign_keys: Collection[str] = ()) -> str:
    """Return the index in the words of Django.

    Args:
        definition: The index.
        name: Its name in the DDL, which is shortened to 30 characters.
        foreign_keys: Columns that are foreign keys: `user_id` is then the field `user`.
    """
    spelled = _spelled(definition, django_name(name), frozenset(foreign_keys))
    if spelled is None:
        create, drop = create_one(definition, name), drop_statement(definition.table, name)
        return f"{_IN_MIGRATION}\nmigrations.RunSQL({create!r}, reverse_sql={drop!r})"
    needs = f"; {_NEEDS}" if "OpClass(" in spelled else ""
    return f"{_IN_META}{needs}\nindexes = [{spelled}]"


def django_name(name: str) -> str:
    """Return a name that Django accepts: short names as they are, others end in a digest."""
    if len(name) <= LONGEST_NAME and name.isascii():
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST_LENGTH]
    ending = f"_{digest}_idx"
    bare = "".join(each for each in name.removesuffix("_idx") if each.isascii())
    return bare[: LONGEST_NAME - len(ending)].rstrip("_") + ending


def _spelled(definition: IndexDefinition, name: str, foreign_keys: frozenset[str]) -> str | None:
    """Return the call that makes the index; None where Django has no words for a part of it."""
    method = _CLASSES.get(definition.method)
    keys = _keys(definition, foreign_keys)
    condition = _condition(definition.predicate)
    if method is None or keys is None or condition is None or definition.is_unique:
        return None
    parts = [keys, f"name={name!r}"]
    if condition:
        parts.append(f"condition={condition}")
    if definition.include:
        parts.append(f"include={[_field(each, foreign_keys) for each in definition.include]!r}")
    return f"{method}({', '.join(parts)})"


def _keys(definition: IndexDefinition, foreign_keys: frozenset[str]) -> str | None:
    keys = definition.keys
    classes = [each.operator_class for each in keys]
    is_plain = not any(map(_needs_expression, keys)) and (all(classes) or not any(classes))
    if is_plain:
        fields = [
            f"{'-' if each.descending else ''}{_field(each.text, foreign_keys)}" for each in keys
        ]
        return f"fields={fields!r}" + (f", opclasses={classes!r}" if any(classes) else "")
    expressions = [_expression(each, foreign_keys) for each in keys]
    known = [each for each in expressions if each is not None]
    return ", ".join(known) if len(known) == len(keys) else None


def _needs_expression(key: IndexKey) -> bool:
    is_default_order = key.nulls_first is None or key.nulls_first is key.descending
    return key.is_expression or key.collation is not None or not is_default_order


def _field(column: str, foreign_keys: frozenset[str]) -> str:
    is_reference = column in foreign_keys and column.endswith("_id")
    return column.removesuffix("_id") if is_reference else column


def _expression(key: IndexKey, foreign_keys: frozenset[str]) -> str | None:
    inner = f"F({_field(key.text, foreign_keys)!r})"
    if key.is_expression:
        call = call_of(key.text)
        spelled = None if call is None else _call(call)
        if spelled is None:
            return None
        inner = spelled
    if key.collation:
        inner = f"Collate({inner}, {_bare(key.collation)!r})"
    if key.operator_class:
        inner = f"OpClass({inner}, name={key.operator_class!r})"
    return inner + _order(key)


def _order(key: IndexKey) -> str:
    direction = "desc" if key.descending else "asc"
    if key.nulls_first is not None and key.nulls_first is not key.descending:
        nulls = "nulls_first" if key.nulls_first else "nulls_last"
        return f".{direction}({nulls}=True)"
    return ".desc()" if key.descending else ""


def _bare(collation: str) -> str:
    return collation.strip('"')


def _call(call: Call) -> str | None:
    if call.json_key is not None:
        return f"KeyTextTransform({call.json_key!r}, {call.column!r})"
    function = _FUNCTIONS.get(call.function)
    return None if function is None else f"{function}({call.column!r})"


def _condition(predicate: str | None) -> str | None:
    """Return the predicate as a Q; empty without one, None where Django has no words for it."""
    if predicate is None:
        return ""
    term = term_of(predicate)
    return None if term is None else _q(term)


def _q(term: Term) -> str:
    match term:
        case Comparison():
            return _comparison(term)
        case Compound(operator="NOT"):
            return f"~{_q(term.terms[0])}"
        case Compound():
            sign = " & " if term.operator == "AND" else " | "
            return f"({sign.join(map(_q, term.terms))})"


def _comparison(term: Comparison) -> str:
    column = term.column
    match term.operator:
        case "IS NULL" | "IS NOT NULL":
            return f"models.Q({column}__isnull={term.operator == 'IS NULL'})"
        case "<>":
            return f"~models.Q({column}={term.constants[0]!r})"
        case "IN":
            return f"models.Q({column}__in={list(term.constants)!r})"
        case _:
            return f"models.Q({column}{_LOOKUPS[term.operator]}={term.constants[0]!r})"
