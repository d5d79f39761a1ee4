"""Bring the chunks of all parsers together, in log order, and follow what they say."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from aegis_cli.model.facts.executions import ExecutionBatch, Statement
from aegis_cli.model.location import LogLocation
from aegis_cli.sources.logs.entries import Leftover, Session, Severity
from aegis_cli.sources.logs.observations import LogEvent, ParsedChunk, Row
from aegis_cli.sources.logs.pairing import Pairing
from aegis_cli.sources.logs.plans import PlanLog
from aegis_cli.workload.bursts import BurstTotals
from aegis_cli.workload.cacheable_reads import CacheableReads
from aegis_cli.workload.catalog import StatementCatalog, StatementText
from aegis_cli.workload.connections import ConnectionLog
from aegis_cli.workload.digest import Digest
from aegis_cli.workload.events import EventLog
from aegis_cli.workload.examples import Examples
from aegis_cli.workload.offsets import OffsetTotals
from aegis_cli.workload.places import Places
from aegis_cli.workload.repetitions import Repetitions
from aegis_cli.workload.rows import Rows
from aegis_cli.workload.samples import SampledExecution, Samples, lots_of
from aegis_cli.workload.unit_totals import UnitTotals
from aegis_cli.workload.units import UnitOptions

_MAX_LEFTOVERS = 5
_NO_NUMBER = -1
_TAG_BITS = 20
_MAX_TAGS_PER_STATEMENT = 200


@dataclass(slots=True)
class ParserNumbers:
    """The run's numbers for what one parser numbered."""

    statements: list[int] = field(default_factory=list)
    actors: list[int] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Accounting:
    """What became of every byte and line of one input."""

    tells_sessions: bool = True
    """Otherwise statements that follow each other may be of different clients."""
    bytes_read: int = 0
    lines: int = 0
    is_cut: bool = False
    """The last line goes on in the next chunk."""
    is_cut_lost: bool = False
    """That line is already among the unparsed ones."""
    unparsed_bytes: int = 0
    unparsed_lines: int = 0
    other_entries: int = 0
    foreign_bytes: int = 0
    """Of other programs in a shared log; neither parsed nor lost."""
    foreign_lines: int = 0
    leftovers: list[tuple[int, Leftover]] = field(default_factory=list)
    """(first line of its chunk, leftover)"""


class Actors:
    """Who ran statements: sessions, and their user, database and application."""

    def __init__(self) -> None:
        """Start without sessions."""
        self._numbers: dict[Session, int] = {}
        self._sessions: dict[str, int] = {}
        self._origins: dict[tuple[str, str, str], int] = {}
        self.session_of: list[int] = []
        self.origin_of: list[int] = []
        self.named: set[int] = set()
        """Sessions that are one unit of work as a whole."""

    def number(self, actor: Session) -> int:
        """Return the number of an actor."""
        number = self._numbers.get(actor)
        if number is None:
            number = self._numbers[actor] = len(self.session_of)
            self.session_of.append(self._sessions.setdefault(actor.identity, len(self._sessions)))
            origin = (actor.user, actor.database, actor.application)
            self.origin_of.append(self._origins.setdefault(origin, len(self._origins)))
            if actor.is_unit:
                self.named.add(self.session_of[number])
        return number

    def origins(self) -> list[tuple[str, str, str]]:
        """Return user, database and application of every origin number."""
        return list(self._origins)


