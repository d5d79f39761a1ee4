"""Reports to render: an empty one, a rich one, a hostile one and a very long one."""

import math
from dataclasses import replace
from datetime import UTC, datetime

from aegis_cli.model.evidence import CodeSnippet, PlanComparison, QuerySample, estimated, measured
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.location import (
    CodeLocation,
    EndpointLocation,
    LogLocation,
    ObjectLocation,
)
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.report import (
    Cell,
    Chart,
    ChartKind,
    Column,
    Datum,
    Report,
    Section,
    Series,
    Skipped,
)
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text

STARTED = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)

PARENT = (
    "SELECT id, number, customer_id, created_at FROM orders WHERE status = ? ORDER BY id LIMIT ?"
)
CHILD = (
    "SELECT c.id, c.name, c.email, c.credit, a.street, a.city, a.postcode FROM customers c "
    "LEFT JOIN addresses a ON a.customer_id = c.id AND a.is_primary WHERE c.id = ?"
)

HOSTILE = (
    "\x1b[31mred\x1b[0m \x1b]8;;http://evil\x07link\x1b]8;;\x07 \x9b5m a\u202eb\u2066c\x00\x07"
    "\ud800\ufffe "
    "<script>alert(1)</script> <img src=x onerror=alert(1)> &amp; \"quoted\" 'single' "
    "[bold red]markup[/] [click](javascript:alert(1)) ![i](http://evil/i.png) `tick` ```fence``` "
    "| pipe | @everyone #123 https://evil.example www.evil.example ]]> <!-- --> %0A::error::x "
    "\r\n::error file=a::injected\n\n# heading\n- item\n1. one\n| a | b |\n|---|---|\n"
    "</details></pre></code></style></title>"
)
"""What a log may hold when somebody wants to harm the reader of a report."""


def a_rule(code: str = "AEG1101", name: str = "n-plus-one", **changes: Severity) -> Rule:
    """Build a rule."""
    return Rule(
        code=code,
        name=name,
        section=f"{code[3]}.{code[4]}",
        title=Text.same(f"Title of {name}"),
        severity=changes.get("severity", Severity.HIGH),
        confidence=Confidence.HIGH,
        since="0.1",
        aliases=(f"old-{name}",),
    )


def n_plus_one() -> Finding:
    """Build a finding with every sort of evidence."""
    return Finding(
        rule=a_rule(),
        message=Text.same(
            "One query for customers ran for each row of orders: 4,210 times in 201 requests, "
            "up to 50 times in one."
        ),
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        identity="AEG1101:a1b2c3d4e5f60718:0718293a4b5c6d7e",
        locations=(
            CodeLocation(path="shop/views.py", line=31, function="index"),
            LogLocation(path="app.log", line=120, at="2026-01-31T11:02:03.456+00:00"),
            LogLocation(path="app.log", line=2_310),
            LogLocation(path="app.log", line=40_112),
            ObjectLocation(server="shop", kind="table", name="public.customers"),
            EndpointLocation(method="GET", url="/orders?page=1"),
        ),
        evidence=(
            measured("bursts", 201, Unit.COUNT),
            measured("child_executions", 4_210, Unit.CALLS),
            measured("child_time", 1_043.7, Unit.MS, "server time only"),
            measured("round_trip_gap", 0.412, Unit.MS, "median"),
            measured("share_of_time", 0.4127, Unit.RATIO),
            estimated("cost_of_one_join", 1_234.5, Unit.COST, Basis.PLANNER),
            QuerySample(role="parent", fingerprint="a1b2c3d4e5f60718", statement=PARENT),
            QuerySample(role="child", fingerprint="0718293a4b5c6d7e", statement=CHILD),
            CodeSnippet(
                title="shop/views.py",
                language="python",
                text="for order in Order.objects.all():\n    total += order.customer.credit",
            ),
        ),
        impact=Impact(basis=Basis.HEURISTIC, time_saved_ms=812.4, calls_saved=4_009),
        fix=Fix(
            summary=Text.same("Load the customers together with the orders."),
            kind=FixKind.DIFF,
            text=(
                "-orders = Order.objects.filter(status='open')\n"
                "+orders = Order.objects.filter(status='open').select_related('customer')\n"
            ),
            recheck="aegis explain-queries app.log --select AEG1101",
        ),
    )


