"""Note every statement that the program runs, with its call site.

This part runs inside the program that is examined: standard library only, and a database driver
is watched when the program imports it, never imported for it.

A record of kind "queries" holds what is new since the last one:

    texts        [number, statement]
    sites        [number, [[path, line, function], …] innermost first, relationship or None]
    connections  [number, driver, database, site, opened, nanoseconds that opening took or -1]
    closed       [number of a connection, when]
    lanes        [number, thread name, task name or None, unit of work or None]
    reads        [library, class, attribute] of a relationship loaded ahead that was read
    joined       [site, loads, library, class, attribute, many, what] loaded ahead by a join
    rows         whole numbers in one flat list, `WIDTH` to an execution
    epoch_ns     what the times in the rows lack to be nanoseconds since 1970

Times are those of the caller: what the driver and the network add is in them.
"""

import os
import sys
import time
from _thread import allocate_lock, get_ident
from _weakref import ref
from itertools import count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextvars import ContextVar, Token
    from types import FrameType, ModuleType
    from typing import Protocol

    from aegis_cli.profiling.probe.callsites import CallSites
    from aegis_cli.profiling.probe.eager_loads import EagerLoads
    from aegis_cli.profiling.probe.relationships import Relationships

    Origin = tuple[int, int]
    """A call site and a lane."""

    class Recorder(Protocol):
        """Where records go."""

        def write(self, kind: str, payload: "Mapping[str, object]") -> None:
            """Append one record."""

    class Watching(Protocol):
        """What has drivers watched."""

        def stop(self) -> None:
            """Watch no further driver."""


KIND = "queries"
WIDTH = 10
"""text, site, connection, lane, start in ns, end in ns, rows, values, what, times.

`rows` is -1 where the driver does not tell, `values` is a hash of the parameters, `what` holds the
flags below, and `times` says how often `executemany` ran the statement.
"""
BEGAN = 1
"""The driver opened a transaction for this statement."""
FAILED = 2
MANY = 4
"""Several sets of parameters for one statement."""
COMMIT = 8
ROLLBACK = 16
SCRIPT = 32
"""Several statements in one text."""

_SITE = 3
_INHERITED = -1
"""Call site of a connection that was open before this process, or what is recorded, began."""
_MAX_WAITING = 2048 * WIDTH
_MAX_TEXTS = 5_000
_MAX_TEXT_CHARS = 100_000
_MAX_NAME_CHARS = 200
_MAX_DEPTH = 8


def start(_settings: "Mapping[str, object]", recorder: "Recorder") -> "Capture":
    """Begin to watch the drivers that are imported, now and later."""
    eager = load("eager_loads").EagerLoads()
    relationships = load("relationships").Relationships(eager)
    capture = Capture(recorder, load("callsites").CallSites(relationships), eager)
    capture.relationships = relationships
    capture.imports = load("driver_imports").watch(capture, load)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=capture.begin_again)
    return capture


def load(name: str) -> "ModuleType":
    """Load a module beside this one by its file; the program does not see it among its modules."""
    from _frozen_importlib_external import SourceFileLoader  # noqa: PLC0415  # as the start-up hook

    full_name = "aegis_probe_" + name
    path = os.path.join(os.path.dirname(__file__), name + ".py")  # noqa: PTH118, PTH120  # pathlib costs start-up
    module = type(sys)(full_name)
    module.__file__ = path
    code = SourceFileLoader(full_name, path).get_code(full_name)
    assert code is not None
    exec(code, module.__dict__)  # noqa: S102  # our own file
    return module


