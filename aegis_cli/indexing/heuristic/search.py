"""Choose indexes one after the other, each time the one that saves most."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aegis_cli.indexing.heuristic.costs import WorkloadCosts
from aegis_cli.indexing.limits import Limits
from aegis_cli.indexing.planner import Configuration
from aegis_cli.model.facts.index_workload import WorkloadStatement
from aegis_cli.model.facts.indexes import HypotheticalIndex
from aegis_cli.model.text import Text

_NO_GAIN = Text(en="no statement of the workload would use it", ko="이 인덱스를 쓸 문장이 없습니다")
_SMALL_GAIN = Text(en="it saves too little", ko="줄이는 비용이 너무 적습니다")
_SERVED = Text(
    en="its statements visit next to nothing already", ko="해당 문장은 이미 거의 읽지 않습니다"
)
_SERVED_ROWS = 20.0
"""Fewer rows lie in a page or two: no estimate of ours tells such costs apart."""
_BUDGET = Text(en="it does not fit the budget", ko="예산에 맞지 않습니다")
_ENOUGH = Text(en="the most indexes allowed are chosen", ko="허용한 수만큼 인덱스를 골랐습니다")
_WORSE = Text(en="it would make a statement worse", ko="어떤 문장의 비용이 늘어납니다")
_ALIKE = 0.99
"""Savings within a hundredth of each other say nothing: the estimates are far rougher."""
_NOISE_SHARE = 0.01
"""A statement may get worse by this share of the whole workload, for the same reason."""
_OUTDONE = Text(
    en="other indexes of the advice do its work", ko="제안한 다른 인덱스가 그 일을 합니다"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An index that may be proposed, and what its writes cost."""

    index: HypotheticalIndex
    write_cost: float
    orders: int = 0
    """Statements that it spares a sort."""

    @property
    def name(self) -> str:
        """Return the index's name."""
        return self.index.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a search chose, and why not the others."""

    chosen: tuple[Candidate, ...]
    reasons: tuple[tuple[Candidate, Text], ...]
    useful: int
    is_time_limited: bool
    lower_bound: float
    """Sum over the statements of the least cost seen with all candidates at hand."""


class GreedySearch:
    """Adds the candidate with the greatest saving until none is worth it.

    Savings are calls × rows visited, less what writes cost; the estimates are too rough for a
    finer search to find anything better.
    """

    def __init__(
        self,
        costs: WorkloadCosts,
        statements: Sequence[WorkloadStatement],
        limits: Limits,
        clock: Callable[[], float],
    ) -> None:
        """Prepare to choose for the statements."""
        self._costs = costs
        self._statements = tuple(statements)
        self._limits = limits
        self._clock = clock
        self._deadline = None if limits.time_limit_s is None else clock() + limits.time_limit_s
        self._base = costs.total(self._statements, Configuration())
        self._reasons: dict[str, Text] = {}

    def choose(self, candidates: Sequence[Candidate]) -> Choice:
        """Return the candidates to build."""
        gains = {each.name: self._gain(each, ()) for each in candidates if not self._is_late()}
        useful = [each for each in candidates if gains.get(each.name, 0.0)]
        for each in candidates:
            self._reasons[each.name] = _NO_GAIN
        bound = self._costs.total(
            self._statements, Configuration(visible=frozenset(each.name for each in useful))
        )
        chosen = self._without_idle(self._grow(useful, gains))
        kept = {each.name for each in chosen}
        reasons = tuple(
            (each, self._reasons[each.name]) for each in useful if each.name not in kept
        )
        return Choice(
            chosen=chosen,
            reasons=reasons,
            useful=len(useful),
            is_time_limited=self._is_late(),
            lower_bound=min(bound, self.cost(chosen)),
        )

    def cost(self, chosen: Sequence[Candidate]) -> float:
        """Return the cost of the workload with some candidates built."""
        return self._costs.total(self._statements, _configuration(chosen))

    def _grow(self, useful: Sequence[Candidate], gains: dict[str, float]) -> tuple[Candidate, ...]:
        chosen: tuple[Candidate, ...] = ()
        rest = sorted(useful, key=lambda each: _rank(each, gains[each.name]))
        while rest and not self._is_late():
            best = self._best(rest, chosen, gains)
            if best is None:
                break
            rest.remove(best)
            chosen = (*chosen, best)
        return chosen

    def _best(
        self, rest: list[Candidate], chosen: tuple[Candidate, ...], gains: dict[str, float]
    ) -> Candidate | None:
        """Return the candidate that saves most beside those chosen.

        A candidate seldom saves more beside others than alone, so those whose last known saving
        is below the best one found are not asked about again.
        """
        good: list[Candidate] = []
        most = 0.0
        for each in sorted(rest, key=lambda candidate: _rank(candidate, gains[candidate.name])):
            if most > 0.0 and gains[each.name] < most * _ALIKE:
                break
            gains[each.name] = gain = self._gain(each, chosen)
            if self._is_acceptable(each, gain, chosen):
                good.append(each)
                most = max(most, gain)
        alike = [each for each in good if gains[each.name] >= most * _ALIKE]
        return min(alike, key=_modesty, default=None)

    def _gain(self, candidate: Candidate, chosen: tuple[Candidate, ...]) -> float:
        """Return what a candidate saves beside those chosen, less what its writes cost.

        It is 0 for one that no plan would profit from, negative for one not worth its writes.
        """
        saved = self._saved(candidate, chosen)
        return saved - candidate.write_cost if saved > 0.0 else 0.0

    def _saved(self, candidate: Candidate, chosen: tuple[Candidate, ...]) -> float:
        readers = self._readers(candidate)
        before, after = _configuration(chosen), _configuration((*chosen, candidate))
        return self._costs.total(readers, before) - self._costs.total(readers, after)

    def _readers(self, candidate: Candidate) -> tuple[WorkloadStatement, ...]:
        names = self._costs.readers(candidate.name)
        return tuple(each for each in self._statements if each.fingerprint in names)

    def _is_acceptable(
        self, candidate: Candidate, gain: float, chosen: tuple[Candidate, ...]
    ) -> bool:
        reason = self._objection(candidate, gain, chosen)
        if reason is not None:
            self._reasons[candidate.name] = reason
        return reason is None

    def _objection(
        self, candidate: Candidate, gain: float, chosen: tuple[Candidate, ...]
    ) -> Text | None:
        limits = self._limits
        readers, before = self._readers(candidate), _configuration(chosen)
        if all(self._costs.cost(each, before)[0] < _SERVED_ROWS for each in readers):
            return _SERVED
        saved = self._saved(candidate, chosen)
        if 0.0 < saved <= candidate.write_cost:
            return _outweighed(candidate.write_cost, saved)
        if gain <= limits.min_gain_share * self._base:
            return _OUTDONE if chosen else _SMALL_GAIN
        if gain < limits.min_statement_gain_share * self._used_cost(candidate, chosen):
            return _SMALL_GAIN
        return self._excess(candidate, chosen)

    def _excess(self, candidate: Candidate, chosen: tuple[Candidate, ...]) -> Text | None:
        """Return which bound a candidate would break beside those chosen."""
        limits = self._limits
        if limits.max_indexes is not None and len(chosen) >= limits.max_indexes:
            return _ENOUGH
        size = sum(each.index.size.size_bytes for each in (*chosen, candidate))
        if limits.budget_bytes is not None and size > limits.budget_bytes:
            return _BUDGET
        return _WORSE if self._makes_worse(candidate, chosen) else None

    def _used_cost(self, candidate: Candidate, chosen: tuple[Candidate, ...]) -> float:
        """Return what the statements that would use the candidate cost without it."""
        before, after = _configuration(chosen), _configuration((*chosen, candidate))
        return sum(
            each.calls * self._costs.cost(each, before)[0]
            for each in self._readers(candidate)
            if candidate.name in self._costs.cost(each, after)[1]
        )

    def _makes_worse(self, candidate: Candidate, chosen: tuple[Candidate, ...]) -> bool:
        after = _configuration((*chosen, candidate))
        for each in self._readers(candidate):
            old, new = self._costs.cost(each, Configuration())[0], self._costs.cost(each, after)[0]
            growth = each.calls * (new - old)
            noise = max(self._limits.regression_noise_share, _NOISE_SHARE)
            is_noise = growth <= noise * self._base
            if new > old * (1 + self._limits.regression_share) and not is_noise:
                return True
        return False

    def _without_idle(self, chosen: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        """Leave out what later choices made superfluous."""
        for each in chosen:
            others = tuple(other for other in chosen if other is not each)
            if self.cost(others) - self.cost(chosen) <= max(each.write_cost, 0.0):
                self._reasons[each.name] = _OUTDONE
                return self._without_idle(others)
        return chosen

    def _is_late(self) -> bool:
        return self._deadline is not None and self._clock() > self._deadline


def _configuration(chosen: Sequence[Candidate]) -> Configuration:
    return Configuration(visible=frozenset(each.name for each in chosen))


def _modesty(candidate: Candidate) -> tuple[int, int, str]:
    """Sort of candidates that save alike the one first that spares sorts, then the smallest."""
    return (-candidate.orders, candidate.index.size.pages, candidate.name)


def _rank(candidate: Candidate, gain: float) -> tuple[float, int, str]:
    """Sort the greatest saving first, of equal ones the smaller index."""
    return (-gain, candidate.index.size.pages, candidate.name)


def _outweighed(write: float, gain: float) -> Text:
    return Text(
        en=f"it costs more to keep up ({write:,.0f} rows) than it saves ({gain:,.0f} rows)",
        ko=f"유지하는 비용({write:,.0f}행)이 줄이는 비용({gain:,.0f}행)보다 큽니다",
    )
