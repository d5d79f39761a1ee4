"""AEG2102: pages that skip thousands of rows with OFFSET."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import estimated, measured
from aegis_cli.model.facts.executions import DEEP_OFFSET_ROWS, OffsetUse, StatementProfile
from aegis_cli.model.facts.shapes import Shape
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._snippet import lines
from aegis_cli.rules.queries._statement_evidence import statement_evidence
from aegis_cli.rules.queries._wording import ms, places, tables

RULE = Rule(
    code="AEG2102",
    name="deep-offset",
    section="2.1",
    title=Text(en="Deep pages with OFFSET", ko="깊은 OFFSET 페이지네이션"),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)

_ASSUMED_PAGE_ROWS = 100
"""Rows of a page whose LIMIT is a parameter; on the large side, so that we promise less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepOffsetOptions(Options):
    """When skipping rows counts as deep paging."""

    min_deep_executions: int = 5
    """Executions that skip a thousand rows or more."""
    min_offset_rows: int = DEEP_OFFSET_ROWS
    """The deepest OFFSET that was seen."""
    high_severity_offset_rows: int = 10_000
    """The deepest OFFSET from which the severity is high, if a client walks the pages."""


class DeepOffset(Detector[StatementProfile]):
    """Listen for statements that page deeply."""

    rule = RULE
    consumes = StatementProfile
    options_type = DeepOffsetOptions

    def observe(self, fact: StatementProfile) -> Iterator[Finding]:
        """Report a statement that often skips very many rows."""
        options = narrow(self._options, DeepOffsetOptions)
        use = fact.offsets
        if use is None or use.deep_executions < options.min_deep_executions:
            return
        if use.max_offset >= options.min_offset_rows:
            yield self._report(fact, use, options)

    def _report(
        self, fact: StatementProfile, use: OffsetUse, options: DeepOffsetOptions
    ) -> Finding:
        saved_ms = _saved_ms(fact.statement.shape, use)
        walks = use.growing_steps >= options.min_deep_executions
        is_deep = use.max_offset >= options.high_severity_offset_rows
        detail = "the deep pages' time, by rows skipped against rows returned"
        return self.finding(
            message=_message(fact, use),
            identity=(fact.statement.fingerprint,),
            locations=places(fact.attributions, [fact.slowest]),
            evidence=statement_evidence(
                fact,
                measured("deep_executions", use.deep_executions, Unit.CALLS),
                measured("deep_time", ms(use.deep_time_us), Unit.MS),
                measured("max_offset", use.max_offset, Unit.NONE, "rows"),
                measured("rows_skipped", use.rows_skipped, Unit.ROWS),
                measured("growing_steps", use.growing_steps, Unit.COUNT),
                estimated("time_saved", saved_ms, Unit.MS, Basis.HEURISTIC, detail),
            ),
            impact=Impact(
                basis=Basis.HEURISTIC,
                time_saved_ms=saved_ms if use.deep_time_us > 0 else None,
                rows_saved=use.rows_skipped,
            ),
            fix=_fix(fact, self.context.recheck),
            severity=Severity.HIGH if walks and is_deep else Severity.MEDIUM,
            confidence=Confidence.HIGH if walks else Confidence.MEDIUM,
        )


def _saved_ms(shape: Shape, use: OffsetUse) -> float:
    page = shape.limit_value if shape.limit_value is not None else _ASSUMED_PAGE_ROWS
    returned = page * use.deep_executions
    skipped_part = use.rows_skipped / max(1, use.rows_skipped + returned)
    return ms(use.deep_time_us) * skipped_part


def _message(fact: StatementProfile, use: OffsetUse) -> Text:
    name, spent = tables(fact.statement), duration(ms(use.deep_time_us))
    return Text(
        en=f"{use.deep_executions:,} pages of {name} skip {DEEP_OFFSET_ROWS:,} rows or more, up "
        f"to {use.max_offset:,}: {use.rows_skipped:,} rows read and thrown away, {spent} in the "
        "deep pages",
        ko=f"{name} 페이지 {use.deep_executions:,}개가 {DEEP_OFFSET_ROWS:,}행 이상(최대 "
        f"{use.max_offset:,}행)을 건너뜁니다: {use.rows_skipped:,}행을 읽고 버리며, 깊은 페이지에 "
        f"{spent} 소요",
    )


def _fix(fact: StatementProfile, recheck: str) -> Fix:
    name = tables(fact.statement)
    return Fix(
        summary=Text(
            en=f"Page {name} by the last key seen (keyset) instead of by OFFSET.",
            ko=f"{name} 페이지네이션을 OFFSET 대신 마지막 키 기준(keyset, 커서)으로 바꿉니다.",
        ),
        kind=FixKind.ADVICE,
        text=_keyset(fact.statement.shape),
        recheck=recheck,
    )


def _keyset(shape: Shape) -> str:
    columns = list(dict.fromkeys([each.column for each in shape.order_by] or ["id"]))
    descending = bool(shape.order_by) and shape.order_by[0].descending
    operator, direction = ("<", " DESC") if descending else (">", "")
    keys = ", ".join(columns)
    values = ", ".join("$" + str(position) for position, _ in enumerate(columns, 1))
    order = ", ".join(each + direction for each in columns)
    return lines(
        "-- $n: the values of the last row of the page before",
        f"WHERE ({keys}) {operator} ({values})",
        f"ORDER BY {order}",
        "LIMIT …;",
        "-- with an index on exactly these columns; the last one must be unique",
        "",
        "# Django REST framework",
        "class Pages(CursorPagination):",
        "    ordering = (" + ", ".join(_quoted(columns, descending=descending)) + ",)",
        "",
        "# Caution: a cursor needs a fixed order and cannot jump to page 500;",
        "# ask what the client really needs.",
    )


def _quoted(columns: list[str], *, descending: bool) -> Iterator[str]:
    sign = "-" if descending else ""
    return ('"' + sign + each + '"' for each in columns)
