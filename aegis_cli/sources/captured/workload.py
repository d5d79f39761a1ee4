"""Give captured statements to what reads logs, so that one code judges both."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aegis_cli.model.facts.captured_queries import CallSiteUse, CapturedQueries, Column, What
from aegis_cli.model.facts.executions import Attribution, Clock, Repetition
from aegis_cli.sources.captured.call_sites import CallSiteTotals
from aegis_cli.sources.captured.connections import Churns
from aegis_cli.sources.captured.loads_ahead import LoadsAhead
from aegis_cli.sources.captured.units import UnitTotals
from aegis_cli.sources.logs.absorber import Absorber, Accounting, ParserNumbers
from aegis_cli.sources.logs.entries import Session
from aegis_cli.sources.logs.observations import Example, KnownStatement, ParsedChunk, Row
from aegis_cli.sources.logs.profiles import Profiles, SourceTraits
from aegis_cli.sources.logs.statements import known_statement
from aegis_cli.sqltext.scripts import read_script
from aegis_cli.workload.units import UnitOptions

_NS_PER_US = 1000
_ROWS_PER_CHUNK = 50_000
_LOOPING_DRIVERS = frozenset({"psycopg2"})
"""Their `executemany` sends one statement per set of parameters."""
_BEGIN = "BEGIN"
_BEGINNING = re.compile(r"\s*(?:BEGIN|START)\b", re.IGNORECASE)
_EMPTY = np.zeros(0, np.int64)


class CapturedWorkload:
    """The statements of all processes of a run, gathered as from a log."""

    def __init__(self) -> None:
        """Start without statements."""
        # A tag is a call site here, so statements with different tags belong together.
        self.gathered = Absorber(units=UnitOptions(do_tags_delimit=False))
        self._sites: dict[str, Attribution] = {}
        self._books = Accounting()
        self._uses = CallSiteTotals()
        self._ahead = LoadsAhead()
        self._units = UnitTotals()
        self._churns = Churns()

    def batches(self, captured: Iterable[CapturedQueries]) -> Iterator[object]:
        """Yield batches of executions; take all of them before asking for facts."""
        for process in captured:
            self._ahead.observe(process)
            self._units.observe(process)
            self._churns.observe(process)
            numbers = ParserNumbers()
            place = self.gathered.places.add_input(f"process {process.pid}")
            uses = self._uses.of_process()
            for chunk in _Chunks(process, self._sites).chunks():
                uses.observe(chunk)
                yield self.gathered.absorb(chunk, numbers, place, self._books)
        rest = self.gathered.finish()
        if rest is not None:
            yield rest

    def facts(self, *, show_literals: bool = False) -> Iterator[object]:
        """Yield what only all statements together can tell."""
        source = SourceTraits(
            attribution_of=self._sites.__getitem__, clock=Clock.CLIENT, has_entries=False
        )
        profiles = Profiles(self.gathered, show_literals=show_literals, source=source)
        yield from profiles.statements()
        uses = tuple(self._uses.facts(self.gathered.catalog, self._sites))
        yield from (_with_inner_lines(each, uses) for each in profiles.repetitions())
        yield from profiles.units()
        yield from uses
        yield from self._ahead.facts(uses)
        yield from self._units.facts()
        yield from self._churns.facts()


def _with_inner_lines(fact: Repetition, uses: Iterable[CallSiteUse]) -> Repetition:
    """Return a loop over several statements with the lines of all, where one function has them.

    What is gathered as from a log names the line of the first statement only.
    """
    functions = {_function(each) for each in fact.attributions}
    if len(fact.cycle) == 1 or None in functions or not functions:
        return fact
    found = [
        use.attribution
        for statement in fact.cycle
        for use in uses
        if use.statement.fingerprint == statement.fingerprint
        and _function(use.attribution) in functions
    ]
    return replace(fact, attributions=tuple(dict.fromkeys((*fact.attributions, *found))))


def _function(attribution: Attribution) -> tuple[str, str] | None:
    """Return file and function of a call site, without what is defined inside the function."""
    code = attribution.code
    if code is None:
        return None
    return code.path, (code.function or "").partition(".<locals>")[0]


class _Columns:
    """The numbers of a process column by column, in the order in which statements ended."""

    def __init__(self, process: CapturedQueries) -> None:
        rows = np.frombuffer(process.numbers, np.int64).reshape(-1, len(Column))
        ends_ns = rows[:, Column.START_US] * _NS_PER_US + rows[:, Column.ELAPSED_NS]
        # Two threads may overtake each other on the way to the recording.
        rows = rows[np.argsort(ends_ns, kind="stable")]
        self.known = process
        self.text = rows[:, Column.TEXT]
        self.site = rows[:, Column.SITE]
        self.connection = rows[:, Column.CONNECTION]
        self.lane = rows[:, Column.LANE]
        self.start_us = rows[:, Column.START_US]
        self.elapsed_ns = rows[:, Column.ELAPSED_NS]
        self.values = rows[:, Column.VALUES]
        self.what = rows[:, Column.WHAT]
        self.times = rows[:, Column.TIMES]

    def __len__(self) -> int:
        return len(self.text)


class _Chunks:
    """Writes one process's statements in the columns of a log."""

    def __init__(self, process: CapturedQueries, sites: dict[str, Attribution]) -> None:
        self._process = _Columns(process)
        self._sites = sites
        self._statements: dict[tuple[str, bool], int] = {}
        self._fresh: list[KnownStatement] = []
        self._scripts: dict[int, tuple[str, ...]] = {}

    def chunks(self) -> Iterator[ParsedChunk]:
        """Yield the statements, some thousands at a time."""
        actors = self._actors()
        tags = self._tags()
        for begin in range(0, len(self._process), _ROWS_PER_CHUNK):
            which = np.arange(begin, min(begin + _ROWS_PER_CHUNK, len(self._process)))
            yield self._chunk(which, actors, tags if not begin else (), is_first=not begin)

    def _actors(self) -> NDArray[np.int32]:
        """Return a number per row for connection and lane together; fill `_sessions`."""
        pairs = np.stack((self._process.connection, self._process.lane), axis=1)
        unique, actor = np.unique(pairs, axis=0, return_inverse=True)
        self._sessions = tuple(self._session(*each) for each in unique.tolist())
        return actor.ravel().astype(np.int32)

    def _session(self, connection: int, lane: int) -> Session:
        known = self._process.known.connections.get(connection)
        return Session(
            identity=f"{self._process.known.pid}.{connection}.{lane}",
            database=known.database if known is not None else "",
            application=known.driver if known is not None else "",
            is_unit=lane in self._process.known.units,
        )

    def _tags(self) -> tuple[str, ...]:
        """Return a name per call site and unit of work; fill `_tag`, a number per row."""
        units = self._process.known.units
        lanes = np.where(np.isin(self._process.lane, list(units)), self._process.lane, 0)
        pairs = np.stack((self._process.site, lanes), axis=1)
        unique, index = np.unique(pairs, axis=0, return_inverse=True)
        names: dict[str, int] = {}
        tags = [self._tag_of(site, units.get(lane), names) for site, lane in unique.tolist()]
        self._tag = np.array(tags, np.int32)[index.ravel()] if tags else np.zeros(0, np.int32)
        return tuple(names)

    def _tag_of(self, site: int, unit: str | None, names: dict[str, int]) -> int:
        """Return the number of a name; -1 where neither call site nor unit is known."""
        found = self._process.known.sites.get(site, Attribution())
        if found.code is None and unit is None:
            return -1
        name = f"{_name(found)}:{unit or ''}"
        self._sites.setdefault(name, replace(found, route=unit))
        return names.setdefault(name, len(names))

    def _chunk(
        self,
        which: NDArray[np.int64],
        actors: NDArray[np.int32],
        tags: tuple[str, ...],
        *,
        is_first: bool,
    ) -> ParsedChunk:
        rows = _Rows(self._process, which, self._parts(which))
        statement = self._numbers(rows)
        tag = self._tag[rows.source]
        fresh, self._fresh = tuple(self._fresh), []
        return ParsedChunk(
            row=np.full(len(rows), Row.EXECUTION, np.uint8),
            at_us=rows.at_us,
            duration_us=rows.duration_us,
            actor=actors[rows.source],
            statement=statement,
            values=rows.values,
            tag=tag,
            is_nested=np.zeros(len(rows), np.bool_),
            line=np.arange(len(rows), dtype=np.int32),
            new_statements=fresh,
            new_actors=self._sessions if is_first else (),
            new_tags=tags,
            examples=_examples(statement, rows),
            offset_rows=np.zeros(0, np.int32),
            offset_values=_EMPTY,
            list_sizes=(),
            row_counts=(),
            events=(),
            lines=len(rows),
            is_cut=False,
            size=0,
            unparsed_lines=0,
            unparsed_bytes=0,
            leftovers=(),
            other_entries=0,
        )

    def _parts(self, which: NDArray[np.int64]) -> dict[int, tuple[str, ...]]:
        """Return the statements of each script among the rows."""
        is_script = self._process.what[which] & What.SCRIPT != 0
        return {at: self._script(int(self._process.text[at])) for at in which[is_script].tolist()}

    def _script(self, text: int) -> tuple[str, ...]:
        known = self._scripts.get(text)
        if known is None:
            script = read_script(self._process.known.texts.get(text, ""))
            known = self._scripts[text] = tuple(each.text for each in script.statements)
        return known

    def _numbers(self, rows: "_Rows") -> NDArray[np.int32]:
        """Return the number of each row's statement."""
        keys: dict[tuple[str, bool], int] = {}
        return np.array(
            [
                keys[key] if key in keys else keys.setdefault(key, self._number(*key))
                for key in zip(rows.texts(), rows.is_batch.tolist(), strict=True)
            ],
            np.int32,
        )

    def _number(self, text: str, is_batch: bool) -> int:  # noqa: FBT001  # half of a key
        number = self._statements.get((text, is_batch))
        if number is None:
            number = self._statements[text, is_batch] = len(self._statements)
            self._fresh.append(known_statement(number, text, is_batch=is_batch))
        return number


