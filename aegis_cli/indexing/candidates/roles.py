"""What each column of a table is for in one statement: equality, range, order, payload."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.indexing.distinct import column_distinct
from aegis_cli.indexing.tables import TableFacts
from aegis_cli.model.facts.accesses import Condition, SortKey, TableAccess
from aegis_cli.model.facts.indexes import IndexKey

EQUALITY = frozenset({"=", "IN", "= ANY", "IS NULL", "IS NOT DISTINCT FROM", "IS TRUE", "IS FALSE"})
RANGE = frozenset({"<", "<=", ">", ">=", "BETWEEN"})
PREFIX = frozenset({"LIKE", "~~", "^@"})
_UNFIT = re.compile(
    r"\b(?:now|random|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday"
    r"|current_(?:date|time|timestamp|user)|localtime(?:stamp)?|nextval|currval"
    # Aggregates order groups, not rows.
    r"|sum|count|avg|min|max|array_agg|string_agg|bool_and|bool_or)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """One access to one table, as index keys."""

    facts: TableFacts
    access: TableAccess
    equality: tuple[IndexKey, ...]
    """Compared with constants or joined, the most selective first."""
    constant_equality: tuple[IndexKey, ...]
    """Of these, the ones compared with constants: what follows them in an index is sorted."""
    ranges: tuple[IndexKey, ...]
    alternatives: tuple[IndexKey, ...]
    """In an OR: only an index that starts with them helps."""
    order: tuple[IndexKey, ...]
    group: tuple[IndexKey, ...]

    @property
    def keys(self) -> tuple[IndexKey, ...]:
        """Return every key an index for this access might start with."""
        return _unique((*self.equality, *self.ranges, *self.alternatives, *self.order, *self.group))


def roles_of(access: TableAccess, facts: TableFacts, *, has_c_collation: bool) -> Roles:
    """Sort out what an access does with the columns of its table."""
    usable = [each for each in access.conditions if _is_indexable(each, facts)]
    plain = [each for each in usable if not each.in_or]
    constants = [_key(each) for each in plain if each.operator in EQUALITY]
    joined = [
        IndexKey(text=each.column) for each in access.joins if facts.table.column(each.column)
    ]
    equality = sorted(_unique((*constants, *joined)), key=lambda each: -_distinct(each, facts))
    return Roles(
        facts=facts,
        access=access,
        equality=tuple(equality),
        constant_equality=tuple(each for each in equality if each in constants),
        ranges=_unique(_ranges(plain, facts, has_c_collation=has_c_collation)),
        alternatives=_unique(
            (
                *(_key(each) for each in usable if each.in_or and each.operator in EQUALITY),
                *_ranges(
                    [each for each in usable if each.in_or], facts, has_c_collation=has_c_collation
                ),
            )
        ),
        order=_order_keys(access.order_by, facts),
        group=tuple(
            IndexKey(text=each)
            for each in dict.fromkeys(access.group_by)
            if facts.table.column(each)
        ),
    )


def prefix_class(column: str, facts: TableFacts, *, has_c_collation: bool) -> str | None:
    """Return the operator class with which a btree serves LIKE 'x%'; None for the default one."""
    found = facts.table.column(column)
    if found is None or found.collation in {'"C"', '"POSIX"', "C", "POSIX"}:
        return None
    if has_c_collation and found.collation is None:
        return None
    if found.type_name.startswith("character varying"):
        return "varchar_pattern_ops"
    return "bpchar_pattern_ops" if found.type_name.startswith("character") else "text_pattern_ops"


def starts_with_wildcard(condition: Condition) -> bool | None:
    """Tell whether a LIKE pattern starts with a wildcard; None when the pattern is not known."""
    if condition.constant is None or "'" not in condition.constant:
        return None
    return condition.constant.partition("'")[2][:1] in {"%", "_"}


def _ranges(
    conditions: list[Condition], facts: TableFacts, *, has_c_collation: bool
) -> Iterator[IndexKey]:
    for each in conditions:
        if each.operator in RANGE:
            yield _key(each)
        elif each.operator in PREFIX and each.column and starts_with_wildcard(each) is not True:
            operators = prefix_class(each.column, facts, has_c_collation=has_c_collation)
            yield IndexKey(text=each.column, operator_class=operators)


def _is_indexable(condition: Condition, facts: TableFacts) -> bool:
    if condition.column is not None:
        return facts.table.column(condition.column) is not None
    return condition.expression is not None and not _UNFIT.search(condition.expression)


def _key(condition: Condition) -> IndexKey:
    if condition.column is not None:
        return IndexKey(text=condition.column)
    return IndexKey(text=condition.expression or "", is_expression=True)


def _order_keys(order: tuple[SortKey, ...], facts: TableFacts) -> tuple[IndexKey, ...]:
    """Return the keys of an ORDER BY, plain where one direction of reading gives the order."""
    known = [each for each in order if each.is_expression or facts.table.column(each.text)]
    if len(known) != len(order) or any(_UNFIT.search(each.text) for each in order):
        return ()
    wanted = [
        (each.descending, each.nulls_first if each.nulls_first is not None else each.descending)
        for each in order
    ]
    if all(descending for descending, _ in wanted):
        wanted = [(not descending, not nulls) for descending, nulls in wanted]
    return _unique(
        IndexKey(
            text=each.text,
            is_expression=each.is_expression,
            descending=descending,
            nulls_first=None if nulls == descending else nulls,
        )
        for each, (descending, nulls) in zip(order, wanted, strict=True)
    )


def _distinct(key: IndexKey, facts: TableFacts) -> float:
    return facts.rows if key.is_expression else column_distinct(key.text, facts)


def _unique(keys: Iterator[IndexKey] | tuple[IndexKey, ...]) -> tuple[IndexKey, ...]:
    return tuple(dict.fromkeys(keys))
