"""AEG1404: a whole table read into memory at once."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.facts.executions import StatementProfile
from aegis_cli.model.facts.shapes import Shape
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._naming import class_name
from aegis_cli.rules.queries._snippet import lines
from aegis_cli.rules.queries._statement_evidence import statement_evidence
from aegis_cli.rules.queries._wording import US_PER_MS, ms, places, tables

RULE = Rule(
    code="AEG1404",
    name="unbatched-large-read",
    section="1.4",
    title=Text(en="A whole table read at once", ko="테이블 전체를 한 번에 읽는 조회"),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnbatchedLargeReadOptions(Options):
    """From when on a read of a whole table is large; the log does not tell rows."""

    min_median_ms: int = 50
    """Typical time of one execution."""


class UnbatchedLargeRead(Detector[StatementProfile]):
    """Listen for slow reads without condition, limit, order or cursor."""

    rule = RULE
    consumes = StatementProfile
    options_type = UnbatchedLargeReadOptions

    def observe(self, fact: StatementProfile) -> Iterator[Finding]:
        """Report a slow read of a whole table."""
        options = narrow(self._options, UnbatchedLargeReadOptions)
        is_slow = fact.p50_us >= options.min_median_ms * US_PER_MS
        if is_slow and _reads_everything(fact.statement.shape):
            yield self._report(fact)

    def _report(self, fact: StatementProfile) -> Finding:
        name, median = tables(fact.statement), duration(ms(fact.p50_us))
        return self.finding(
            message=Text(
                en=f"{name} is read as a whole, without WHERE, LIMIT or cursor: {median} at the "
                f"median, {fact.calls:,} executions",
                ko=f"{name} 테이블 전체를 WHERE, LIMIT, 커서 없이 읽습니다: 중앙값 {median}, "
                f"{fact.calls:,}회 실행",
            ),
            identity=(fact.statement.fingerprint,),
            locations=places(fact.attributions, [fact.slowest]),
            evidence=statement_evidence(fact),
            # What is saved is memory of the client, which the log does not show.
            impact=Impact(basis=Basis.HEURISTIC),
            fix=_fix(fact, self.context.recheck),
        )


def _reads_everything(shape: Shape) -> bool:
    is_filtered = shape.has_where or shape.has_limit or shape.has_offset
    is_reduced = shape.has_group_by or shape.has_distinct or shape.is_aggregate_only
    return (
        shape.is_parsed
        and shape.can_return_many
        and not (is_filtered or is_reduced)
        and not shape.has_order_by
    )


def _fix(fact: StatementProfile, recheck: str) -> Fix:
    name = tables(fact.statement)
    model = class_name(fact.statement.shape.tables_read[0])
    return Fix(
        summary=Text(
            en=f"Read {name} in chunks through a server-side cursor.",
            ko=f"{name} 테이블을 서버 측 커서로 나누어 읽습니다.",
        ),
        kind=FixKind.ADVICE,
        text=lines(
            "# Django",
            f"for row in {model}.objects.iterator(chunk_size=2000): ...",
            "",
            "# SQLAlchemy 2",
            f"for row in session.scalars(select({model}).execution_options(yield_per=2000)): ...",
            "",
            "# Caution: a cursor lives in a transaction; behind PgBouncer in transaction mode",
            "# use pages by key instead: WHERE id > $1 ORDER BY id LIMIT 2000.",
        ),
        recheck=recheck,
    )
