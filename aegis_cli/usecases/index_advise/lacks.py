"""What could not be extracted or made again, as the report tells it."""

import re
from collections.abc import Iterable, Iterator, Mapping

from aegis_cli.model.errors import SourceError
from aegis_cli.model.facts.index_advice import Unplanned
from aegis_cli.model.facts.snapshot import SnapshotLack
from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text

_EXAMPLE_CHARS = 120
_PREFIX = "statement: "
_VALUE = re.compile(r': ".*"')
"""Where a server's message repeats a value: `invalid input syntax for type integer: "x"`."""


def skipped_of(lacks: Iterable[SnapshotLack]) -> Iterator[Skipped]:
    """Yield each lack once; what servers and sources say is English."""
    for each in dict.fromkeys(lacks):
        yield Skipped(
            subject=each.subject, reason=Text.same(each.reason), hint=Text.same(each.hint)
        )


def unknown_tables(names: Iterable[str], option: str) -> Iterator[Skipped]:
    """Yield the tables that an option names and the database does not have."""
    for each in names:
        yield Skipped(
            subject=f"{option} {each}",
            reason=Text(en="no table of this name was found", ko="이 이름의 테이블이 없습니다"),
            hint=Text(
                en="Check the spelling, or add the schema: schema.table.",
                ko="철자를 확인하거나 schema.table처럼 스키마를 붙이십시오.",
            ),
        )


def no_statements() -> Skipped:
    """Return that the workload, though it could be read, holds nothing."""
    return Skipped(
        subject="workload",
        reason=Text(
            en="it holds no statement, so no index was looked for",
            ko="문장이 없어 인덱스를 찾지 않았습니다",
        ),
        hint=Text(
            en="Give a log, a .sql file or statements on stdin, or leave WORKLOAD out to take"
            " them from pg_stat_statements.",
            ko="로그나 .sql 파일, 표준 입력으로 문장을 주거나, WORKLOAD를 생략해"
            " pg_stat_statements에서 가져오십시오.",
        ),
    )


def interrupted_verification() -> Skipped:
    """Return that the user ended the measurements."""
    return Skipped(
        subject="--verify",
        reason=Text(
            en="interrupted: nothing was measured, and no index is left on the clone",
            ko="중단되었습니다. 측정하지 않았고, 복제본에 남은 인덱스는 없습니다",
        ),
        hint=Text(en="Run the command again.", ko="명령을 다시 실행하십시오."),
    )


def failed_verification(error: SourceError) -> Skipped:
    """Tell why the advice could not be measured; it stands all the same."""
    return Skipped(
        subject=f"--verify {error.subject}",
        reason=Text.same(error.reason),
        hint=Text.same(error.hint),
    )


def unplanned_statements(
    refused: Iterable[Unplanned], normalized: Mapping[str, str], *, show_literals: bool
) -> Iterator[Skipped]:
    """Yield the statements that the planner refused, once for each reason, with an example.

    Args:
        refused: The statements, and what the planner said.
        normalized: Texts by fingerprint.
        show_literals: Whether values that the planner repeats are shown.
    """
    by_reason: dict[str, list[Unplanned]] = {}
    for each in refused:
        reason = each.reason.partition("\n")[0].removeprefix(_PREFIX)
        told = reason if show_literals else _VALUE.sub(': "?"', reason)
        by_reason.setdefault(told, []).append(each)
    for reason, alike in by_reason.items():
        example = _shortened(normalized[alike[0].fingerprint])
        calls = sum(each.calls for each in alike)
        yield Skipped(
            subject=_counted(len(alike), calls),
            reason=Text(
                en=f"not planned, {reason}: {example}",
                ko=f"계획을 세우지 못했습니다({reason}): {example}",
            ),
            hint=Text(
                en="Check that the statement belongs to this database and is complete.",
                ko="이 데이터베이스의 문장인지, 잘리지 않았는지 확인하십시오.",
            ),
        )


def _counted(statements: int, calls: float) -> str:
    one, many = ("statement", "call"), ("statements", "calls")
    return (
        f"{statements} {(one if statements == 1 else many)[0]} "
        f"({calls:g} {(one if calls == 1 else many)[1]})"
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _EXAMPLE_CHARS else text[: _EXAMPLE_CHARS - 1] + "…"
