"""Index advice: candidates, the planner's verdict on them, the best choice within limits."""

from collections.abc import Callable
from dataclasses import dataclass

from aegis_cli.engine.progress import Progress, SilentProgress
from aegis_cli.engine.stopping import IsStopped, never_stopped
from aegis_cli.indexing.cost_cache import OutOfTime, Query
from aegis_cli.indexing.limits import Limits
from aegis_cli.indexing.outcome import (
    Chosen,
    drop_advice,
    final_names,
    index_advice,
    marginal_losses,
    rename,
    statement_outcomes,
    with_plans,
)
from aegis_cli.indexing.planner import WhatIfPlanner
from aegis_cli.indexing.rejections import rejections
from aegis_cli.indexing.sampling import RowSampler
from aegis_cli.indexing.search.bound import proven_least
from aegis_cli.indexing.search.choice import Search
from aegis_cli.indexing.search.pruning import peel
from aegis_cli.indexing.search.trimming import trim
from aegis_cli.indexing.study import Study
from aegis_cli.model.facts.index_advice import Advice, SearchOutcome
from aegis_cli.model.facts.index_workload import IndexWorkload
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.model.quantity import Unit
from aegis_cli.model.text import Text

_ASKING = Text(en="Asking the planner about candidates", ko="플래너에게 후보 인덱스를 묻는 중")
_SILENT = SilentProgress()
PROOF_S = 2.0
"""For the proof of how good any choice could be; what is proven until then counts."""
QUICK_PROOF_S = 0.4


@dataclass(slots=True, kw_only=True)
class _Timer:
    """Watches the time limit of the search, and whether the user wants its end.

    Both hold neither while statements are planned as they are, without which nothing can be
    said, nor while the advice is written down.
    """

    clock: Callable[[], float]
    started: float
    limit_s: float | None
    is_stopped: IsStopped
    is_searching: bool = False
    was_stopped: bool = False

    def check(self) -> None:
        if not self.is_searching:
            return
        self.was_stopped |= self.is_stopped()
        if self.was_stopped or (self.limit_s is not None and self.elapsed() > self.limit_s):
            raise OutOfTime

    def elapsed(self) -> float:
        return self.clock() - self.started


def advise(
    workload: IndexWorkload,
    snapshot: Snapshot,
    planner: WhatIfPlanner,
    limits: Limits,
    *,
    clock: Callable[[], float],
    progress: Progress = _SILENT,
    is_stopped: IsStopped = never_stopped,
    sampler: RowSampler | None = None,
) -> Advice:
    """Return which indexes to create and to drop for a workload.

    When the time limit passes or the user wants the end, the best advice found until then is
    returned and says so.

    Args:
        workload: Statements with weights, and rows written.
        snapshot: Schema and statistics.
        planner: Answers what statements would cost; it is left without hypothetical indexes
            other than the proposed ones.
        limits: Space, number, tables, time.
        clock: Seconds that only grow.
        progress: Is told how far the examination of candidates is.
        is_stopped: Is asked before each plan whether the user wants the end.
        sampler: Reads rows of the database to correct sizes, where the user allowed that.

    Raises:
        SourceError: The planner is gone.
    """
    timer = _Timer(clock=clock, started=clock(), limit_s=limits.time_limit_s, is_stopped=is_stopped)
    study = Study(
        workload=workload,
        snapshot=snapshot,
        planner=planner,
        limits=limits,
        check_time=timer.check,
        sampler=sampler,
    )
    timer.is_searching = True
    useful, candidates, is_cut_short = _examine(study, progress)
    search = Search(problem=study.problem(_deciding(study)), useful=useful)
    search.is_time_limited = is_cut_short
    search.run()
    trim(search)
    bound = _bound(search, study)
    timer.is_searching = False
    return _written_down(study, search, candidates, bound, timer)


def _examine(study: Study, progress: Progress) -> tuple[dict[int, int], int, bool]:
    """Return the candidates some plan uses, by query, how many there were, and if time ran out."""
    useful: dict[int, int] = {}
    progress.begin(_ASKING, 2 * len(study.queries.major), Unit.COUNT)
    is_cut_short = False
    try:
        study.plain(study.queries.major)
        for query in study.queries.major:
            useful[query.number] = _useful(study, query)
            progress.advance(1)
        _extend(study, useful, progress)
    except OutOfTime:
        is_cut_short = True
    progress.end()
    candidates = len(study.options) - study.options.existing.bit_count()
    kept = 0
    for each in useful.values():
        kept |= each
    study.retire(study.options.on(study.book.tables()) & ~kept)
    return useful, candidates, is_cut_short


