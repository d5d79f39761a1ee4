"""Note where expensive objects are made: clients, pools, compiled patterns and templates.

    constructions  [place, name, count, time µs, longest µs, failures]

What a module makes while it is imported is made once, and not noted.
"""

import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, ModuleType
    from typing import Any

    from aegis_cli.profiling.probe.late_imports import Attempt
    from aegis_cli.profiling.probe.places import Places
    from aegis_cli.profiling.probe.tally import Names, Tally

    Args = tuple[Any, ...]
    Kwargs = dict[str, Any]
    Describe = Callable[[Args, Kwargs], str]

MADE = {
    "httpx._client": (
        ("Client", "__init__", "httpx.Client"),
        ("AsyncClient", "__init__", "httpx.AsyncClient"),
    ),
    "requests.sessions": (("Session", "__init__", "requests.Session"),),
    "urllib3.poolmanager": (("PoolManager", "__init__", "urllib3.PoolManager"),),
    "aiohttp.client": (("ClientSession", "__init__", "aiohttp.ClientSession"),),
    "redis.client": (("Redis", "__init__", "redis.Redis"),),
    "redis.asyncio.client": (("Redis", "__init__", "redis.asyncio.Redis"),),
    "redis.connection": (("ConnectionPool", "__init__", "redis.ConnectionPool"),),
    "botocore.session": (("Session", "create_client", "boto3.client"),),
    # Not `Engine.__init__`: `create_engine` looks into it for the names of its arguments.
    "sqlalchemy.engine.create": (("", "create_engine", "sqlalchemy.create_engine"),),
    "psycopg2.pool": (("AbstractConnectionPool", "__init__", "psycopg2.pool"),),
    "psycopg_pool.pool": (("ConnectionPool", "__init__", "psycopg_pool.ConnectionPool"),),
    "concurrent.futures.thread": (("ThreadPoolExecutor", "__init__", "ThreadPoolExecutor"),),
    "concurrent.futures.process": (("ProcessPoolExecutor", "__init__", "ProcessPoolExecutor"),),
    "jinja2.environment": (
        ("Environment", "__init__", "jinja2.Environment"),
        ("Environment", "compile", "jinja2 template"),
    ),
    "pydantic.type_adapter": (("TypeAdapter", "__init__", "pydantic.TypeAdapter"),),
    "re._compiler": (("", "compile", "re.compile"),),
}
"""Module; class, or none for a function of the module; function; what people call it."""
_OUR_FRAMES = 4
"""A lambda, its attempt, the function that notes, and the one in the place of the library's."""
_IMPORTING = "<frozen importlib._bootstrap>"


class Constructions:
    """Puts functions that note in the place of those that make."""

    def __init__(
        self,
        places: "Places",
        names: "Names",
        tally: "Tally",
        attempt: "Attempt",
        wrapping: "ModuleType",
    ) -> None:
        """Keep functions as they are before the program replaces them."""
        self._places = places
        self._names = names
        self._tally = tally
        self._attempt = attempt
        self._wrapping = wrapping
        self._clock = time.perf_counter_ns
        self._is_broken = False

    def take(self) -> "dict[str, object]":
        """Return what was made since the last time."""
        rows = self._tally.take()
        return {"constructions": rows} if rows else {}

    def pause(self) -> None:
        """Do nothing: there is no thread."""

    def resume(self) -> None:
        """Do nothing: there is no thread."""

    def begin_again(self) -> None:
        """Forget what the parent of this process made."""
        self._tally.forget()

    def stop(self) -> None:
        """Do nothing: what is noted from now on is not taken."""

    def follow(self, module: "ModuleType") -> None:
        """Note what is made with a module that was just imported."""
        for owner, function, name in MADE[module.__name__]:
            holder = getattr(module, owner, None) if owner else module
            if holder is not None:
                self._wrapping.replace(holder, function, self._noting(name))

    def _noting(self, name: str) -> "Callable[[Any], Any]":
        def wrap(real: "Any") -> "Any":
            return self._wrapping.timed(real, self._clock, lambda *_: name, self._note)

        return wrap

    def _note(
        self, describe: "Describe", args: "Args", kwargs: "Kwargs", start_ns: int, failures: int
    ) -> None:
        """Note a call that has just ended; after a fault of ours no more are noted."""
        elapsed_ns = self._clock() - start_ns
        if not self._is_broken:
            noted = self._attempt(
                "constructions",
                lambda: self._add(describe(args, kwargs), elapsed_ns, failures),
            )
            self._is_broken = noted is None

    def _add(self, name: str, elapsed_ns: int, failures: int) -> bool:
        frame = sys._getframe(_OUR_FRAMES)  # noqa: SLF001  # the only way to the caller
        if not self._is_imported(frame):
            place = self._places.number(frame)
            self._tally.note(place, self._names.number(name), elapsed_ns, failures)
        return True

    def _is_imported(self, frame: "FrameType | None") -> bool:
        """Tell whether a library makes it while the program imports that library."""
        while frame is not None and not self._places.is_user(frame):
            if frame.f_code.co_filename == _IMPORTING:
                return True
            frame = frame.f_back
        return frame is None
