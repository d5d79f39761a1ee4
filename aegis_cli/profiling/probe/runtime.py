"""Follow what a program does besides statements: its event loops, calls, memory and objects.

A record of kind "runtime" holds what is new since the last one, each key only where there is
something; what a key holds is told in the module that takes it.

    places  [number, [[path, line, function], …] innermost first]
    names   [number, text]
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType
    from typing import Any, Protocol

    from aegis_cli.profiling.probe.constructions import Constructions
    from aegis_cli.profiling.probe.late_imports import LateImports
    from aegis_cli.profiling.probe.loop_watch import LoopWatch
    from aegis_cli.profiling.probe.outgoing import Outgoing
    from aegis_cli.profiling.probe.places import Places
    from aegis_cli.profiling.probe.tally import Names

    class Recorder(Protocol):
        """Where records go."""

        def write(self, kind: str, payload: Mapping[str, object]) -> None:
            """Append one record."""

        def attempt(self, what: str, action: Callable[[], object]) -> object:
            """Do something whose failure is recorded."""

    class Watch(Protocol):
        """What follows one thing."""

        def take(self) -> dict[str, object]:
            """Return what is new since the last time."""

        def pause(self) -> None:
            """Prepare for a fork."""

        def resume(self) -> None:
            """Go on after a fork, or simply go on."""

        def begin_again(self) -> None:
            """Forget what the parent of this process saw."""

        def stop(self) -> None:
            """Follow no more."""


KIND = "runtime"
CALLING = ("http.client", "httpx._client", "aiohttp.client", "redis.client", "redis.asyncio.client")
"""Modules whose calls are followed, see `outgoing`; it is loaded when the first is imported."""
MAKING = (
    "aiohttp.client",
    "botocore.session",
    "concurrent.futures.process",
    "concurrent.futures.thread",
    "httpx._client",
    "jinja2.environment",
    "psycopg2.pool",
    "psycopg_pool.pool",
    "pydantic.type_adapter",
    "re._compiler",
    "redis.asyncio.client",
    "redis.client",
    "redis.connection",
    "requests.sessions",
    "sqlalchemy.engine.create",
    "urllib3.poolmanager",
)
"""Modules whose objects are expensive to make, see `constructions`."""


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


def start(settings: "Mapping[str, object]", recorder: "Recorder") -> "Runtime":
    """Follow everything that `settings` does not set to false, by the name of the key."""
    runtime = Runtime(recorder, load("places").Places(), load("tally").Names())
    runtime.begin(settings)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=runtime.pause, after_in_child=runtime.begin_again)
    return runtime


class Runtime:
    """Everything that is followed in a process."""

    def __init__(self, recorder: "Recorder", places: "Places", names: "Names") -> None:
        """Follow nothing yet."""
        self._recorder = recorder
        self._places = places
        self._names = names
        self._watches: list[Watch] = []
        self._imports: LateImports | None = None
        self._loops: LoopWatch | None = None
        self._outgoing: Outgoing | None = None
        self._constructions: Constructions | None = None

    def begin(self, settings: "Mapping[str, object]") -> None:
        """Follow what the settings leave on, and libraries once the program imports them."""
        actions: dict[str, list[Callable[[ModuleType], None]]] = {}
        if settings.get("loops", True):
            actions["asyncio.base_events"] = [self._follow_loops]
            actions["uvloop"] = [self._follow_uvloop]
        if settings.get("memory", True):
            memory = load("memory_watch").MemoryWatch(self._places, self._recorder.attempt)
            memory.begin()
            self._watches += (memory, load("census").Census(self._places))
        if settings.get("calls", True):
            for name in CALLING:
                actions.setdefault(name, []).append(self._follow_calls)
            for name in MAKING:
                actions.setdefault(name, []).append(self._follow_constructions)
        self._imports = load("late_imports").watch(actions, self._recorder.attempt)

    def flush(self) -> None:
        """Write what was noted; threads that a fork ended come back here."""
        for each in self._watches:
            each.resume()
        self._write(self._taken())

    def pause(self) -> None:
        """End threads of ours before a fork."""
        for each in self._watches:
            each.pause()

    def begin_again(self) -> None:
        """Start anew in a process that was just forked."""
        self._places.forget()
        self._names.forget()
        for each in self._watches:
            each.begin_again()

    def stop(self) -> None:
        """Follow no more and write the rest."""
        if self._imports is not None:
            self._imports.stop()
        for each in self._watches:
            each.stop()
        self._write(self._taken())

    def _taken(self) -> "dict[str, object]":
        """Return what is new; a watch that fails is told of and asked no more."""
        payload: dict[str, object] = {}
        for each in self._watches[:]:
            taken = self._recorder.attempt(KIND, each.take)
            if taken is None:
                self._watches.remove(each)
            else:
                payload.update(taken)  # type: ignore[call-overload]  # what a watch takes
        return payload

    def _write(self, payload: "dict[str, object]") -> None:
        if not payload:
            return
        # Taken last: what a row names was made known before the row was noted.
        told = {"places": _drain(self._places.fresh), "names": _drain(self._names.fresh)}
        self._recorder.write(KIND, {**payload, **told})

    def _follow_loops(self, module: "ModuleType") -> None:
        watch = self._loop_watch()
        watch.install(module, load("loop_code").timed)

    def _follow_uvloop(self, module: "ModuleType") -> None:
        self._loop_watch().install_uvloop(module)

    def _follow_calls(self, module: "ModuleType") -> None:
        if self._outgoing is None:
            self._outgoing = self._noting(load("outgoing").Outgoing)
        self._outgoing.follow(module)

    def _follow_constructions(self, module: "ModuleType") -> None:
        if self._constructions is None:
            self._constructions = self._noting(load("constructions").Constructions)
        self._constructions.follow(module)

    def _noting(self, kind: "Any") -> "Any":
        """Make a watch that puts functions of ours in the place of a library's."""
        tally = load("tally").Tally()
        attempt = self._recorder.attempt
        watch = kind(self._places, self._names, tally, attempt, load("wrapping"))
        self._watches.append(watch)
        return watch

    def _loop_watch(self) -> "LoopWatch":
        if self._loops is not None:
            return self._loops
        watch: LoopWatch = load("loop_watch").LoopWatch(
            self._places,
            self._names,
            load("beat").Beat,
            load("await_watch").AwaitWatch(self._places),
            self._recorder.attempt,
        )
        self._loops = watch
        self._watches.append(watch)
        return watch


def _drain(rows: list[list[object]]) -> list[list[object]]:
    """Empty a list to whose end others may be adding."""
    taken = rows[:]
    del rows[: len(taken)]
    return taken