class _Rows:
    """Executions as the server sees them: a BEGIN of its own, one per set of parameters."""

    def __init__(
        self,
        process: _Columns,
        which: NDArray[np.int64],
        scripts: dict[int, tuple[str, ...]],
    ) -> None:
        self._process = process
        self._scripts = scripts
        what = process.what[which]
        is_many = what & What.MANY != 0
        loops = is_many & _is_of(process, which, _LOOPING_DRIVERS)
        begins = (what & What.BEGAN != 0) & ~_begins_itself(process, which)
        parts = np.where(loops, process.times[which], 1)
        for at in np.flatnonzero(what & What.SCRIPT != 0).tolist():
            parts[at] = len(scripts[int(which[at])])
        index = np.repeat(np.arange(len(which)), parts + begins)
        first = np.repeat(np.cumsum(parts + begins) - parts - begins, parts + begins)
        step = np.arange(len(index)) - first - begins[index]
        self.source = which[index]
        self.step = step
        """Which execution of its call a row is, from 0; -1 is the BEGIN before."""
        self.is_begin = step < 0
        self.is_batch = is_many[index] & ~loops[index] & ~self.is_begin
        elapsed_us = process.elapsed_ns[self.source] // _NS_PER_US
        share = np.maximum(parts[index], 1)
        # Whole µs: the last of several gets what division leaves.
        spent = np.where(step == share - 1, elapsed_us - elapsed_us // share * (share - 1), 0)
        spent = np.where(step < share - 1, elapsed_us // share, spent)
        self.duration_us = np.where(self.is_begin, 0, spent)
        done = np.minimum(elapsed_us, elapsed_us // share * (step + 1))
        done = np.where(step == share - 1, elapsed_us, done)
        self.at_us = process.start_us[self.source] + np.where(self.is_begin, 0, done)
        own = process.values[self.source]
        self.values = np.where(loops[index], own + np.arange(len(index)) + 1, own)

    def __len__(self) -> int:
        return len(self.source)

    def texts(self) -> Iterator[str]:
        """Yield the statement of each row."""
        texts = self._process.known.texts
        numbers = self._process.text[self.source].tolist()
        steps = zip(self.source.tolist(), self.step.tolist(), numbers, strict=True)
        for at, step, number in steps:
            if step < 0:
                yield _BEGIN
            else:
                parts = self._scripts.get(at)
                yield texts.get(number, "") if parts is None else parts[step]


def _begins_itself(process: _Columns, which: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which statements are the BEGIN that opened the transaction; psycopg2 sends its own."""
    texts = process.known.texts.items()
    numbers = [number for number, text in texts if _BEGINNING.match(text) is not None]
    is_begin = np.isin(process.text[which], np.array(numbers, np.int64))
    return is_begin & ~_is_of(process, which, _LOOPING_DRIVERS)


def _is_of(
    process: _Columns, which: NDArray[np.int64], drivers: frozenset[str]
) -> NDArray[np.bool_]:
    numbers = [
        number for number, each in process.known.connections.items() if each.driver in drivers
    ]
    return np.isin(process.connection[which], np.array(numbers, np.int64))


def _examples(statement: NDArray[np.int32], rows: _Rows) -> tuple[Example, ...]:
    """Return the text of the slowest execution of each statement."""
    order = np.lexsort((-rows.duration_us, statement))
    is_slowest = np.ones(len(order), np.bool_)
    is_slowest[1:] = statement[order][1:] != statement[order][:-1]
    chosen = sorted(order[is_slowest].tolist())
    texts = list(rows.texts()) if chosen else []
    return tuple(Example(row=at, text=texts[at], parameters="") for at in chosen)


def _name(site: Attribution) -> str:
    """Return a name that call sites on one line, loading one relationship, share."""
    code = site.code
    if code is None:
        return ""
    written, ahead = site.written, site.ahead
    mapped = site.relationship or (written.name if written is not None else "")
    way = f"{ahead.way}({ahead.relationship})" if ahead is not None else ""
    return f"{code.path}:{code.line}:{code.function}:{mapped}{way}"