def slow_statement() -> Finding:
    """Build a critical finding fixed by DDL."""
    return Finding(
        rule=a_rule("AEG5303", "slow-statement"),
        message=Text.same("One statement takes 38 % of all database time; p95 is 2.41 s."),
        severity=Severity.CRITICAL,
        confidence=Confidence.MEDIUM,
        identity="AEG5303:00ff00ff00ff00ff",
        locations=(ObjectLocation(server="shop", kind="table", name="public.events"),),
        evidence=(
            measured("p95", 2_412.0, Unit.MS),
            measured("rows_read", 1_203_345, Unit.ROWS),
            measured("temporary_files", 734_003_200, Unit.BYTES),
            measured("rate", 12.345, Unit.PER_SECOND),
            measured("elapsed", 93, Unit.SECONDS),
        ),
        impact=Impact(
            basis=Basis.PLANNER,
            time_saved_ms=93_000.0,
            bytes_saved=734_003_200,
            rows_saved=1_200_000,
        ),
        fix=Fix(
            summary=Text.same("Create an index that answers the filter and the order."),
            kind=FixKind.DDL,
            text="CREATE INDEX CONCURRENTLY events_account_created_idx\n"
            "    ON events (account_id, created_at DESC)\n    WHERE deleted_at IS NULL;",
            recheck="aegis explain-queries app.log --select AEG5303",
        ),
    )


def missing_index() -> Finding:
    """Build a finding whose effect is known in planner cost only, with two plans."""
    return Finding(
        rule=a_rule("AEG1201", "missing-index"),
        message=Text.same("An index on orders lowers the planner cost of 1 statement."),
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        identity="AEG1201:public.orders:customer_id",
        locations=(ObjectLocation(server="shop", kind="table", name="public.orders"),),
        evidence=(
            PlanComparison(
                fingerprint="0718293a4b5c6d7e",
                statement=CHILD,
                cost_before=18_404.5,
                cost_after=8.31,
                basis=Basis.PLANNER,
                plan_before="Seq Scan on orders  (cost=0.00..18404.50 rows=3 width=90)\n"
                "  Filter: (customer_id = ?)",
                plan_after="Index Scan using orders_customer_id_idx on orders\n"
                "  Index Cond: (customer_id = ?)",
            ),
        ),
        impact=Impact(basis=Basis.PLANNER, cost_saved=18_396.2),
        fix=Fix(
            summary=Text.same("Create the index."),
            kind=FixKind.DDL,
            text="CREATE INDEX CONCURRENTLY orders_customer_id_idx ON orders (customer_id);",
            recheck="aegis index-advise app.log",
        ),
    )


def cacheable_read() -> Finding:
    """Build a mild finding whose effect nobody knows."""
    return Finding(
        rule=a_rule("AEG1301", "cacheable-read", severity=Severity.MEDIUM),
        message=Text.same("The same settings were read 1,200 times and changed twice."),
        severity=Severity.MEDIUM,
        confidence=Confidence.LOW,
        identity="AEG1301:settings",
        locations=(EndpointLocation(method="GET", url="https://shop.example/settings"),),
        evidence=(),
        impact=Impact(basis=Basis.HEURISTIC),
        fix=Fix(
            summary=Text.same("Keep the settings for 60 s, with jitter."),
            kind=FixKind.ADVICE,
            text="Cache the rows by tenant for 60 s plus up to 10 s of jitter, so that keys do not "
            "expire together. Delete the key in the transaction that changes the settings.",
            recheck="",
        ),
    )


def statements_section(rows: int = 6) -> Section:
    """Build the table of statements."""
    return Section(
        id="statements",
        title=Text(en="Statements", ko="문장"),
        columns=(
            Column(key="fingerprint", title=Text(en="Fingerprint", ko="지문")),
            Column(key="statement", title=Text(en="Statement", ko="문장")),
            Column(key="calls", title=Text(en="Calls", ko="호출"), unit=Unit.CALLS),
            Column(key="total_ms", title=Text(en="Total", ko="합계"), unit=Unit.MS),
            Column(key="share", title=Text(en="Share", ko="비율"), unit=Unit.RATIO),
            Column(key="mean_ms", title=Text(en="Mean", ko="평균"), unit=Unit.MS),
            Column(key="p50_ms", title=Text(en="p50", ko="p50"), unit=Unit.MS),
            Column(key="p95_ms", title=Text(en="p95", ko="p95"), unit=Unit.MS),
            Column(key="p99_ms", title=Text(en="p99", ko="p99"), unit=Unit.MS),
            Column(key="max_ms", title=Text(en="Max", ko="최대"), unit=Unit.MS),
            Column(key="rows", title=Text(en="Rows", ko="행"), unit=Unit.ROWS),
        ),
        rows=tuple(_statement_row(index) for index in range(rows)),
    )


