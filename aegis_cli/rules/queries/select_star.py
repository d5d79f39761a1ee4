"""AEG2201: all columns read, whoever needs them."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.facts.executions import StatementProfile
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration, percent
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._naming import class_name
from aegis_cli.rules.queries._snippet import lines
from aegis_cli.rules.queries._statement_evidence import statement_evidence
from aegis_cli.rules.queries._wording import US_PER_MS, ms, places, tables

RULE = Rule(
    code="AEG2201",
    name="select-star",
    section="2.2",
    title=Text(en="All columns read with SELECT *", ko="SELECT * 로 모든 컬럼 조회"),
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectStarOptions(Options):
    """From when on the columns of a statement are worth a thought."""

    min_total_ms: int = 100
    """Time of all executions in the log."""
    min_share: float = 0.05
    """Part of all execution time in the log."""


class SelectStar(Detector[StatementProfile]):
    """Listen for statements with `SELECT *` that cost a real part of the time."""

    rule = RULE
    consumes = StatementProfile
    options_type = SelectStarOptions

    def observe(self, fact: StatementProfile) -> Iterator[Finding]:
        """Report `SELECT *` on user tables above the thresholds."""
        options = narrow(self._options, SelectStarOptions)
        shape = fact.statement.shape
        if not (shape.is_read and shape.selects_star and shape.can_return_many):
            return
        is_heavy = fact.total_us >= options.min_total_ms * US_PER_MS
        if is_heavy and fact.share >= options.min_share:
            yield self._report(fact)

    def _report(self, fact: StatementProfile) -> Finding:
        name, total = tables(fact.statement), duration(ms(fact.total_us))
        return self.finding(
            message=Text(
                en=f"Every column of {name} is read, whether used or not: {fact.calls:,} "
                f"executions, {total}, {percent(fact.share)} of all execution time",
                ko=f"{name} 테이블의 모든 컬럼을 사용 여부와 관계없이 읽습니다: "
                f"{fact.calls:,}회 실행, {total}, 전체 실행 시간의 {percent(fact.share)}",
            ),
            identity=(fact.statement.fingerprint,),
            locations=places(fact.attributions, [fact.slowest]),
            evidence=statement_evidence(fact),
            # Neither the log nor the statement tells how wide the unused columns are.
            impact=Impact(basis=Basis.HEURISTIC),
            fix=_fix(fact, self.context.recheck),
        )


def _fix(fact: StatementProfile, recheck: str) -> Fix:
    name = tables(fact.statement)
    model = class_name(fact.statement.shape.tables_read[0])
    return Fix(
        summary=Text(
            en=f"Name the columns of {name} that are used.",
            ko=f"{name} 테이블에서 실제로 쓰는 컬럼만 지정합니다.",
        ),
        kind=FixKind.ADVICE,
        text=lines(
            "# Django",
            f'{model}.objects.only("id", "…")  # or .values("id", "…"), .defer("large_column")',
            "# SQLAlchemy 2",
            f"select({model}).options(load_only({model}.id, …))",
            "# Caution: reading a column left out by only() costs one more query per row;",
            "# list the fields that a needed field depends on, too.",
        ),
        recheck=recheck,
    )
