"""Everything gathered before the choice: queries, candidates known to the planner, drops."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, zip_longest

from aegis_cli.indexing.candidates.existing import serving
from aegis_cli.indexing.candidates.extended import (
    MOST_BASES,
    QUICK_BASES,
    Share,
    extended_candidates,
)
from aegis_cli.indexing.candidates.plain import plain_candidates
from aegis_cli.indexing.candidates.roles import Roles, roles_of
from aegis_cli.indexing.candidates.special import (
    TRIGRAM_EXTENSION,
    needs_trigrams,
    special_candidates,
)
from aegis_cli.indexing.cost_cache import CostCache, OutOfTime, Query
from aegis_cli.indexing.droppable import (
    covering_indexes,
    droppable_indexes,
    is_reordered,
    is_unused,
    replaces,
)
from aegis_cli.indexing.limits import Limits
from aegis_cli.indexing.names import index_name
from aegis_cli.indexing.options import Option, Options
from aegis_cli.indexing.planner import IndexNotSupported, StatementNotPlanned, WhatIfPlanner
from aegis_cli.indexing.queries import Queries, plan_queries
from aegis_cli.indexing.sampling import RowSampler
from aegis_cli.indexing.search.problem import Problem
from aegis_cli.indexing.sizes import size_of
from aegis_cli.indexing.tables import INDEXABLE, TableBook, TableFacts
from aegis_cli.indexing.writes import WriteModel
from aegis_cli.model.facts.accesses import TableAccess
from aegis_cli.model.facts.catalog import ExistingIndex, Table
from aegis_cli.model.facts.index_advice import Rejected
from aegis_cli.model.facts.index_workload import ConstantsOrigin, IndexWorkload
from aegis_cli.model.facts.indexes import (
    HypotheticalIndex,
    IndexDefinition,
    IndexSize,
    TableName,
)
from aegis_cli.model.facts.snapshot import ObjectKind, Snapshot
from aegis_cli.model.text import Text

SMALLEST_PAGES = 5
"""Heap pages below which a scan of the whole table is as cheap as an index."""
SMALLER_SHARE = 0.67
"""Of the size of an index that does its work, were that built anew: up to which another one is
worth a question. Its scans read fewer pages, above all where keys that repeat are kept once."""
MOST_PER_TABLE = 200
"""Ordinary candidates of one table that the planner is asked about."""
_TOO_MANY = Text(
    en=f"not examined, nor were further ones on this table: more than {MOST_PER_TABLE} candidates,"
    " of which the narrow ones of the costliest statements were taken; name tables with --only,"
    " or lower --max-width",
    ko=f"이 인덱스와 이 테이블의 나머지 후보는 살펴보지 않았습니다. 후보가 {MOST_PER_TABLE}개를 "
    "넘어 비용이 큰 문장의 좁은 인덱스만 살펴보았습니다. --only로 테이블을 지정하거나 "
    "--max-width를 낮추십시오",
)
FEWEST_MATCHES = 10
"""Rows that satisfy a predicate from which their share among those read is taken for it: its
error is a third."""
_DEFAULT_CACHE_BYTES = 4 * 2**30
"""PostgreSQL's default effective_cache_size."""
_PAGE = 8192