class Absorber:
    """Everything a run learns from its logs, chunk by chunk; memory grows with shapes only."""

    def __init__(self, *, samples: int = 0, units: UnitOptions | None = None) -> None:
        """Start without chunks; keep so many executions of each statement, drawn by lot."""
        self.catalog = StatementCatalog()
        self.actors = Actors()
        self.tags: dict[str, int] = {}
        self.places = Places()
        self.digest = Digest()
        self.bursts = BurstTotals()
        self.units = UnitTotals()
        self.repetitions = Repetitions(
            self.catalog, self.bursts, self.units, units, named=self.actors.named
        )
        self.reads = CacheableReads(self.catalog)
        self.offsets = OffsetTotals()
        self.examples = Examples()
        self.samples = Samples(size=samples)
        self.events = EventLog()
        self.connections = ConnectionLog()
        self.plans = PlanLog()
        self.nested_plans = 0
        self.digest_tags: dict[int, dict[int, int]] = {}
        """fingerprint number -> tag -> calls"""
        self._pairing = Pairing()
        self._is_grouped = True

    def absorb(
        self, chunk: ParsedChunk, numbers: ParserNumbers, input_number: int, books: Accounting
    ) -> ExecutionBatch:
        """Take in one chunk; chunks come in log order, whichever parser read them."""
        self._register(chunk, numbers)
        first_line = books.lines - books.is_cut
        rows = self._rows(chunk, numbers, input_number, first_line)
        self._note_texts(chunk, numbers, rows)
        self.nested_plans += int(chunk.is_nested.sum())
        done = self._pairing.executions(
            rows, chunk.row, chunk.is_nested, self.catalog.fingerprint_numbers()
        )
        self._is_grouped = books.tells_sessions
        batch = self._count(done)
        self._follow_events(chunk, numbers, input_number, first_line)
        _keep_books(books, chunk, first_line)
        return batch

    def calls_over_time(self, statement: Statement) -> tuple[int, ...]:
        """Return a statement's executions per bucket of the timeline."""
        number = self.catalog.fingerprint_number(statement.fingerprint)
        return self.digest.timeline.calls(number) if number is not None else ()

    def finish(self) -> ExecutionBatch | None:
        """Take what was waiting for more."""
        rest = self._pairing.finish()
        batch = self._count(rest) if rest is not None else None
        self.repetitions.finish()
        self.reads.finish()
        return batch

    def _register(self, chunk: ParsedChunk, numbers: ParserNumbers) -> None:
        for known in chunk.new_statements:
            number = self.catalog.add(
                StatementText(
                    fingerprint=known.fingerprint,
                    has_list=known.has_list,
                    has_rows=known.has_rows,
                    normalized=known.normalized,
                    sample=known.sample,
                )
            )
            if known.number == len(numbers.statements):
                numbers.statements.append(number)
        numbers.actors.extend(self.actors.number(each) for each in chunk.new_actors)
        numbers.tags.extend(self.tags.setdefault(each, len(self.tags)) for each in chunk.new_tags)

    def _rows(
        self, chunk: ParsedChunk, numbers: ParserNumbers, input_number: int, first_line: int
    ) -> Rows:
        actor = _renumbered(chunk.actor, numbers.actors)
        session_of = np.array(self.actors.session_of, np.int32)
        return Rows(
            session=session_of[actor] if len(session_of) else actor,
            origin=np.array(self.actors.origin_of, np.int32)[actor] if len(session_of) else actor,
            at_us=chunk.at_us,
            duration_us=chunk.duration_us,
            statement=_renumbered(chunk.statement, numbers.statements),
            values=chunk.values,
            tag=_renumbered(chunk.tag, numbers.tags),
            place=self.places.pack(input_number, chunk.line.astype(np.int64) + first_line),
            is_context=np.zeros(len(chunk.row), np.bool_),
        )

    def _note_texts(self, chunk: ParsedChunk, numbers: ParserNumbers, rows: Rows) -> None:
        """Remember slowest texts, list lengths and OFFSET values, which only parsers see."""
        fingerprint_of = self.catalog.fingerprint_numbers()
        planned = rows.statement[chunk.row == Row.PLAN]
        for number, plans in zip(*np.unique(planned, return_counts=True), strict=True):
            self.plans.count(self.catalog.fingerprint(int(number)), int(plans))
        for example in chunk.examples:
            self.examples.offer(
                int(fingerprint_of[rows.statement[example.row]]),
                duration_us=int(rows.duration_us[example.row]),
                place=int(rows.place[example.row]),
                at_us=int(rows.at_us[example.row]),
                text=example.text,
                parameters=example.parameters,
            )
        self._note_samples(chunk, rows, fingerprint_of)
        for known, sizes in ((chunk.list_sizes, "list"), (chunk.row_counts, "rows")):
            for number, size in known:
                self.examples.grow(int(fingerprint_of[numbers.statements[number]]), sizes, size)
        at = chunk.offset_rows
        self.offsets.observe(
            fingerprint_of[rows.statement[at]],
            rows.session[at],
            chunk.offset_values,
            rows.duration_us[at],
        )

    def _note_samples(
        self, chunk: ParsedChunk, rows: Rows, fingerprint_of: NDArray[np.int32]
    ) -> None:
        if not self.samples.size or not chunk.examples:
            return
        at = np.array([each.row for each in chunk.examples])
        lots = lots_of(rows.at_us[at], rows.duration_us[at]).tolist()
        for example, lot in zip(chunk.examples, lots, strict=True):
            execution = SampledExecution(
                lot, int(rows.place[example.row]), example.text, example.parameters
            )
            self.samples.offer(int(fingerprint_of[rows.statement[example.row]]), execution)

    def _count(self, rows: Rows) -> ExecutionBatch:
        fingerprint = self.catalog.fingerprint_numbers()[rows.statement]
        self.digest.observe(fingerprint, rows.at_us, rows.duration_us, rows.origin)
        self._count_tags(fingerprint, rows.tag)
        self.reads.observe(rows)
        if self._is_grouped:
            self.repetitions.observe(rows)
        sessions, counts = np.unique(rows.session, return_counts=True)
        self.connections.executions(sessions.astype(np.int64), counts.astype(np.int64))
        return ExecutionBatch(
            statements=self.catalog.known(),
            at_us=rows.at_us,
            duration_us=rows.duration_us,
            session=rows.session,
            statement=rows.statement,
            values=rows.values,
        )

    def _count_tags(self, fingerprint: NDArray[np.int32], tag: NDArray[np.int32]) -> None:
        tagged = np.flatnonzero(tag >= 0)
        if not len(tagged):
            return
        pairs = fingerprint[tagged].astype(np.int64) << _TAG_BITS | tag[tagged]
        for pair, count in zip(*np.unique(pairs, return_counts=True), strict=True):
            tags = self.digest_tags.setdefault(int(pair) >> _TAG_BITS, {})
            number = int(pair) & ((1 << _TAG_BITS) - 1)
            if number in tags or len(tags) < _MAX_TAGS_PER_STATEMENT:
                tags[number] = tags.get(number, 0) + int(count)

    def _follow_events(
        self, chunk: ParsedChunk, numbers: ParserNumbers, input_number: int, first_line: int
    ) -> None:
        for event in chunk.events:
            place = int(self.places.pack(input_number, np.array([event.line + first_line]))[0])
            location = self.places.location(place, event.at_us)
            self._follow(event, numbers, location)

    def _follow(self, event: LogEvent, numbers: ParserNumbers, location: LogLocation) -> None:
        if event.severity == Severity.LOG.name and event.message.startswith("duration: "):
            self.plans.observe(event.message, location)
            return
        session = self.actors.session_of[numbers.actors[event.actor]]
        if self.connections.observe(session, event.at_us, event.message, location):
            return
        self.events.observe(
            severity=event.severity,
            message=event.message,
            sqlstate=event.sqlstate,
            statement=event.statement,
            detail=event.detail,
            context=event.context,
            location=location,
        )


def _renumbered(numbers: NDArray[np.int32], known: list[int]) -> NDArray[np.int32]:
    """Translate a parser's numbers; -1 stays."""
    table = np.array([*known, _NO_NUMBER], np.int32)
    return np.asarray(table[numbers])


def _keep_books(books: Accounting, chunk: ParsedChunk, first_line: int) -> None:
    books.bytes_read += chunk.size
    books.unparsed_bytes += chunk.unparsed_bytes
    books.unparsed_lines += chunk.unparsed_lines
    books.lines += chunk.lines - books.is_cut
    books.unparsed_lines -= books.is_cut_lost and any(each.line == 0 for each in chunk.leftovers)
    books.is_cut = chunk.is_cut
    books.is_cut_lost = chunk.is_cut and chunk.unparsed_lines > 0
    books.other_entries += chunk.other_entries
    room = _MAX_LEFTOVERS - len(books.leftovers)
    books.leftovers.extend((first_line, each) for each in chunk.leftovers[:room])