def _statement_row(index: int) -> tuple[Cell, ...]:
    """Build one row, each with less time than the one before."""
    total = 93_412.7 / (index + 1) ** 1.5
    calls = 4_210 * (index + 1)
    statement = (CHILD, PARENT, "UPDATE stock SET amount = amount - ? WHERE id = ?")[index % 3]
    mean = total / calls
    percentiles = (mean * 0.8, mean * 2.1, mean * 3.3, mean * 9.7)
    rows = None if index % 2 else calls * 3
    return (f"{index:016x}", statement, calls, total, 1 / (index + 2), mean, *percentiles, rows)


def coverage_section() -> Section:
    """Build the section that says what was read."""
    return Section(
        id="coverage",
        title=Text(en="Coverage", ko="범위"),
        data=(
            Datum(
                key="bytes_read",
                title=Text(en="Bytes read", ko="읽은 바이트"),
                value=229_637_120,
                unit=Unit.BYTES,
            ),
            Datum(key="executions", title=Text(en="Executions", ko="실행"), value=1_203_345),
            Datum(key="fingerprints", title=Text(en="Fingerprints", ko="지문"), value=42),
            Datum(key="lines_unparsed", title=Text(en="Lines not parsed", ko="미해석 행"), value=0),
            Datum(
                key="first_seen",
                title=Text(en="First seen", ko="처음"),
                value="2026-01-31T11:00:00+00:00",
            ),
            Datum(
                key="prefix",
                title=Text(en="Log line prefix", ko="접두어"),
                value="%m [%p] %q%u@%d ",
            ),
            Datum(
                key="durations", title=Text(en="Durations logged", ko="실행 시간 기록"), value=True
            ),
            Datum(key="grouping", title=Text(en="Unit of work", ko="작업 단위"), value=None),
        ),
    )


def timeline_section() -> Section:
    """Build a section with both kinds of charts and no table."""
    minutes = range(90)
    busy = tuple(
        900 + 700 * math.sin(minute / 9) + (4_000 if minute == 61 else 0) for minute in minutes
    )
    return Section(
        id="timeline",
        title=Text(en="Timeline", ko="시간대별"),
        charts=(
            Chart(
                kind=ChartKind.TIMELINE,
                title=Text(en="Executions per minute", ko="분당 실행"),
                unit=Unit.CALLS,
                labels=tuple(f"11:{m:02}" if m < 60 else f"12:{m - 60:02}" for m in minutes),
                series=(
                    Series(name=Text(en="reads", ko="읽기"), values=busy),
                    Series(name=Text(en="writes", ko="쓰기"), values=tuple(v / 7 for v in busy)),
                ),
            ),
            Chart(
                kind=ChartKind.BARS,
                title=Text(en="Time by table", ko="테이블별 시간"),
                unit=Unit.MS,
                labels=("customers", "orders", "public.event_partition_2026_01", "tiny"),
                series=(
                    Series(
                        name=Text(en="time", ko="시간"), values=(51_000.0, 20_400.0, 9_000.0, 3.0)
                    ),
                ),
            ),
        ),
    )


def rich_report() -> Report:
    """Build a report with something of every kind."""
    return Report(
        command="explain-queries",
        inputs=("app.log", "/var/log/postgresql/postgresql-18-main.log"),
        started_at=STARTED,
        elapsed_s=1.93,
        findings=(slow_statement(), n_plus_one(), cacheable_read()),
        sections=(coverage_section(), statements_section(), timeline_section()),
        skipped=(
            Skipped(
                subject="old.log.gz",
                reason=Text.same("the compressed stream ends too early after 12 MiB"),
                hint=Text.same("Copy the file again; what was readable is in the report."),
            ),
            Skipped(subject="cachable-read", reason=Text.same("no parameters"), hint=Text.same("")),
        ),
    )