@dataclass(slots=True, kw_only=True)
class Study:
    """One run of the advisor: what is known, and what was asked."""

    workload: IndexWorkload
    snapshot: Snapshot
    planner: WhatIfPlanner
    limits: Limits
    check_time: Callable[[], None]
    sampler: RowSampler | None = None
    """Reads rows of the database, where the user allowed that."""
    rejected: list[Rejected] = field(default_factory=list)
    book: TableBook = field(init=False)
    options: Options = field(init=False)
    cache: CostCache = field(init=False)
    queries: Queries = field(init=False)
    _writes: WriteModel = field(init=False)
    _known: dict[IndexDefinition, Option] = field(default_factory=dict)
    _sizes: dict[IndexDefinition, IndexSize] = field(default_factory=dict)
    _shares: dict[tuple[TableName, str], float | None] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Register the existing indexes that may go, and plan every statement as things are."""
        self.book = TableBook(self.snapshot, self.workload, self.sampler)
        self.options = Options()
        self.cache = CostCache(
            planner=self.planner, options=self.options, check_time=self.check_time
        )
        self._writes = WriteModel(
            book=self.book, loads=self.workload.writes, cache_bytes=cache_bytes(self.snapshot)
        )
        self._taken = {each.name.name for each in self.snapshot.tables}
        self._taken |= {index.name for each in self.snapshot.tables for index in each.indexes}
        for table, index in droppable_indexes(self.book, self.limits):
            self._register(table, index)
        self.queries = plan_queries(self.workload, self.book, self.cache, self.options.existing)

    def roles(self, query: Query) -> Iterator[Roles]:
        """Yield what a query does on each table that may get an index."""
        for access in self.workload.statements[query.statement].access.tables:
            name = self.book.find(access.table)
            if name is not None and self._is_worth_indexing(name):
                yield self._roles(access, name)

    def plain(self, queries: Iterable[Query]) -> None:
        """Make the planner know ordinary and special indexes for some queries.

        Where a table has too many candidates, each access gets its first ones: sort orders,
        then few keys, and of these those of the costliest queries first.
        """
        each_access = [
            (*special_candidates(roles), *plain_candidates(roles, self.limits.max_width))
            for query in sorted(queries, key=self._cost, reverse=True)
            for roles in self.roles(query)
        ]
        turns = chain.from_iterable(zip_longest(*each_access))
        proposals = dict.fromkeys(each for each in turns if each is not None)
        proposed: Counter[TableName] = Counter()
        for each in proposals:
            proposed[each.table] += 1
            if proposed[each.table] <= MOST_PER_TABLE:
                self._propose(each)
            elif proposed[each.table] == MOST_PER_TABLE + 1:
                self.rejected.append(Rejected(definition=each, reason=_TOO_MANY))

    def _cost(self, query: Query) -> float:
        return query.weight * self.queries.costs[query.number]

    def extended(self, query: Query, useful: int) -> int:
        """Make the planner know variants of what a query uses, and return their mask."""
        found = 0
        bases = [each.definition for each in self.options.of(useful)]
        most_bases = MOST_BASES if self.limits.is_thorough else QUICK_BASES
        for roles in self.roles(query):
            name = roles.facts.table.name
            own = [each for each in bases if each.table == name]
            share = self._share_on(name) if self._may_be_partial(query) else None
            for each in extended_candidates(roles, own, share, most_bases=most_bases):
                option = self._propose(each)
                found |= option.mask if option is not None else 0
        return found

    def retire(self, mask: int) -> None:
        """Forget candidates that no plan uses."""
        candidates = mask & ~self.options.existing
        for each in self.options.of(candidates):
            self.planner.remove(each.name)
        self.options.retire(candidates)

    def problem(self, queries: tuple[Query, ...]) -> Problem:
        """Return the choice to be made for some queries."""
        return Problem(
            queries=queries,
            cache=self.cache,
            options=self.options,
            limits=self.limits,
            costs_before=self.queries.costs,
            cost_without=self._cost_without(queries),
            replacements=dict(self._replacements()),
        )

    def _cost_without(self, queries: tuple[Query, ...]) -> float:
        """Return what queries would cost without the indexes that may go, as far as time allows."""
        try:
            return sum(each.weight * self.cache.cost(each, 0) for each in queries)
        except OutOfTime:
            return 0.0

    def _is_worth_indexing(self, name: TableName) -> bool:
        facts = self.book.facts(name)
        return (
            self.limits.permits(name)
            and facts.table.kind in INDEXABLE
            and facts.pages >= SMALLEST_PAGES
        )

    def _roles(self, access: TableAccess, name: TableName) -> Roles:
        return roles_of(
            access, self.book.facts(name), has_c_collation=self.snapshot.has_c_collation
        )

    def _register(self, table: Table, index: ExistingIndex) -> None:
        self.options.add(
            f"{table.name.schema}.{index.name}",
            index.definition,
            existing_size(index),
            self._writes.cost(index.definition, existing_size(index)),
            existing=index,
        )

    def _propose(self, definition: IndexDefinition) -> Option | None:
        """Return the option of a candidate, known to the planner; None when there cannot be one."""
        if definition in self._known:
            return self._known[definition]
        facts = self.book.facts(definition.table)
        size = self._size(definition, facts)
        served = list(serving(definition, facts.table))
        if not all(self._is_much_smaller(size, each.definition, facts) for each in served):
            return None
        name = index_name(definition, self._taken)
        try:
            self.planner.add(HypotheticalIndex(name=name, definition=definition, size=size))
        except IndexNotSupported as error:
            missing = next(self._notes(definition), None)
            self.rejected.append(
                Rejected(definition=definition, reason=Text.same(missing or error.reason))
            )
            return None
        self._taken.add(name)
        option = self.options.add(
            name,
            definition,
            size,
            self._writes.cost(definition, size),
            notes=(*self._notes(definition), *(_beside(each, definition) for each in served[:1])),
        )
        self._known[definition] = option
        return option

    def _size(self, definition: IndexDefinition, facts: TableFacts) -> IndexSize:
        """Return the size once built; where rows were read it takes a while to compute."""
        if definition not in self._sizes:
            self._sizes[definition] = self._computed_size(definition, facts)
        return self._sizes[definition]

    def _computed_size(self, definition: IndexDefinition, facts: TableFacts) -> IndexSize:
        rows = None
        if definition.predicate is not None:
            share = self._share(definition.table, definition.predicate)
            rows = facts.rows * share if share is not None else None
        return size_of(definition, facts, rows)

    def _is_much_smaller(self, size: IndexSize, there: IndexDefinition, facts: TableFacts) -> bool:
        """Tell whether an index is small beside one that exists, which bloat does not count for."""
        return size.pages <= SMALLER_SHARE * self._size(there, facts).pages

    def _notes(self, definition: IndexDefinition) -> Iterator[str]:
        if needs_trigrams(definition) and not any(
            each.kind is ObjectKind.EXTENSION and each.name == TRIGRAM_EXTENSION
            for each in self.snapshot.objects
        ):
            yield f"needs CREATE EXTENSION {TRIGRAM_EXTENSION}"

    def _may_be_partial(self, query: Query) -> bool:
        """Tell whether a statement's constants are its own, not drawn from statistics."""
        texts = self.workload.statements[query.statement].texts
        limits = self.limits
        return (
            limits.is_thorough
            and limits.allow_partial
            and all(each.constants is not ConstantsOrigin.SAMPLED for each in texts)
        )

    def _share_on(self, table: TableName) -> Share:
        return lambda predicate: self._share(table, predicate)

    def _share(self, table: TableName, predicate: str) -> float | None:
        key = (table, predicate)
        if key not in self._shares:
            rows = self.book.facts(table).rows
            try:
                planned = self.planner.rows(table, predicate) / max(rows, 1.0)
                self._shares[key] = self._sampled_share(table, predicate, planned)
            except StatementNotPlanned:
                self._shares[key] = None
        return self._shares[key]

    def _sampled_share(self, table: TableName, predicate: str, planned: float) -> float:
        """Return the share of rows that satisfy a predicate, in rows that were read if possible."""
        seen = self.sampler.matches(table, predicate) if self.sampler is not None else None
        if seen is None or not seen.rows:
            return planned
        if seen.matching < FEWEST_MATCHES:
            # So few tell only that there are not many.
            return min(planned, FEWEST_MATCHES / seen.rows)
        return seen.matching / seen.rows

    def _replacements(self) -> Iterator[tuple[int, int]]:
        """Yield the existing indexes that may go, and of which mask one must be there then."""
        used = frozenset().union(
            *(
                self.cache.observe(each, self.options.existing).names
                for each in self.queries.planned
            )
        )
        for option in self.options.of(self.options.existing):
            index = option.existing
            assert index is not None
            table = self.book.facts(option.definition.table).table
            needed = self._needed(option, index, table, is_used=option.name in used)
            if needed is not None:
                yield option.bit, needed

    def _needed(
        self, option: Option, index: ExistingIndex, table: Table, *, is_used: bool
    ) -> int | None:
        """Return what must stay or come for an index to go; None when it must stay."""
        if is_unused(index, table, self.snapshot) and not is_used:
            return 0
        found = 0
        for other in covering_indexes(index, table):
            mask = self.options.mask({f"{table.name.schema}.{other.name}"})
            if not mask:
                return 0
            found |= mask
        for each in self.options.of(self.options.on({table.name}) & ~self.options.existing):
            is_known = is_used or index.scans == 0
            if replaces(each.definition, index, table) and (
                is_known or not is_reordered(each.definition, index.definition)
            ):
                found |= each.mask
        return found or None


def _beside(there: ExistingIndex, definition: IndexDefinition) -> str:
    kind = "covers fewer rows" if definition.predicate is not None else "has fewer columns"
    return (
        f"{there.name} serves these statements, too; this one {kind}, is much smaller,"
        " and so is cheaper to scan"
    )


def existing_size(index: ExistingIndex) -> IndexSize:
    """Return the size of an index as it is now, bloat included."""
    pages = max(index.pages, -(-index.size_bytes // _PAGE))
    return IndexSize(pages=pages, rows=max(index.rows, 0.0))


def cache_bytes(snapshot: Snapshot) -> float:
    """Return `effective_cache_size`, which the server gives in pages or with a unit."""
    units = {"kb": 2**10, "mb": 2**20, "gb": 2**30, "tb": 2**40}
    for each in snapshot.settings:
        if each.name != "effective_cache_size":
            continue
        value = each.value.strip().lower()
        if value.isdigit():
            return float(int(value) * _PAGE)
        number, unit = value[:-2].strip(), value[-2:]
        if number.isdigit() and unit in units:
            return float(int(number) * units[unit])
    return float(_DEFAULT_CACHE_BYTES)