def _useful(study: Study, query: Query) -> int:
    cost = study.queries.costs[query.number]
    return peel(query, study.cache, study.options, cost, least_gain=_least_gain(study))


def _extend(study: Study, useful: dict[int, int], progress: Progress) -> None:
    """Add variants with payload and of parts of the rows, and ask again."""
    kept = 0
    for each in useful.values():
        kept |= each
    study.retire(study.options.on(study.book.tables()) & ~kept & ~study.options.existing)
    for query in study.queries.major:
        study.extended(query, useful[query.number])
    for query in study.queries.major:
        useful[query.number] |= _useful(study, query)
        progress.advance(1)


def _least_gain(study: Study) -> float:
    costs = study.queries.costs
    total = sum(each.weight * costs[each.number] for each in study.queries.planned)
    return study.limits.min_gain_share * total


def _deciding(study: Study) -> tuple[Query, ...]:
    """Return the costly queries and those that use an index that might be dropped."""
    options = study.options
    major = {each.number for each in study.queries.major}
    return tuple(
        each
        for each in study.queries.planned
        if each.number in major or study.cache.observe(each, options.existing).used
    )


def _bound(search: Search, study: Study) -> float | None:
    """Return what no allowed choice under the limits can go below, over all statements."""
    time_limit_s = PROOF_S if study.limits.is_thorough else QUICK_PROOF_S
    least = proven_least(search.problem, search.allowed, time_limit_s=time_limit_s)
    if least is None:
        return None
    deciding = {each.number for each in search.problem.queries}
    rest = sum(
        each.weight * study.queries.costs[each.number]
        for each in study.queries.planned
        if each.number not in deciding
    )
    return least + rest


def _written_down(
    study: Study, search: Search, candidates: int, bound: float | None, timer: _Timer
) -> Advice:
    """Return the advice; what follows from the planner's working names is computed first."""
    problem = study.problem(study.queries.planned)
    chosen = Chosen(
        study=study, problem=problem, mask=search.best, names=final_names(study, search.best)
    )
    outcomes = statement_outcomes(chosen)
    drops = drop_advice(chosen)
    losses = marginal_losses(chosen)
    refused = rejections(problem, search.allowed | search.banned, search.best)
    rename(chosen)
    outcomes = with_plans(chosen, outcomes)
    return Advice(
        creates=index_advice(chosen, outcomes, drops, losses),
        drops=drops,
        statements=outcomes,
        search=_search_outcome(chosen, search, candidates, bound, timer),
        rejected=(*refused, *study.rejected),
        unplanned=study.queries.unplanned,
    )


def _search_outcome(
    chosen: Chosen, search: Search, candidates: int, bound: float | None, timer: _Timer
) -> SearchOutcome:
    study, problem = chosen.study, chosen.problem
    options = study.options
    cost_after = problem.query_cost(chosen.mask)
    before = problem.workload_cost
    reached = cost_after + options.write_cost(chosen.mask)
    gap = None if bound is None or before <= 0 else max(0.0, reached - bound) / before
    return SearchOutcome(
        cost_before=before,
        cost_after=cost_after,
        write_cost_before=options.write_cost(problem.start),
        write_cost_after=options.write_cost(chosen.mask),
        lower_bound=sum(
            each.weight * study.cache.lower(each, search.allowed) for each in problem.queries
        ),
        candidates=candidates,
        candidates_useful=(search.allowed & ~problem.start).bit_count(),
        explains=study.planner.explains,
        cache_hits=study.cache.hits,
        elapsed_s=timer.elapsed(),
        is_time_limited=search.is_time_limited and not timer.was_stopped,
        is_interrupted=timer.was_stopped,
        basis=study.planner.basis,
        size_bytes=options.size_bytes(chosen.mask),
        budget_bytes=study.limits.budget_bytes,
        bounded_gap=gap,
    )
