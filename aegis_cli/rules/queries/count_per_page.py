"""AEG2104: all rows counted for every page that is shown."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options, RunContext
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import measured
from aegis_cli.model.facts.executions import StatementProfile
from aegis_cli.model.facts.shapes import Shape
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._snippet import lines
from aegis_cli.rules.queries._statement_evidence import statement_evidence
from aegis_cli.rules.queries._wording import US_PER_MS, ms, places, sample, tables

RULE = Rule(
    code="AEG2104",
    name="count-per-page",
    section="2.1",
    title=Text(en="All rows counted for every page", ko="페이지마다 실행되는 전체 COUNT"),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)

_Subject = tuple[tuple[str, ...], tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountPerPageOptions(Options):
    """When counting for pages is worth a change."""

    min_calls: int = 10
    """Executions of the count, and of the page it belongs to."""
    min_total_ms: int = 50
    """Time of all the counts in the log."""


class CountPerPage(Detector[StatementProfile]):
    """Listen for `count(*)` over the same tables and conditions as a paged statement."""

    rule = RULE
    consumes = StatementProfile
    options_type = CountPerPageOptions

    def __init__(self, options: Options, context: RunContext) -> None:
        """Start without any count or page."""
        super().__init__(options, context)
        self._counts: dict[_Subject, StatementProfile] = {}
        self._pages: dict[_Subject, StatementProfile] = {}

    def observe(self, fact: StatementProfile) -> Iterator[Finding]:
        """Remember counts and pages that are used often enough."""
        options = narrow(self._options, CountPerPageOptions)
        shape = fact.statement.shape
        if fact.calls < options.min_calls or not shape.is_read:
            return
        total_us = options.min_total_ms * US_PER_MS
        if shape.count_only and not shape.has_group_by and fact.total_us >= total_us:
            _keep(self._counts, fact)
        elif shape.has_limit and shape.has_offset:
            _keep(self._pages, fact)
        yield from ()

    def finish(self) -> Iterator[Finding]:
        """Report each count that has a page."""
        for subject, count in sorted(self._counts.items()):
            page = self._pages.get(subject)
            if page is not None:
                yield self._report(count, page)

    def _report(self, count: StatementProfile, page: StatementProfile) -> Finding:
        name, spent = tables(count.statement), duration(ms(count.total_us))
        return self.finding(
            message=Text(
                en=f"{name} is counted {count.calls:,} times ({spent}) beside {page.calls:,} pages "
                "of the same rows",
                ko=f"같은 조건의 {name} 페이지 {page.calls:,}회와 함께 전체 COUNT가 "
                f"{count.calls:,}회({spent}) 실행됩니다",
            ),
            identity=(count.statement.fingerprint,),
            locations=places(count.attributions, [count.slowest]),
            evidence=(
                *statement_evidence(count, measured("page_executions", page.calls, Unit.CALLS)),
                sample("page", page.statement),
            ),
            # Dropping the count gives back exactly its own time.
            impact=Impact(
                basis=Basis.MEASURED, time_saved_ms=ms(count.total_us), calls_saved=count.calls
            ),
            fix=_fix(name, self.context.recheck),
        )


def _keep(seen: dict[_Subject, StatementProfile], fact: StatementProfile) -> None:
    """Keep the most used statement of a subject; of two equals, the one first by fingerprint."""
    subject = _subject(fact.statement.shape)
    other = seen.get(subject)
    if other is None or _rank(fact) < _rank(other):
        seen[subject] = fact


def _rank(fact: StatementProfile) -> tuple[int, str]:
    return (-fact.calls, fact.statement.fingerprint)


def _subject(shape: Shape) -> _Subject:
    conditions = sorted({(each.column, each.operator) for each in shape.predicates})
    return (tuple(sorted(shape.tables_read)), tuple(conditions))


def _fix(name: str, recheck: str) -> Fix:
    return Fix(
        summary=Text(
            en=f"Show the pages of {name} without a total, or keep the total for a while.",
            ko=f"{name} 페이지를 전체 개수 없이 보여주거나, 개수를 잠시 캐시합니다.",
        ),
        kind=FixKind.ADVICE,
        text=lines(
            "# fetch one row more than the page shows: is there a next page?",
            "LIMIT page_size + 1",
            "",
            "# Django REST framework: CursorPagination never counts",
            "# Django Paginator: override count with a cached or estimated value",
            "-- an estimate for a whole table",
            "SELECT reltuples::bigint FROM pg_class WHERE oid = $1::regclass;",
        ),
        recheck=recheck,
    )
