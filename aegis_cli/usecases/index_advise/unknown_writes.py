"""Say of which tables nothing tells how often rows are written."""

from collections.abc import Iterator

from aegis_cli.model.facts.index_advice import Advice, Dialect
from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text

_NAMED = 5
_IN_WORKLOAD = Text(
    en="Add the statements that write, with how often they run, to the workload.",
    ko="쓰기 문장을 실행 횟수와 함께 작업 부하에 추가하십시오.",
)
_HINTS = {
    Dialect.POSTGRESQL: Text(
        en="Give a log or pg_stat_statements that holds the writes.",
        ko="쓰기가 담긴 로그나 pg_stat_statements를 주십시오.",
    ),
    Dialect.MYSQL: _IN_WORKLOAD,
    Dialect.SQLITE: _IN_WORKLOAD,
}


def unknown_writes(advice: Advice | None) -> Iterator[Skipped]:
    """Yield that what keeping an index up costs is not counted on tables of unknown writes."""
    if advice is None:
        return
    names = sorted({str(each.definition.table) for each in advice.creates if not each.writes_known})
    if not names:
        return
    more = f" (+{len(names) - _NAMED})" if len(names) > _NAMED else ""
    shown = ", ".join(names[:_NAMED]) + more
    yield Skipped(
        subject=shown,
        reason=Text(
            en=f"how often rows are written to {shown} is unknown, so the cost of keeping an"
            " index up is not counted",
            ko=f"{shown}에 행을 얼마나 자주 쓰는지 알 수 없어 인덱스를 유지하는 비용은"
            " 계산하지 않았습니다",
        ),
        hint=_HINTS[advice.dialect],
    )
