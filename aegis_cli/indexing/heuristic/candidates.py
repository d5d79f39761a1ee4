"""Propose the indexes that a statement's conditions, joins and orders could use."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import permutations

from aegis_cli.indexing.heuristic.knowledge import Catalog, Knowledge, key_texts
from aegis_cli.indexing.heuristic.shares import is_equality, is_range, key_of, share_of
from aegis_cli.indexing.limits import Limits
from aegis_cli.model.facts.accesses import Condition, StatementAccess, TableAccess
from aegis_cli.model.facts.catalog import ConstraintKind, Table
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey
from aegis_cli.model.facts.shapes import Operand

_MOST_EQUALITIES = 4
"""Of so many equalities the most selective ones are combined; more make no better index."""
_PARTIAL_SHARE = 0.25
"""An index on part of a table must leave out most of it."""
_MOST_PREDICATE_VALUES = 20
"""A column with more values is a key rather than a state, and the next execution names another
one: an index on the rows of one value would serve it alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """Which kinds of index a database has."""

    partial: bool = False
    expressions: bool = False
    descending: bool = True
    refused_types: tuple[str, ...] = ()
    """Beginnings of type names, in lower case, that cannot be a key."""


def candidates_of(
    accesses: Iterable[StatementAccess],
    catalog: Catalog,
    knowledge: Knowledge,
    limits: Limits,
    abilities: Abilities,
) -> tuple[IndexDefinition, ...]:
    """Return the indexes worth asking about, without those that exist already."""
    found: dict[IndexDefinition, None] = {}
    for statement in accesses:
        for access in statement.tables:
            table = catalog.find(access.table)
            if table is None or not limits.permits(table.name):
                continue
            proposer = _Proposer(table, access, knowledge, limits, abilities)
            found.update(dict.fromkeys(each for each in proposer.all() if not exists(each, table)))
    return tuple(found)


def exists(definition: IndexDefinition, table: Table) -> bool:
    """Tell whether an index of the table begins with the same keys, or finds one row anyway."""
    wanted = _directed(definition)
    if any(set(each) <= set(key_texts(definition)) for each in _unique_keys(table)):
        return True
    return any(
        _directed(each.definition)[: len(wanted)] == wanted
        and each.definition.predicate in (None, definition.predicate)
        for each in table.indexes
    )


def serves_order(definition: IndexDefinition, access: TableAccess) -> bool:
    """Tell whether an index gives an appearance's rows in the order asked for, without a sort."""
    order = tuple(each.text.lower() for each in access.order_by)
    keys = key_texts(definition)
    before = keys[: len(keys) - len(order)]
    named = {key_of(each).lower() for each in access.conditions if is_equality(each)}
    return bool(order) and keys[len(before) :] == order and set(before) <= named


def _unique_keys(table: Table) -> Iterator[tuple[str, ...]]:
    for each in table.indexes:
        if each.definition.is_unique and each.definition.predicate is None:
            yield key_texts(each.definition)
    for constraint in table.constraints:
        if constraint.kind is ConstraintKind.PRIMARY_KEY:
            yield tuple(each.lower() for each in constraint.columns)


def _directed(definition: IndexDefinition) -> tuple[tuple[str, bool], ...]:
    descending = tuple(each.descending for each in definition.keys)
    return tuple(zip(key_texts(definition), descending, strict=True))


