"""AEG1207, where a database answers: a hidden column with planner cost and existing indexes."""

from collections.abc import Iterator

from aegis_cli.engine.detector import Detector
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import QuerySample, estimated, measured
from aegis_cli.model.facts.index_advice import SargabilityObservation
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.location import Location, ObjectLocation
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import percent
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._snippet import lines
from aegis_cli.rules.queries.non_sargable_predicate import RULE, NonSargablePredicateOptions

_MEDIUM_SHARE = 0.05


class HiddenColumn(Detector[SargabilityObservation]):
    """Listen for conditions that hide a column and for which no index on the expression exists."""

    rule = RULE
    consumes = SargabilityObservation
    options_type = NonSargablePredicateOptions

    def observe(self, fact: SargabilityObservation) -> Iterator[Finding]:
        """Report a hidden column of a statement that costs the planner a share of the workload."""
        options = narrow(self._options, NonSargablePredicateOptions)
        if fact.cost_share < options.min_cost_share or fact.expression_index is not None:
            return
        yield self.finding(
            message=_message(fact),
            identity=(fact.fingerprint, fact.column),
            locations=_places(fact),
            evidence=(
                measured("calls", round(fact.calls), Unit.CALLS),
                estimated("cost", fact.cost, Unit.COST, Basis.PLANNER, "of one execution"),
                estimated("share_of_workload_cost", fact.cost_share, Unit.RATIO, Basis.PLANNER),
                QuerySample(
                    role="statement", fingerprint=fact.fingerprint, statement=fact.normalized
                ),
            ),
            impact=Impact(basis=Basis.HEURISTIC),
            fix=_fix(fact, self.context.recheck),
            severity=Severity.MEDIUM if fact.cost_share >= _MEDIUM_SHARE else Severity.LOW,
            confidence=Confidence.MEDIUM,
        )


def _places(fact: SargabilityObservation) -> tuple[Location, ...]:
    table = ObjectLocation(server=fact.server, kind="table", name=fact.table)
    return (table,) if fact.model is None else (fact.model, table)


def _message(fact: SargabilityObservation) -> Text:
    share = percent(fact.cost_share)
    if fact.has_leading_wildcard:
        return Text(
            en=f"{fact.table}: the pattern for {fact.column} starts with a wildcard, so no index "
            f"on the column helps a statement with {share} of the workload's planner cost",
            ko=f"{fact.table}: {fact.column} 패턴이 와일드카드로 시작해 인덱스를 쓸 수 없습니다"
            f"(워크로드 플래너 비용의 {share})",
        )
    return Text(
        en=f"{fact.table}: {fact.expression} hides {fact.column} from its indexes in a statement "
        f"with {share} of the workload's planner cost",
        ko=f"{fact.table}: {fact.expression} 때문에 {fact.column} 인덱스를 쓸 수 없습니다"
        f"(워크로드 플래너 비용의 {share})",
    )


def _fix(fact: SargabilityObservation, recheck: str) -> Fix:
    trigram = (
        "CREATE EXTENSION IF NOT EXISTS pg_trgm;",
        f"CREATE INDEX CONCURRENTLY ON {fact.table} USING gin ({fact.column} gin_trgm_ops);",
        "-- or search for a prefix, or use full text search",
    )
    expression = (
        f"-- compare {fact.column} itself, with the calculation on the other side",
        "-- or, if the expression is immutable:",
        f"CREATE INDEX CONCURRENTLY ON {fact.table} (({fact.expression}));",
    )
    return Fix(
        summary=Text(
            en=f"Leave {fact.column} bare in the condition, or index the expression itself.",
            ko=f"조건에서 {fact.column} 컬럼을 그대로 두거나, 표현식 자체에 인덱스를 만듭니다.",
        ),
        kind=FixKind.DDL,
        text=lines(*(trigram if fact.has_leading_wildcard else expression)),
        recheck=recheck,
    )