class Capture:
    """Keeps what was executed until it is written; safe from any thread."""

    def __init__(
        self, recorder: "Recorder", sites: "CallSites", eager: "EagerLoads | None" = None
    ) -> None:
        """Start without statements."""
        self._eager = eager
        self.relationships: Relationships | None = None
        self._recorder = recorder
        # Held here, where nobody who turns the clock of a program looks for them.
        self.clock = time.perf_counter_ns
        self._epoch_ns = time.time_ns() - time.perf_counter_ns()
        self._rows: list[int] = []
        self._extend = self._rows.extend
        self._sites = sites
        self._texts: dict[object, int] = {}
        self._text_numbers = count(1)
        self._connection_numbers = count(1)
        self._lane_numbers = count(1)
        self._threads: dict[int, int] = {}
        self._lanes: dict[tuple[int, int], int] = {}
        self._tasks: dict[int, ref[object]] = {}
        self._connections: list[list[object]] = []
        self._closed: list[list[object]] = []
        self._fresh_texts: list[list[object]] = []
        self._fresh_lanes: list[list[object]] = []
        self._told_connections = 0
        self._lock = allocate_lock()
        self._origin: ContextVar[Origin | None] | None = None
        self._lent: dict[int, Origin] = {}
        self._unit: ContextVar[int | None] | None = None
        self._open_units: dict[int, list[object]] = {}
        self.is_on = True
        self.imports: Watching | None = None

    def connection(self, driver: str, database: object, start_ns: int = -1) -> int:
        """Return the number of a new connection, which was begun to be opened at a time.

        The call site is that of whoever called the caller.
        """
        number = next(self._connection_numbers)
        name = os.fsdecode(database) if isinstance(database, bytes | os.PathLike) else database
        end_ns = self.clock()
        opened_ns, setup_ns = (start_ns, end_ns - start_ns) if start_ns >= 0 else (end_ns, -1)
        site = 0
        if self.is_on:
            site = self._site_of(sys._getframe().f_back)  # noqa: SLF001  # the only way to the caller
        self._connections.append(
            [number, driver, str(name)[:_MAX_NAME_CHARS], site, opened_ns, setup_ns]
        )
        return number

    def closed(self, number: int) -> None:
        """Note that a connection was closed."""
        self._closed.append([number, self.clock()])

    def note(  # noqa: PLR0917  # keywords cost time in every statement of the program
        self,
        connection: int,
        statement: object,
        values: object,
        start_ns: int,
        rows: int = -1,
        what: int = 0,
        times: int = 1,
        frames: int = 2,
    ) -> None:
        """Note an execution that just ended; whatever goes wrong here stays here.

        The call site is so many frames further out; those of the probe are no user's anyway.
        """
        if not self.is_on:
            return
        try:
            end_ns = self.clock()
            text = self._texts.get(statement)
            if text is None:
                text = self._learn_text(statement)
            site = self._sites.number_at(frames + 1, text)
            if site > 0:
                lane = self._lane()
            else:
                site, lane = self._borrowed(-site)
            try:
                hashed = 0 if values is None else hash(values)
            except TypeError:
                hashed = hash_of(values)
            # One flat list: no object per execution that the collector would look at.
            self._extend(
                (text, site, connection, lane, start_ns, end_ns, rows, hashed, what, times)
            )
            if len(self._rows) >= _MAX_WAITING:
                self.flush()
        except Exception:  # noqa: BLE001, S110  # nothing of ours may reach the program
            pass

    def origin(self, frame: "FrameType | None") -> "Origin":
        """Return the call site and the lane of a frame that runs, to lend them to a thread."""
        return max(self._sites.number(frame), 0), self._lane()

    def lend(self, origin: "Origin") -> None:
        """Let what this thread runs for somebody else count as theirs, until it is taken back."""
        self._lent[get_ident()] = origin

    def take_back(self) -> None:
        """Let this thread's statements be its own again."""
        self._lent.pop(get_ident(), None)

    def enter(self, origin: "Origin") -> "Token[Origin | None]":
        """Lend to whatever thread runs a copy of this context; return what `leave` needs."""
        if self._origin is None:
            from _contextvars import ContextVar  # noqa: PLC0415  # most programs need none

            self._origin = ContextVar("aegis_origin", default=None)
        return self._origin.set(origin)

    def leave(self, token: "Token[Origin | None]") -> None:
        """End what `enter` began; a coroutine may be closed in another context than it ran in."""
        try:
            if self._origin is not None:
                self._origin.reset(token)
        except ValueError:
            pass

    def joined(self, carrier: object, frame: "FrameType | None", way: str) -> None:
        """Note that a relationship is loaded ahead by a join; whatever goes wrong stays here."""
        if not self.is_on or self._eager is None or self.relationships is None:
            return
        try:
            eager = self.relationships.ahead(carrier, way)
            if eager is not None and not self._eager.is_read(eager):
                self._eager.joined(eager, lambda: self._site_of(frame))
        except (AttributeError, LookupError, RuntimeError, TypeError, ValueError):
            # A mapper that is not as we know it; nothing of ours may reach the program.
            pass

    def _site_of(self, frame: "FrameType | None") -> int:
        site = self._sites.number(frame)
        return site if site > 0 else self._borrowed(0)[0]

    def begin_unit(self, name: str) -> "Token[int | None]":
        """Let what this context runs from now on be one unit of work; return what ends it."""
        if self._unit is None:
            from _contextvars import ContextVar  # noqa: PLC0415  # most programs need none

            self._unit = ContextVar("aegis_unit", default=None)
        number = next(self._lane_numbers)
        lane = [number, _thread_name(get_ident()), None, name[:_MAX_NAME_CHARS]]
        self._open_units[number] = lane
        self._fresh_lanes.append(lane)
        return self._unit.set(number)

    def end_unit(self, token: "Token[int | None]") -> None:
        """End a unit of work; what still runs on its behalf counts for it."""
        if self._unit is None:
            return
        number = self._unit.get()
        if number is not None:
            self._open_units.pop(number, None)
        try:
            self._unit.reset(token)
        except ValueError:  # ended in another context than it began in
            self._unit.set(None)

    def _borrowed(self, relation: int) -> "Origin":
        """Return call site and lane of a statement that no code of the user's is behind."""
        lent = self._lent.get(get_ident())
        if lent is None and self._origin is not None:
            lent = self._origin.get()
        if lent is None:
            return 0, self._lane()
        return self._sites.again(lent[0], relation), lent[1]

    def flush(self) -> None:
        """Write what waits."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            rows = self._rows[:]
            if rows or (self._eager is not None and self._eager.has_news):
                self._recorder.write(KIND, self._payload(rows))
                # Others append meanwhile, always at the end.
                del self._rows[: len(rows)]
        finally:
            self._lock.release()

    def stop(self) -> None:
        """Write the rest and note no more."""
        self.flush()
        self.is_on = False
        if self.imports is not None:
            self.imports.stop()

    def begin_again(self) -> None:
        """Forget what the parent of this process has yet to write, and tell everything anew."""
        self._lock = allocate_lock()
        self._rows.clear()
        self._texts.clear()
        self._threads.clear()
        self._lanes.clear()
        self._tasks.clear()
        self._lent.clear()
        self._closed.clear()
        self._sites.forget()
        if self._eager is not None:
            self._eager.forget()
        self._fresh_texts, self._fresh_lanes = [], list(self._open_units.values())
        self._told_connections = 0
        for each in self._connections:
            each[_SITE] = _INHERITED

    def _payload(self, rows: list[int]) -> dict[str, object]:
        # Taken after the rows: what a row names was made known before the row was kept.
        texts, lanes, sites = map(_take, (self._fresh_texts, self._fresh_lanes, self._sites.fresh))
        connections = self._connections[self._told_connections :]
        closed = _take(self._closed)
        self._forget_connections(self._told_connections + len(connections), closed)
        eager = self._eager
        return {
            "reads": _take(eager.reads) if eager is not None else [],
            "joined": eager.take_joined() if eager is not None else [],
            "texts": texts,
            "sites": sites,
            "connections": connections,
            "closed": closed,
            "lanes": lanes,
            "rows": rows,
            "epoch_ns": self._epoch_ns,
        }

    def _forget_connections(self, told: int, closed: list[list[object]]) -> None:
        """Keep those that are open: a program may open one for every call."""
        gone = {each[0] for each in closed}
        if gone:
            kept = [each for each in self._connections[:told] if each[0] not in gone]
            # Others append meanwhile, always at the end.
            self._connections[:told] = kept
            told = len(kept)
        self._told_connections = told

    def _learn_text(self, statement: object) -> int:
        if len(self._texts) >= _MAX_TEXTS:
            # Literals in statements make every text a new one.
            self._texts.clear()
        number = next(self._text_numbers)
        text = statement.decode("utf-8", "replace") if isinstance(statement, bytes) else statement
        self._fresh_texts.append([number, str(text)[:_MAX_TEXT_CHARS]])
        self._texts[statement] = number
        return number

    def _lane(self) -> int:
        """Return the number of the unit of work, or else of the thread and task that is running."""
        if self._unit is not None:
            unit = self._unit.get()
            if unit is not None:
                return unit
        thread = get_ident()
        tasks = sys.modules.get("asyncio.tasks")
        loop = tasks.events._get_running_loop() if tasks is not None else None  # noqa: SLF001  # the one that raises nothing
        if loop is None or tasks is None:
            return self._threads.get(thread) or self._learn_lane((thread, 0), None)
        task = tasks.current_task(loop)
        key = (thread, id(task))
        number = self._lanes.get(key)
        if number is None:
            return self._learn_lane(key, task)
        if task is not None and self._tasks[number]() is not task:
            # Another task that got the id of one that is gone.
            return self._learn_lane(key, task)
        return number

    def _learn_lane(self, key: tuple[int, int], task: object) -> int:
        if len(self._lanes) >= _MAX_TEXTS:
            self._lanes.clear()
            self._tasks.clear()
        number = next(self._lane_numbers)
        if task is None and not key[1]:
            self._threads[key[0]] = number
        else:
            self._lanes[key] = number
        name = None
        if task is not None:
            self._tasks[number] = ref(task)
            name = task.get_name()  # type: ignore[attr-defined]  # an asyncio task
        self._fresh_lanes.append([number, _thread_name(key[0]), name, None])
        return number


def _take(items: list[list[object]]) -> list[list[object]]:
    """Empty a list to whose end others may be adding."""
    taken = items[:]
    del items[: len(taken)]
    return taken


def hash_of(values: object) -> int:
    """Return a number that is equal for equal parameters; it does not tell what they are."""
    try:
        return hash(values)
    except TypeError:
        return hash(_frozen(values, _MAX_DEPTH))


def _frozen(values: object, depth: int) -> object:
    if depth == 0:
        return None
    if isinstance(values, dict):
        return tuple((key, _frozen(value, depth - 1)) for key, value in values.items())
    if isinstance(values, list | tuple):
        return tuple(_frozen(each, depth - 1) for each in values)
    if isinstance(values, bytearray | memoryview):
        return bytes(values)
    try:
        hash(values)
    except TypeError:
        return id(values)
    return values


def _thread_name(ident: int) -> str:
    """Return the name of a thread, if the program uses threads at all."""
    threading = sys.modules.get("threading")
    known = threading._active.get(ident) if threading is not None else None  # noqa: SLF001  # makes no dummy thread
    return str(known.name) if known is not None else "MainThread"
