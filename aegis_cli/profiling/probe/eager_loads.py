"""Tell which relationships that were loaded ahead are read by anybody.

The attribute of a relationship that was loaded ahead changes its class for one that notices the
first reading, and changes it back with it: reading costs one call more, once in a program.
Readings by Django itself, which fills its caches through the attribute, do not count.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import FrameType
    from typing import Any

    Eager = tuple[str, str, str, bool, str]
    """Library, owning class, attribute, whether it leads to many rows, and what loads it ahead."""

_MAX_WATCHED = 2_000
_MAX_PLACES = 20
_FILLING = ("django/db/models/query.py", "django/db/models/base.py")
_getframe = sys._getframe  # noqa: SLF001  # the only way to the reader


class EagerLoads:
    """Watches attributes, counts loads by joins, and keeps what is new until it is told."""

    def __init__(self) -> None:
        """Start without attributes."""
        self._watched: dict[tuple[str, str, str], bool] = {}
        """Whether it was read, by library, class and attribute."""
        self._names: dict[int, tuple[str, str, str]] = {}
        self._kept: list[object] = []
        """Keeps attributes alive, so that no number is given twice."""
        self._noticing: dict[type, type] = {}
        self._joined: dict[tuple[Eager, int], int] = {}
        self._places: dict[Eager, tuple[int, int]] = {}
        """How often the call site was looked for, and the last one."""
        self.reads: list[list[object]] = []
        """[library, class, attribute] of what was read for the first time since the last drain."""

    @property
    def has_news(self) -> bool:
        """Tell whether there is anything that was not told yet."""
        return bool(self.reads or self._joined)

    def forget(self) -> None:
        """Tell everything again; a forked process writes into a file of its own."""
        self.reads = [list(name) for name, is_read in self._watched.items() if is_read]
        self._joined = {}
        self._places = {}

    def watch(self, eager: "Eager", attributes: "Iterable[Any]") -> bool:
        """Notice who reads any of the attributes; return whether that can be noticed."""
        name = eager[:3]
        if name in self._watched:
            return True
        if len(self._watched) >= _MAX_WATCHED:
            return False
        kinds: list[tuple[Any, type]] = []
        try:
            for each in attributes:
                kind = type(each)
                each.__class__ = self._class_for(kind)
                kinds.append((each, kind))
        except (AttributeError, TypeError):  # of another layout
            for attribute, kind in kinds:
                attribute.__class__ = kind
            return False
        self._watched[name] = False
        self._kept += [attribute for attribute, _ in kinds]
        self._names.update((id(attribute), name) for attribute, _ in kinds)
        return bool(kinds)

    def is_read(self, eager: "Eager") -> bool:
        """Tell whether the attribute was read already: its loads are of no interest any more."""
        return self._watched.get(eager[:3], False)

    def joined(self, eager: "Eager", find_site: "Callable[[], int]") -> None:
        """Count a load by a join, which has no statement of its own.

        The call site is looked for some times only; what comes later counts for the last one.
        """
        found, site = self._places.get(eager, (0, 0))
        if found < _MAX_PLACES:
            site = find_site()
            self._places[eager] = found + 1, site
        key = eager, site
        self._joined[key] = self._joined.get(key, 0) + 1

    def take_joined(self) -> list[list[object]]:
        """Return [call site, loads, library, class, attribute, many, what] since the last time."""
        taken, self._joined = self._joined, {}
        return [[site, loads, *eager] for (eager, site), loads in taken.items()]

    def _class_for(self, kind: type) -> type:
        known = self._noticing.get(kind)
        if known is None:
            known = self._noticing[kind] = self._make_class(kind)
        return known

    def _make_class(self, kind: "Any") -> type:
        """Return a subclass that passes for its base, and whose first reading is noticed."""
        read = kind.__get__

        def __get__(attribute: "Any", instance: "Any", owner: "Any" = None) -> "Any":  # noqa: N807  # of a class
            if instance is not None and not _is_filling(_getframe().f_back):
                attribute.__class__ = kind
                self._note(attribute)
            return read(attribute, instance, owner)

        names = {
            "__slots__": (),
            "__get__": __get__,
            "__module__": kind.__module__,
            "__qualname__": kind.__qualname__,
        }
        made: type = type(kind)(kind.__name__, (kind,), names)
        return made

    def _note(self, attribute: object) -> None:
        name = self._names.get(id(attribute))
        if name is not None and not self._watched.get(name, True):
            self._watched[name] = True
            self.reads.append(list(name))


def _is_filling(frame: "FrameType | None") -> bool:
    """Tell whether the mapper reads; SQLAlchemy's greenlets may read without any frame behind."""
    return frame is not None and frame.f_code.co_filename.replace("\\", "/").endswith(_FILLING)
