"""Count the statements that no index can be advised for, and say so once for each kind."""

from dataclasses import dataclass, field
from enum import StrEnum

from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text
from aegis_cli.sqltext.normalize import normalize

_EXAMPLE_CHARS = 120


class Reason(StrEnum):
    """Why a statement is left out."""

    FRAME = "frame"
    """Transaction control and settings, which every workload has and nobody misses."""
    UNPARSED = "unparsed"
    UTILITY = "utility"
    CATALOG = "catalog"
    NO_TABLE = "no table"
    UNKNOWN_TABLE = "unknown table"
    OTHER_DATABASE = "other database"


_REASONS = {
    Reason.UNPARSED: Text(
        en="PostgreSQL's parser does not understand them, or what their parameters are",
        ko="PostgreSQL 파서가 문장이나 매개변수를 이해하지 못합니다",
    ),
    Reason.UTILITY: Text(
        en="they are no queries and change no rows, so they have no plan",
        ko="조회나 변경이 아니므로 실행 계획이 없습니다",
    ),
    Reason.CATALOG: Text(
        en="they read only the server's own tables",
        ko="서버의 시스템 테이블만 읽습니다",
    ),
    Reason.NO_TABLE: Text(en="they read no table", ko="읽는 테이블이 없습니다"),
    Reason.UNKNOWN_TABLE: Text(
        en="none of their tables is in this database, as its search_path finds them",
        ko="search_path로 찾을 수 있는 테이블이 이 데이터베이스에 없습니다",
    ),
    Reason.OTHER_DATABASE: Text(
        en="they ran in other databases", ko="다른 데이터베이스에서 실행되었습니다"
    ),
}
_HINTS = {
    Reason.UNPARSED: Text(
        en="Texts that a log cut short cannot be read; raise the limit"
        " (track_activity_query_size, the log shipper's line length).",
        ko="로그가 잘라 낸 문장은 읽을 수 없습니다. 길이 제한"
        "(track_activity_query_size, 로그 수집기의 줄 길이)을 늘리십시오.",
    ),
    Reason.UNKNOWN_TABLE: Text(
        en="Check that the workload belongs to this database; if the application sets a"
        " search_path, set it for AEGIS's role, too.",
        ko="워크로드가 이 데이터베이스의 것인지 확인하십시오. 애플리케이션이 search_path를"
        " 설정한다면 AEGIS 역할에도 설정하십시오.",
    ),
    Reason.OTHER_DATABASE: Text(
        en="Run index-advise on each of them.", ko="각 데이터베이스에 대해 실행하십시오."
    ),
}
_NOTHING_TO_DO = Text(en="Nothing has to be done.", ko="할 일이 없습니다.")


@dataclass(slots=True)
class _Kind:
    statements: int = 0
    calls: float = 0.0
    example: str = ""


@dataclass(slots=True)
class LeftOut:
    """Statements left out, by reason."""

    _kinds: dict[Reason, _Kind] = field(default_factory=dict)

    def add(self, reason: Reason, text: str, calls: float) -> None:
        """Count a statement; the first of its kind is the example, its literals masked."""
        if reason is Reason.FRAME:
            return
        kind = self._kinds.setdefault(reason, _Kind())
        kind.statements += 1
        kind.calls += calls
        kind.example = kind.example or _shown(text)

    def skipped(self) -> tuple[Skipped, ...]:
        """Return what to tell, in the order of the reasons."""
        return tuple(
            Skipped(
                subject=_subject(kind),
                reason=_with_example(_REASONS[reason], kind.example),
                hint=_HINTS.get(reason, _NOTHING_TO_DO),
            )
            for reason in Reason
            if (kind := self._kinds.get(reason)) is not None
        )


def _shown(text: str) -> str:
    masked = normalize(text)
    return masked if len(masked) <= _EXAMPLE_CHARS else masked[: _EXAMPLE_CHARS - 1] + "…"


def _subject(kind: _Kind) -> str:
    statements = "statement" if kind.statements == 1 else "statements"
    calls = "call" if kind.calls == 1 else "calls"
    return f"{kind.statements} {statements} ({kind.calls:g} {calls})"


def _with_example(reason: Text, example: str) -> Text:
    return Text(en=f"{reason.en}: {example}", ko=f"{reason.ko}: {example}")