class _Proposer:
    """Proposes for one appearance of one table."""

    def __init__(
        self,
        table: Table,
        access: TableAccess,
        knowledge: Knowledge,
        limits: Limits,
        abilities: Abilities,
    ) -> None:
        self._table = table
        self._access = access
        self._knowledge = knowledge
        self._limits = limits
        self._abilities = abilities

    def all(self) -> Iterator[IndexDefinition]:
        """Yield every candidate, possibly more than once."""
        equal = self._equalities()
        for keys in self._key_lists(equal):
            yield IndexDefinition(table=self._table.name, keys=keys)
        if self._abilities.partial and self._limits.allow_partial and self._limits.is_thorough:
            yield from self._partial(equal)

    def _key_lists(self, equal: list[IndexKey]) -> Iterator[tuple[IndexKey, ...]]:
        joins = [key for each in self._access.joins for key in self._column(each.column)]
        tails = [*self._ranges(), *self._orders()]
        heads = [*_heads(equal, joins)]
        for head in heads:
            yield from self._fitting(head)
            for tail in tails:
                rest = tuple(each for each in tail if each.text not in {key.text for key in head})
                yield from self._fitting((*head, *rest))
            yield from self._covering(head)
        for tail in tails:
            yield from self._fitting(tail)

    def _fitting(self, keys: tuple[IndexKey, ...]) -> Iterator[tuple[IndexKey, ...]]:
        if 0 < len(keys) <= self._limits.max_width:
            yield keys

    def _covering(self, head: tuple[IndexKey, ...]) -> Iterator[tuple[IndexKey, ...]]:
        """Yield the keys with all other columns read behind them, so that no row is fetched."""
        if self._access.reads_all_columns or not self._limits.is_thorough or not head:
            return
        names = {each.text for each in head}
        rest = [each for each in self._access.columns_read if each not in names]
        keys = [key for each in rest for key in self._column(each)]
        if len(keys) == len(rest):
            yield from self._fitting((*head, *keys))

    def _equalities(self) -> list[IndexKey]:
        """Return the keys compared for equality, the most selective first."""
        chosen: dict[str, tuple[float, IndexKey]] = {}
        for condition in self._access.conditions:
            if not (is_equality(condition) or _is_alternative(condition)):
                continue
            for key in self._keys(condition):
                alone = replace(condition, in_or=False)
                share = share_of(self._table.name, alone, self._knowledge)
                chosen.setdefault(key.text, (share, key))
        ranked = sorted(chosen.values(), key=lambda each: (each[0], each[1].text))
        return [key for _, key in ranked[:_MOST_EQUALITIES]]

    def _ranges(self) -> Iterator[tuple[IndexKey, ...]]:
        for condition in self._access.conditions:
            if is_range(condition):
                for key in self._keys(condition):
                    yield (key,)

    def _orders(self) -> Iterator[tuple[IndexKey, ...]]:
        order = self._access.order_by
        plain = [key for each in order for key in self._column(each.text) if not each.is_expression]
        if order and len(plain) == len(order):
            is_mixed = len({each.descending for each in order}) > 1
            if not is_mixed:
                yield tuple(plain)
            elif self._abilities.descending:
                yield tuple(
                    replace(key, descending=each.descending)
                    for key, each in zip(plain, order, strict=True)
                )
        group = [key for each in self._access.group_by for key in self._column(each)]
        if group and len(group) == len(self._access.group_by):
            yield tuple(group)

    def _partial(self, equal: list[IndexKey]) -> Iterator[IndexDefinition]:
        """Yield indexes on the rows that a condition with fixed values keeps."""
        for condition in self._access.conditions:
            if not _can_be_predicate(condition) or not self._is_state(condition):
                continue
            if share_of(self._table.name, condition, self._knowledge) > _PARTIAL_SHARE:
                continue
            rest = [each for each in equal if each.text != condition.column]
            tails = [*self._ranges(), *self._orders()]
            for keys in ((*rest[:1],), *((*rest[:1], *tail) for tail in tails)):
                wanted = tuple(dict.fromkeys(keys))
                for fitting in self._fitting(wanted):
                    yield IndexDefinition(
                        table=self._table.name, keys=fitting, predicate=condition.sql
                    )

    def _is_state(self, condition: Condition) -> bool:
        """Tell whether a condition names one of few values, or whether there is one at all."""
        if condition.operand is Operand.NULL or condition.column is None:
            return True
        distinct = self._knowledge.distinct(self._table.name, (condition.column,))
        return distinct is not None and distinct <= _MOST_PREDICATE_VALUES

    def _keys(self, condition: Condition) -> Iterator[IndexKey]:
        if condition.column is not None:
            yield from self._column(condition.column)
        elif self._abilities.expressions and condition.is_stable:
            yield IndexKey(text=key_of(condition), is_expression=True)

    def _column(self, name: str) -> Iterator[IndexKey]:
        column = self._table.column(name)
        if column is None:
            return
        if not column.type_name.lower().startswith(self._abilities.refused_types or ("\0",)):
            yield IndexKey(text=column.name)


def _heads(equal: list[IndexKey], joins: list[IndexKey]) -> Iterator[tuple[IndexKey, ...]]:
    """Yield what an index can begin with: equalities together and alone, with joins around."""
    yield tuple(equal)
    for each in equal:
        yield (each,)
    yield from permutations(equal, 2)
    for join in dict.fromkeys(joins):
        rest = tuple(each for each in equal if each.text != join.text)
        yield (join,)
        yield (join, *rest)
        yield (*rest, join)


def _is_alternative(condition: Condition) -> bool:
    """Tell whether an alternative of an OR could be found by an index of its own."""
    return condition.in_or and is_equality(replace(condition, in_or=False))


def _can_be_predicate(condition: Condition) -> bool:
    return (
        condition.column is not None
        and condition.is_stable
        and not condition.in_or
        and (condition.constant is not None or condition.operand is Operand.NULL)
        and condition.operator in ("=", "IS NULL", "IS NOT NULL")
    )
