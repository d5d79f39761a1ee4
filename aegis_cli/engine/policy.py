"""What the user decided about findings in advance, applied to a finished report."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from aegis_cli.engine.baseline import Baseline, Entry
from aegis_cli.engine.suppression import PathIgnore, ReadLines, is_suppressed
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Column, Datum, Report, Section
from aegis_cli.model.text import Text

SECTION = "suppressed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Per-path ignores, comments in the source, and the baseline of accepted findings."""

    read_lines: ReadLines
    ignores: tuple[PathIgnore, ...] = ()
    baseline: Baseline = field(default_factory=Baseline)


def apply_policy(report: Report, policy: Policy, codes: Collection[str]) -> Report:
    """Take out what is suppressed or accepted, and add a section that counts it.

    `codes` are the rules that ran: a baseline entry of another rule is not stale.
    """
    kept = tuple(
        each
        for each in report.findings
        if not is_suppressed(each, policy.ignores, policy.read_lines)
    )
    fresh = tuple(each for each in kept if not policy.baseline.accepts(each))
    # A suppressed finding was seen, so its baseline entry is not stale.
    stale = policy.baseline.stale(report.findings, codes)
    if len(fresh) == len(report.findings) and not stale:
        return report
    section = _section(len(report.findings) - len(kept), len(kept) - len(fresh), stale)
    return replace(report, findings=fresh, sections=(*report.sections, section))


def _section(suppressed: int, accepted: int, stale: Sequence[Entry]) -> Section:
    return Section(
        id=SECTION,
        title=Text(en="Not reported", ko="보고에서 제외된 항목"),
        data=(
            _count("suppressed", Text(en="Suppressed", ko="무시 설정"), suppressed),
            _count("in_baseline", Text(en="In the baseline", ko="기준선에 있음"), accepted),
            _count("stale", Text(en="Gone from the baseline", ko="기준선에서 사라짐"), len(stale)),
        ),
        columns=(
            Column(key="identity", title=Text(en="Gone", ko="사라진 항목")),
            Column(key="message", title=Text(en="Was", ko="내용")),
        ),
        rows=tuple((each.identity, each.message) for each in stale),
    )


def _count(key: str, title: Text, value: int) -> Datum:
    return Datum(key=key, title=title, value=value, unit=Unit.COUNT)
