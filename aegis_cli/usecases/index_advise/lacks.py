"""What could not be extracted or made again, as the report tells it."""

from collections.abc import Iterable, Iterator

from aegis_cli.model.facts.snapshot import SnapshotLack
from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text


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
