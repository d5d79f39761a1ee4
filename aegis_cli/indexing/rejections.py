"""Why candidates that were considered are not proposed."""

from collections.abc import Iterator

from aegis_cli.indexing.candidates.existing import covers
from aegis_cli.indexing.options import Option
from aegis_cli.indexing.search.problem import Problem
from aegis_cli.model.facts.index_advice import Rejected
from aegis_cli.model.text import Text

MOST_REJECTED = 20
"""Candidates that are reported, the most useful first."""
_MEBIBYTE = 2**20
_SAVES_LITTLE = Text(
    en="saves little for any one statement", ko="어느 문장에서도 비용을 거의 줄이지 않습니다"
)
_SAVES_LITTLE_BESIDE = Text(
    en="saves little beside the proposed indexes",
    ko="제안한 인덱스가 있으면 비용을 거의 줄이지 않습니다",
)


def rejections(problem: Problem, useful: int, mask: int) -> tuple[Rejected, ...]:
    """Return the most useful candidates that were left out, with reasons."""
    left = [
        (gain, option)
        for option in problem.options.of(useful & ~mask & ~problem.start)
        if (gain := _alone(problem, option)) > problem.least_gain
    ]
    left.sort(key=lambda pair: (-pair[0], pair[1].name))
    return tuple(
        Rejected(definition=option.definition, reason=_reason(problem, option, gain, mask))
        for gain, option in left[:MOST_REJECTED]
    )


def _alone(problem: Problem, option: Option) -> float:
    """Return what an index would save on its own, by the plans that are known."""
    saved = 0.0
    for query in problem.queries:
        if option.definition.table in query.tables:
            alone = problem.cache.upper(query, problem.start | option.mask)
            saved += query.weight * max(0.0, problem.costs_before[query.number] - alone)
    return saved


def _reason(problem: Problem, option: Option, gain: float, mask: int) -> Text:
    if option.write_cost >= gain:
        return Text(
            en=f"costs more to maintain ({option.write_cost:.3g}) than it saves ({gain:.3g})"
            " in planner cost",
            ko=f"유지 비용({option.write_cost:.3g})이 줄어드는 플래너 비용({gain:.3g})보다 큽니다",
        )
    for each in _covering(problem, option, mask):
        return Text(
            en=f"the proposed index {each.name} does its work",
            ko=f"제안한 인덱스 {each.name}이(가) 그 일을 합니다",
        )
    if _added(problem, option, mask) <= max(problem.least_gain, option.write_cost):
        return _SAVES_LITTLE_BESIDE
    return _beyond_limits(problem, option, mask) or _SAVES_LITTLE


def _beyond_limits(problem: Problem, option: Option, mask: int) -> Text | None:
    """Return which limit an index would break."""
    budget, most = problem.limits.budget_bytes, problem.limits.max_indexes
    size = option.size.size_bytes / _MEBIBYTE
    if budget is not None and option.size.size_bytes > budget:
        return Text(
            en=f"larger ({size:.0f} MiB) than the whole budget",
            ko=f"전체 예산보다 큽니다({size:.0f} MiB)",
        )
    if budget is not None and problem.options.size_bytes(mask | option.mask) > budget:
        return Text(
            en=f"would save more, but its {size:.0f} MiB do not fit into the budget",
            ko=f"비용을 더 줄이지만 크기({size:.0f} MiB)가 예산에 맞지 않습니다",
        )
    if most is not None and (mask & ~problem.start).bit_count() >= most:
        return Text(
            en=f"would save more, but no more than {most} indexes are wanted",
            ko=f"비용을 더 줄이지만 인덱스를 {most}개까지만 원합니다",
        )
    return None


def _added(problem: Problem, option: Option, mask: int) -> float:
    """Return what the index would save on top of the proposed ones, as far as plans are known."""
    return sum(
        query.weight
        * max(
            0.0,
            problem.cache.upper(query, mask) - problem.cache.upper(query, mask | option.mask),
        )
        for query in problem.queries
    )


def _covering(problem: Problem, option: Option, mask: int) -> Iterator[Option]:
    for each in problem.options.of(mask):
        if covers(each.definition, option.definition):
            yield each
