"""Count what the log reports besides executions: failures, waits, temporary files, upkeep."""

import re
from dataclasses import dataclass, field

from aegis_cli.model.facts.executions import Statement
from aegis_cli.model.facts.log_events import EventKind, EventProfile
from aegis_cli.model.location import LogLocation
from aegis_cli.sqltext.fingerprint import fingerprint
from aegis_cli.sqltext.normalize import normalize
from aegis_cli.sqltext.shape import shape_of
from aegis_cli.workload.event_messages import (
    Event,
    LockMessage,
    read_failure,
    read_lock_message,
    read_log_event,
)

OTHER_MESSAGES = "(other messages)"
"""Stands for the messages of a kind beyond the number of templates that are kept."""
_MAX_TEMPLATES = 2_000
_MAX_STATEMENTS = 4_000
_MAX_STATEMENT_CHARS = 100_000
_MAX_PROCESSES = 10_000
_MAX_EXAMPLES = 3
_FAILURES = ("ERROR", "FATAL", "PANIC")
_KINDS = tuple(EventKind)
_VICTIM = re.compile(r"^Process \d+: (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Template:
    kind: EventKind
    message: str
    sqlstate: str | None
    fingerprint: str | None
    # Left out of comparisons: hashing a whole shape costs more than parsing the message.
    statement: Statement | None = field(default=None, compare=False)


@dataclass(slots=True)
class _Tally:
    count: int = 0
    time_us: int = 0
    total_bytes: int = 0
    max_bytes: int = 0
    examples: list[LogLocation] = field(default_factory=list)

    def add(self, other: "_Tally") -> None:
        """Add what another one counted later in the log."""
        self.count += other.count
        self.time_us += other.time_us
        self.total_bytes += other.total_bytes
        self.max_bytes = max(self.max_bytes, other.max_bytes)
        self.examples = (self.examples + other.examples)[:_MAX_EXAMPLES]


@dataclass(slots=True)
class _Wait:
    template: _Template
    waited_us: int
    location: LogLocation


class EventLog:
    """Events by kind, message, sqlstate and statement; bounded in memory and mergeable."""

    def __init__(self) -> None:
        """Start without events."""
        self._tallies: dict[_Template, _Tally] = {}
        self._statements: dict[str, Statement] = {}
        # By process: waits without an end yet, and ends whose beginning was not seen.
        self._waiting: dict[int, _Wait] = {}
        self._ended: dict[int, _Wait] = {}

    def observe(
        self,
        *,
        severity: str,
        message: str,
        sqlstate: str | None,
        statement: str | None,
        detail: str | None,
        context: str | None,
        location: LogLocation,
    ) -> None:
        """Take in one entry; those that report no event are left out."""
        if severity in _FAILURES:
            failure = read_failure(severity, message, sqlstate)
            if statement is None and failure.kind is EventKind.DEADLOCK:
                statement = _victim(detail)
            self._count_event(failure, statement, location)
        elif severity == "LOG":
            wait = read_lock_message(message, context)
            if wait is not None:
                self._observe_wait(wait, statement, location)
            elif event := read_log_event(message):
                self._count_event(event, statement, location)

    def merge(self, later: "EventLog") -> None:
        """Add the events of the part of the log that follows this one's."""
        for process, end in later._ended.items():  # noqa: SLF001 - of the same class
            if process in self._waiting:
                self._finish(process, end.waited_us)
            elif process not in self._ended and len(self._ended) < _MAX_PROCESSES:
                self._ended[process] = end
            else:
                self._count_wait(end)
        for process, wait in later._waiting.items():  # noqa: SLF001 - of the same class
            self._start(process, wait)
        for template, tally in later._tallies.items():  # noqa: SLF001 - of the same class
            self._tally(template).add(tally)

    def profiles(self) -> tuple[EventProfile, ...]:
        """Return the events: by kind, the most frequent first."""
        tallies = {template: _copy(tally) for template, tally in self._tallies.items()}
        for wait in (*self._ended.values(), *self._waiting.values()):
            self._tally(wait.template, tallies).add(_tally_of_wait(wait))
        found = [_profile(template, tally) for template, tally in tallies.items()]
        return tuple(sorted(found, key=_order))

    def _observe_wait(
        self, said: LockMessage, statement: str | None, location: LogLocation
    ) -> None:
        if said.is_deadlock:
            # The error that follows reports it.
            self._waiting.pop(said.process, None)
            return
        wait = _Wait(
            template=self._template(
                Event(kind=EventKind.LOCK_WAIT, message=f"waiting for {said.lock}"), statement
            ),
            waited_us=said.waited_us,
            location=location,
        )
        if not said.is_over:
            self._start(said.process, wait)
        elif said.process in self._waiting:
            self._finish(said.process, said.waited_us)
        elif said.process not in self._ended and len(self._ended) < _MAX_PROCESSES:
            # It may have begun in the part of the log before this one.
            self._ended[said.process] = wait
        else:
            self._count_wait(wait)

    def _start(self, process: int, wait: _Wait) -> None:
        """Begin a wait; a longer one for the same lock is the same wait told again."""
        before = self._waiting.pop(process, None)
        if before is not None and not (
            before.template == wait.template and before.waited_us <= wait.waited_us
        ):
            self._count_wait(before)
        elif before is not None:
            wait = _Wait(template=wait.template, waited_us=wait.waited_us, location=before.location)
        elif len(self._waiting) >= _MAX_PROCESSES:
            self._count_wait(self._waiting.pop(next(iter(self._waiting))))
        self._waiting[process] = wait

    def _finish(self, process: int, waited_us: int) -> None:
        wait = self._waiting.pop(process)
        wait.waited_us = max(wait.waited_us, waited_us)
        self._count_wait(wait)

    def _count_wait(self, wait: _Wait) -> None:
        self._tally(wait.template).add(_tally_of_wait(wait))

    def _count_event(self, event: Event, statement: str | None, location: LogLocation) -> None:
        self._tally(self._template(event, statement)).add(
            _Tally(
                count=1,
                time_us=event.time_us,
                total_bytes=event.size_bytes,
                max_bytes=event.size_bytes,
                examples=[location],
            )
        )

    def _template(self, event: Event, sql: str | None) -> _Template:
        statement = self._statement(sql)
        return _Template(
            kind=event.kind,
            message=event.message,
            sqlstate=event.sqlstate,
            fingerprint=statement.fingerprint if statement else None,
            statement=statement,
        )

    def _tally(self, template: _Template, tallies: dict[_Template, _Tally] | None = None) -> _Tally:
        """Return where to count; beyond the cap that is one bucket for each kind."""
        tallies = self._tallies if tallies is None else tallies
        if template not in tallies and len(tallies) >= _MAX_TEMPLATES:
            template = _Template(
                kind=template.kind, message=OTHER_MESSAGES, sqlstate=None, fingerprint=None
            )
        return tallies.setdefault(template, _Tally())

    def _statement(self, sql: str | None) -> Statement | None:
        if sql is None or not sql.strip():
            return None
        sql = sql[:_MAX_STATEMENT_CHARS]
        text = normalize(sql)
        known = self._statements.get(text)
        if known is None:
            known = Statement(fingerprint=fingerprint(sql).value, text=text, shape=shape_of(sql))
            if len(self._statements) < _MAX_STATEMENTS:
                self._statements[text] = known
        return known


def _victim(detail: str | None) -> str | None:
    """Return the first statement that a deadlock's detail names: that of the failed process."""
    found = _VICTIM.search(detail or "")
    return found[1] if found else None


def _copy(tally: _Tally) -> _Tally:
    copy = _Tally()
    copy.add(tally)
    return copy


def _tally_of_wait(wait: _Wait) -> _Tally:
    return _Tally(count=1, time_us=wait.waited_us, examples=[wait.location])


def _profile(template: _Template, tally: _Tally) -> EventProfile:
    return EventProfile(
        kind=template.kind,
        message=template.message,
        sqlstate=template.sqlstate,
        count=tally.count,
        statement=template.statement,
        total_wait_us=tally.time_us,
        total_bytes=tally.total_bytes,
        max_bytes=tally.max_bytes,
        examples=tuple(tally.examples),
    )


def _order(profile: EventProfile) -> tuple[int, int, str, str, str]:
    return (
        _KINDS.index(profile.kind),
        -profile.count,
        profile.message,
        profile.sqlstate or "",
        profile.statement.fingerprint if profile.statement is not None else "",
    )