def advice_report() -> Report:
    """Build a report whose effect is known in planner cost."""
    return replace(empty_report(), command="index-advise", findings=(missing_index(),))


def empty_report() -> Report:
    """Build a report of a run that found nothing and skipped nothing."""
    return Report(command="explain-queries", inputs=(), started_at=STARTED, elapsed_s=0.0)


def hostile_report() -> Report:
    """Build a report in which every string is hostile and every number is broken."""
    text = Text.same(HOSTILE)
    broken = (math.nan, math.inf, -math.inf)
    finding = Finding(
        rule=Rule(
            code=HOSTILE,
            name=HOSTILE,
            section=HOSTILE,
            title=text,
            severity=Severity.LOW,
            confidence=Confidence.LOW,
            since=HOSTILE,
            aliases=(HOSTILE,),
        ),
        message=text,
        severity=Severity.LOW,
        confidence=Confidence.LOW,
        identity=HOSTILE,
        locations=(
            CodeLocation(path=HOSTILE, line=-3, function=HOSTILE),
            LogLocation(path=HOSTILE, line=0, at=HOSTILE),
            ObjectLocation(server=HOSTILE, kind=HOSTILE, name=HOSTILE),
            EndpointLocation(method=HOSTILE, url=HOSTILE),
        ),
        evidence=(
            *(measured(HOSTILE, value, unit, HOSTILE) for value in broken for unit in Unit),
            QuerySample(role=HOSTILE, fingerprint=HOSTILE, statement=HOSTILE),
            CodeSnippet(title=HOSTILE, language=HOSTILE, text=HOSTILE),
            PlanComparison(
                fingerprint=HOSTILE,
                statement=HOSTILE,
                cost_before=math.nan,
                cost_after=math.inf,
                basis=Basis.PLANNER,
                plan_before=HOSTILE,
                plan_after=HOSTILE,
            ),
        ),
        impact=Impact(
            basis=Basis.HEURISTIC, time_saved_ms=math.nan, calls_saved=10**400, cost_saved=math.inf
        ),
        fix=Fix(summary=text, kind=FixKind.DIFF, text=HOSTILE, recheck=HOSTILE),
    )
    return Report(
        command=HOSTILE,
        inputs=(HOSTILE, ""),
        started_at=STARTED.replace(tzinfo=None),
        elapsed_s=math.nan,
        findings=(finding,),
        sections=(_hostile_section(text, broken),),
        skipped=(Skipped(subject=HOSTILE, reason=text, hint=text),),
        partial=True,
    )


def _hostile_section(text: Text, broken: tuple[float, ...]) -> Section:
    """Build a section that is hostile wherever it can be."""
    return Section(
        id=HOSTILE,
        title=text,
        data=(Datum(key=HOSTILE, title=text, value=HOSTILE),),
        columns=(
            Column(key="statement", title=text),
            Column(key="total_ms", title=text, unit=Unit.MS),
            Column(key="x", title=text),
        ),
        rows=((HOSTILE, broken[0], HOSTILE), (HOSTILE, broken[1], None), (HOSTILE, 3.0, True)),
        charts=tuple(
            Chart(
                kind=kind,
                title=text,
                unit=Unit.MS,
                labels=(HOSTILE,) * 3,
                series=(
                    Series(name=text, values=broken),
                    Series(name=text, values=(0.0, 1.0, -1.0)),
                ),
            )
            for kind in ChartKind
        ),
    )


def long_report() -> Report:
    """Build a report with hundreds of findings and rows."""
    # Laying out hundreds of statements would take the time of all other tests together.
    brief = replace(n_plus_one(), evidence=n_plus_one().evidence[:3])
    return Report(
        command="explain-queries",
        inputs=tuple(f"/var/log/postgresql/postgresql-{day:03}.log.gz" for day in range(200)),
        started_at=STARTED,
        elapsed_s=4_000.0,
        findings=(slow_statement(), n_plus_one(), *(brief,) * 249, cacheable_read()),
        sections=(statements_section(400), coverage_section()),
    )
