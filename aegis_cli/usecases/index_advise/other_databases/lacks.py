"""Say what could not be examined of SQLite, MySQL and MariaDB, and what to do about it."""

from collections.abc import Iterable, Sequence

from aegis_cli.model.facts.index_workload import WorkloadStatement
from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text

_NAMED = 5


def unreadable_statements(masked: Sequence[str], reason: str) -> Skipped:
    """Say how many statements of a workload were not understood, with an example."""
    return Skipped(
        subject=_shortened(masked[0]),
        reason=Text(
            en=f"{len(masked)} statement(s) left out: {reason}",
            ko=f"문장 {len(masked)}개를 제외했습니다: {reason}",
        ),
        hint=Text(
            en="Give statements that read or write rows, one after the other, each ended by ;.",
            ko="행을 읽거나 쓰는 문장만 ;로 끝내어 차례로 주십시오.",
        ),
    )


def unplanned_statements(refused: Iterable[tuple[WorkloadStatement, str]]) -> list[Skipped]:
    """Say which statements the database's schema does not fit."""
    return [
        Skipped(
            subject=_shortened(statement.normalized),
            reason=Text(en=f"not planned: {reason}", ko=f"계획을 세우지 못했습니다: {reason}"),
            hint=Text(
                en="Check that the statement belongs to this database.",
                ko="이 문장이 이 데이터베이스의 것인지 확인하십시오.",
            ),
        )
        for statement, reason in refused
    ]


def untested_drop(subject: str, reason: str) -> Skipped:
    """Say of which index nobody asked the server what the plans become without it."""
    return Skipped(
        subject=subject,
        reason=Text(
            en=f"the plans without it were not asked for: {reason}",
            ko=f"이 인덱스가 없을 때의 계획을 확인하지 못했습니다: {reason}",
        ),
        hint=Text(
            en="Before you drop it, look at EXPLAIN with IGNORE INDEX in the statement.",
            ko="삭제하기 전에 문장에 IGNORE INDEX를 넣어 EXPLAIN을 확인하십시오.",
        ),
    )


def no_plans_for_drops(server: str) -> Skipped:
    """Say that indexes to drop were judged by structure and counters, for want of plans."""
    return Skipped(
        subject=server,
        reason=Text(
            en="indexes to drop were judged by structure and counters, for the server explained "
            "no statement",
            ko="서버가 실행 계획을 준 문장이 없어, 삭제할 인덱스를 구조와 카운터로만 판단했습니다",
        ),
        hint=Text(
            en="Give SELECT statements with their constants.",
            ko="상수가 들어 있는 SELECT 문을 주십시오.",
        ),
    )


def unknown_tables(names: Sequence[str]) -> Skipped:
    """Say which tables of the workload the database does not have."""
    return Skipped(
        subject=listed(names),
        reason=Text(
            en="tables of the workload that this database does not have",
            ko="이 데이터베이스에 없는 테이블입니다",
        ),
        hint=Text(
            en="Check that workload and target belong together.",
            ko="작업 부하와 대상이 서로 맞는지 확인하십시오.",
        ),
    )


def empty_workload(server: str) -> Skipped:
    """Say that there is no statement to choose indexes for."""
    return Skipped(
        subject=server,
        reason=Text(
            en="no statement of a workload was found, so no index was proposed",
            ko="작업 부하에서 문장을 찾지 못해 인덱스를 제안하지 않았습니다",
        ),
        hint=Text(
            en="Name a .sql file, or give statements on standard input.",
            ko=".sql 파일을 지정하거나 표준 입력으로 문장을 주십시오.",
        ),
    )


def server_lack(subject: str, reason: str, hint: str) -> Skipped:
    """Say what a server does not tell us."""
    subjects = {
        "sizes of indexes": "인덱스 크기",
        "use of indexes": "인덱스 사용",
        "statistics of columns": "열 통계",
        "statements": "문장 요약",
    }
    korean = subjects.get(subject, subject)
    return Skipped(
        subject=subject,
        reason=Text(en=reason, ko=f"{korean}을(를) 읽지 못했습니다: {reason}"),
        hint=Text(en=hint, ko=hint),
    )


def guessed_columns(names: Sequence[str]) -> Skipped:
    """Say of which columns a rule of thumb was used, since nothing tells their values apart."""
    return Skipped(
        subject=listed(names),
        reason=Text(
            en="no index and no statistics tell how many values these columns have; "
            "an equality was taken to keep a tenth of the rows",
            ko="이 열들의 값 종류를 알려 주는 인덱스나 통계가 없어, "
            "등호 조건이 행의 10분의 1을 남긴다고 가정했습니다",
        ),
        hint=Text(
            en="MariaDB: ANALYZE TABLE t PERSISTENT FOR ALL. "
            "MySQL 8: ANALYZE TABLE t UPDATE HISTOGRAM ON column.",
            ko="MariaDB: ANALYZE TABLE t PERSISTENT FOR ALL. "
            "MySQL 8: ANALYZE TABLE t UPDATE HISTOGRAM ON 열.",
        ),
    )


def unexplained_statements(masked: Sequence[str], reason: str) -> Skipped:
    """Say how many statements the server gave no plan for."""
    return Skipped(
        subject=_shortened(masked[0]),
        reason=Text(
            en=f"{len(masked)} statement(s) not explained by the server: {reason}",
            ko=f"서버가 문장 {len(masked)}개의 계획을 주지 않았습니다: {reason}",
        ),
        hint=Text(
            en="Give SELECT statements with their constants, and SELECT on their tables.",
            ko="상수가 들어 있는 SELECT 문과 해당 테이블의 SELECT 권한을 주십시오.",
        ),
    )


def listed(names: Sequence[str]) -> str:
    """Return a few names, and how many more there are."""
    shown = ", ".join(names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown} (+{len(names) - _NAMED})"


def _shortened(text: str) -> str:
    longest = 120
    return text if len(text) <= longest else text[: longest - 1] + "…"
