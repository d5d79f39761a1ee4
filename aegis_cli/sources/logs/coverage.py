"""What was read and what was understood; every byte is one or the other."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.model.errors import UnknownLogFormat
from aegis_cli.model.report import Cell, Skipped
from aegis_cli.model.text import Text
from aegis_cli.sources.logs.reader import InputBooks, LogReading

MIN_PARSED_SHARE = 0.5
"""Below this the report would speak of a minority of the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Totals over all inputs; times in µs on the log's clock, -1 where unknown."""

    bytes_read: int
    bytes_unparsed: int
    bytes_foreign: int
    """Of other programs in a shared log."""
    lines_read: int
    lines_unparsed: int
    executions: int
    fingerprints: int
    other_entries: int
    nested: int
    total_us: int
    first_seen_us: int
    last_seen_us: int
    format: str
    line_prefix: str | None
    grouping: str
    per_input: tuple[tuple[Cell, ...], ...]

    @property
    def bytes_parsed(self) -> int:
        """Return the bytes that became part of entries."""
        return self.bytes_read - self.bytes_unparsed - self.bytes_foreign


def coverage_of(reading: LogReading) -> Coverage:
    """Add up what became of all inputs."""
    books = [each.books for each in reading.books]
    digest = reading.gathered.digest
    first, last = digest.span_us
    prefixes = [each.format.prefix for each in reading.books if each.format.prefix is not None]
    catalog = reading.gathered.catalog
    return Coverage(
        bytes_read=sum(each.bytes_read for each in books),
        bytes_unparsed=sum(each.unparsed_bytes for each in books),
        bytes_foreign=sum(each.foreign_bytes for each in books),
        lines_read=sum(each.lines for each in books),
        lines_unparsed=sum(each.unparsed_lines for each in books),
        executions=digest.executions,
        fingerprints=sum(
            digest.totals(number) is not None for number in range(catalog.fingerprints)
        ),
        other_entries=sum(each.other_entries for each in books),
        nested=reading.gathered.nested_plans,
        total_us=digest.total_us,
        first_seen_us=first,
        last_seen_us=last,
        format=_joined(_format(each) for each in reading.books),
        line_prefix=_joined(repr(each.template) for each in prefixes) or None,
        grouping=_joined(each.format.grouping for each in reading.books),
        per_input=tuple(
            (
                each.name,
                _format(each),
                each.books.bytes_read,
                each.books.unparsed_bytes,
                each.books.unparsed_lines,
            )
            for each in reading.books
        ),
    )


def require_readable(reading: LogReading) -> None:
    """Refuse to report on a log of which less than half could be parsed.

    Raises:
        UnknownLogFormat: Most of the bytes are no entries.
    """
    read = sum(each.books.bytes_read for each in reading.books)
    lost = sum(each.books.unparsed_bytes for each in reading.books)
    if not read or lost <= read * (1 - MIN_PARSED_SHARE):
        return
    worst = max(reading.books, key=lambda each: each.books.unparsed_bytes)
    raise UnknownLogFormat(
        worst.name,
        f"only {read - lost} of {read} bytes could be parsed as {_format(worst)};"
        f" first unparsed: {_sample(worst)}",
        "Name the prefix with --log-line-prefix (SHOW log_line_prefix tells), or set"
        " log_destination = 'jsonlog' on the server. A useful prefix has %m, %p and %c:"
        " '%m [%p] %c %q%u@%d '; log_min_duration_statement = 0 logs every statement.",
    )


def unparsed(reading: LogReading) -> Iterator[Skipped]:
    """Yield what of each input could not be parsed, with the first such lines."""
    for each in reading.books:
        if each.books.unparsed_lines:
            yield Skipped(
                subject=each.name,
                reason=Text(
                    en=f"{each.books.unparsed_lines} lines ({each.books.unparsed_bytes} bytes)"
                    f" are no entries of this log: {_sample(each)}",
                    ko=f"{each.books.unparsed_lines}줄({each.books.unparsed_bytes}바이트)은"
                    f" 이 로그의 항목이 아닙니다: {_sample(each)}",
                ),
                hint=Text(
                    en="Output of other programs in the log is harmless; otherwise name the"
                    " prefix with --log-line-prefix.",
                    ko="로그에 섞인 다른 프로그램의 출력은 무해합니다. 그렇지 않다면"
                    " --log-line-prefix로 접두사를 지정하십시오.",
                ),
            )


def blind_spots(reading: LogReading) -> Iterator[Skipped]:
    """Yield what the log's settings kept from being seen."""
    digest = reading.gathered.digest
    if not digest.executions:
        yield from _nothing_executed(reading)
    elif not digest.total_us:
        yield Skipped(
            subject="durations",
            reason=Text(
                en="the log has no durations: loops and counts are known, times are not",
                ko="로그에 소요 시간이 없습니다. 반복과 횟수만 알 수 있습니다",
            ),
            hint=Text(
                en="Set log_min_duration_statement = 0 instead of log_statement = 'all'.",
                ko="log_statement = 'all' 대신 log_min_duration_statement = 0을 사용하십시오.",
            ),
        )
    for each in reading.books:
        if each.format.grouping == "none" and digest.executions:
            yield Skipped(
                subject=each.name,
                reason=Text(
                    en="the prefix tells no sessions apart, so loops cannot be told from chance",
                    ko="접두사로 세션을 구분할 수 없어 반복을 판별할 수 없습니다",
                ),
                hint=Text(
                    en="Put %p or %c into log_line_prefix.",
                    ko="log_line_prefix에 %p 또는 %c를 넣으십시오.",
                ),
            )
    if reading.gathered.plans.unreadable:
        yield Skipped(
            subject="auto_explain",
            reason=Text(
                en=f"{reading.gathered.plans.unreadable} plans could not be read",
                ko=f"실행 계획 {reading.gathered.plans.unreadable}개를 읽을 수 없습니다",
            ),
            hint=Text(
                en="Set auto_explain.log_format to text or json.",
                ko="auto_explain.log_format을 text 또는 json으로 설정하십시오.",
            ),
        )


def _nothing_executed(reading: LogReading) -> Iterator[Skipped]:
    """Blame the settings only where the whole log was read and asked for."""
    if reading.is_interrupted:
        return
    if reading.window.is_bounded:
        yield Skipped(
            subject="executions",
            reason=Text(
                en="no executed statement lies between --since and --until",
                ko="--since와 --until 사이에 실행된 문장이 없습니다",
            ),
            hint=Text(
                en="The two times are read on the log's own clock; widen or leave them out.",
                ko="두 시각은 로그의 시계를 따릅니다. 범위를 넓히거나 빼십시오.",
            ),
        )
        return
    yield Skipped(
        subject="executions",
        reason=Text(
            en="the log holds no executed statement",
            ko="로그에 실행된 문장이 없습니다",
        ),
        hint=Text(
            en="Set log_min_duration_statement = 0 (or log_statement = 'all') and reload.",
            ko="log_min_duration_statement = 0(또는 log_statement = 'all')으로 설정하고"
            " 다시 읽어들이십시오.",
        ),
    )


def _sample(books: InputBooks) -> str:
    found = [
        f"line {first + leftover.line + 1}: {leftover.sample[:80]!r}"
        for first, leftover in books.books.leftovers[:3]
    ]
    return "; ".join(found)


def _format(books: InputBooks) -> str:
    return f"{books.format.name} in {books.wrapper}" if books.wrapper else books.format.name


def _joined(texts: Iterator[str]) -> str:
    return ", ".join(dict.fromkeys(texts))
