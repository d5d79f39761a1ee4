"""Count now and then what the containers of the program's modules hold.

Looked at are dictionaries, lists, sets and deques that are bound to a name in a module or class of
the program or to an attribute of such an object, and functions that remember their results.

    containers  [number, kind, module, name, path, bound or -1, line or 0]
    sizes       [ms since the start, number, entries]
    hits        [number, hits, misses] of functions that remember, as of the last look
"""

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from aegis_cli.profiling.probe.places import Places

_FIRST_ENTRIES = 100
"""A container is told of when it holds so many."""
_MAX_CONTAINERS = 500
_MAX_OWN_SHARE = 0.005
"""Part of the time that looking may take before looks become rarer."""
_MAX_NAMES = 20_000
"""Names that one look goes through."""
_MS = 1_000
_HEAP_TYPE = 1 << 9
"""Py_TPFLAGS_HEAPTYPE: made by a class statement, not written in C."""
_MODULE = type(sys)
_FAULTS = (AttributeError, LookupError, RuntimeError, TypeError, ValueError)
_LENGTHS: "dict[type, tuple[str, Callable[..., int]]]" = {
    dict: ("dict", dict.__len__),
    list: ("list", list.__len__),
    set: ("set", set.__len__),
}


class Census:
    """Follows the sizes of containers that live as long as the program."""

    def __init__(self, places: "Places") -> None:
        """Start with nothing counted."""
        self._places = places
        self._clock = time.perf_counter
        self._started = self._clock()
        self._next = 0.0
        self._users: dict[str, str] = {}
        """File of a module of the program, empty for all others, by the name of the module."""
        self._known: dict[tuple[str, str], int] = {}
        self._last: dict[int, int] = {}
        self._fresh: list[list[object]] = []
        self._sizes: list[list[int]] = []
        self._hits: dict[int, list[int]] = {}
        self._lengths = dict(_LENGTHS)

    def take(self) -> "dict[str, object]":
        """Count, unless the last time is too short ago, and return what changed."""
        now = self._clock()
        if now < self._next:
            return {}
        self._count(int((now - self._started) * _MS))
        self._next = now + (self._clock() - now) / _MAX_OWN_SHARE
        taken: dict[str, object] = {}
        if self._sizes:
            taken = {"sizes": self._sizes, "containers": self._fresh}
            if self._hits:
                taken["hits"] = [[number, *counts] for number, counts in self._hits.items()]
            self._sizes, self._fresh, self._hits = [], [], {}
        return taken

    def pause(self) -> None:
        """Do nothing: there is no thread."""

    def resume(self) -> None:
        """Do nothing: there is no thread."""

    def begin_again(self) -> None:
        """Forget what was counted in the parent of this process."""
        self._started, self._next = self._clock(), 0.0
        self._known, self._last, self._hits = {}, {}, {}
        self._fresh, self._sizes = [], []

    def stop(self) -> None:
        """Count once more when it is asked the next time."""
        self._next = 0.0

    def _count(self, at_ms: int) -> None:
        left = _MAX_NAMES
        # A copy is made at once; a list of items may set off the collector, and others go on.
        for name, module in sys.modules.copy().items():
            path = self._file_of(name, module)
            if not path:
                continue
            names = list(vars(module).copy().items())
            left -= len(names)
            if left < 0:
                return
            for own, value in names:
                self._consider(at_ms, (name, own, path), value)

    def _file_of(self, name: str, module: "ModuleType") -> str:
        """Return the file of a module of the program, and nothing for another one."""
        known = self._users.get(name)
        if known is None:
            path = module.__dict__.get("__file__") if type(module) is _MODULE else None
            if path is None and name == "__main__" and sys.argv and os.path.isfile(sys.argv[0]):  # noqa: PTH113  # start-up
                # A script has its file taken away when it is done, before the last look.
                path = sys.argv[0]
            is_user = isinstance(path, str) and self._places.is_user_file(path)
            known = os.path.abspath(path) if is_user and path else ""  # noqa: PTH100  # start-up
            self._users[name] = known
        return known

    def _consider(self, at_ms: int, where: tuple[str, str, str], value: object) -> None:
        module, own, path = where
        kind = type(value)
        if kind in self._lengths:
            self._note(at_ms, where, value)
        elif kind is type:
            if value.__module__ == module:
                for name, each in vars(value).copy().items():
                    self._note(at_ms, (module, f"{own}.{name}", path), each)
        elif kind.__flags__ & _HEAP_TYPE and self._users.get(kind.__module__):
            for name, each in _attributes(value):
                self._note(at_ms, (module, f"{own}.{name}", path), each)
        else:
            self._note(at_ms, where, value)

    def _note(self, at_ms: int, where: tuple[str, str, str], value: object) -> None:
        """Note the size of a container when it has changed."""
        length = self._lengths.get(type(value))
        if length is not None:
            kind, size = length[0], length[1](value)
            if size < _FIRST_ENTRIES:
                return
            number = self._number(where, kind, bound=getattr(value, "maxlen", None), line=0)
        elif type(value).__name__ == "_lru_cache_wrapper":
            hits, misses, bound, size = value.cache_info()  # type: ignore[attr-defined]  # it has one
            code = getattr(getattr(value, "__wrapped__", None), "__code__", None)
            if size < _FIRST_ENTRIES or code is None:
                return
            if not self._places.is_user_file(code.co_filename):  # imported from a library
                return
            number = self._number(where, "lru_cache", bound=bound, line=code.co_firstlineno)
            self._hits[number] = [hits, misses]
        else:
            self._learn(type(value))
            return
        if number and self._last.get(number) != size:
            self._last[number] = size
            self._sizes.append([at_ms, number, size])

    def _learn(self, kind: type) -> None:
        """Learn the containers of the module `collections`, which may not be imported."""
        known = self._lengths
        if kind.__module__ != "collections" or kind in known:
            return
        for base in (dict, list):
            if issubclass(kind, base):
                known[kind] = kind.__name__, base.__len__
        if kind.__name__ == "deque":
            known[kind] = "deque", kind.__len__  # type: ignore[attr-defined]  # a deque has a length

    def _number(self, where: tuple[str, str, str], kind: str, bound: object, line: int) -> int:
        module, own, path = where
        number = self._known.get((module, own))
        if number is None:
            if len(self._known) >= _MAX_CONTAINERS:
                return 0
            number = self._known[module, own] = len(self._known) + 1
            told = bound if isinstance(bound, int) else -1
            self._fresh.append([number, kind, module, own, path, told, line])
        return number


def _attributes(value: object) -> "Iterator[tuple[str, object]]":
    """Yield what an object holds by itself, without asking its class."""
    try:
        held = object.__getattribute__(value, "__dict__")
    except _FAULTS:  # it has none, or a property of this name that fails
        return
    if type(held) is dict:
        yield from held.copy().items()
