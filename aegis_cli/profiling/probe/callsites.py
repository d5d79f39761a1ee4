"""Find the user's frames behind a call into a library, and what the library did for them.

Everything is known by code object: the first look at one decides what it is, and every later
look is a dictionary access. Three frames of a plain program cost about half a microsecond.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType

    from aegis_cli.profiling.probe.relationships import Relationships

MAX_FRAMES = 3
"""User frames of a call site, the innermost first."""
_MAX_STEPS = 10
"""Library frames that are walked behind the first user frame: callers of a framework."""
_MAX_KNOWN = 50_000
"""Code objects or call sites remembered; a program that makes code without end starts anew."""

_UNKNOWN = -1
_LIBRARY = 0
_USER = 1
_SPECIAL = 2
"""From here on a number names a look at the frame's relationship."""
_PACKAGE_FOLDERS = ("site-packages", "dist-packages")
_OWN_FOLDER = os.path.dirname(os.path.abspath(__file__)) + os.sep  # noqa: PTH100, PTH120  # pathlib costs start-up


class CallSites:
    """Numbers call sites; frames and sites are told once, in the order of their numbers."""

    def __init__(self, relationships: "Relationships") -> None:
        """Start without frames, and remember what belongs to Python and where we are."""
        self._kinds: dict[int, int] = {}
        self._codes: dict[int, CodeType] = {}
        """Keeps code objects alive, so that no number is given twice."""
        self._sites: dict[tuple[int, ...], int] = {}
        self._number = 0
        self._relations = relationships
        self._folder = os.getcwd()  # noqa: PTH109  # pathlib costs start-up
        self._standard = _standard_folders()
        self.fresh: list[list[object]] = []
        """[number, [[path, line, function], …], relationship or None] since the last drain."""

    def forget(self) -> None:
        """Tell every call site again; a forked process writes into a file of its own."""
        self._sites = {}
        self.fresh = []

    def number(self, frame: "FrameType | None") -> int:
        """Return the number of the call site of a frame; 0 where no user code is on the stack."""
        kind_of = self._kinds.get
        key: list[int] = []
        found: list[FrameType] = []
        relation = 0
        steps = _MAX_STEPS
        # Most frames are a library's, and each costs: no test but one for those.
        while frame is not None:
            code = frame.f_code
            kind = kind_of(id(code), _UNKNOWN)
            if kind:
                if kind == _UNKNOWN:
                    kind = self._learn(frame)
                if kind == _USER:
                    key += (id(code), frame.f_lasti)
                    found.append(frame)
                    if len(found) == MAX_FRAMES:
                        break
                elif kind >= _SPECIAL and not found and not relation:
                    relation = self._relations.number(frame, kind - _SPECIAL)
            elif found:
                steps -= 1
                if not steps:
                    break
            frame = frame.f_back
        if not found:
            return 0
        key.append(relation)
        return self._sites.get(tuple(key)) or self._tell(tuple(key), found, relation)

    def _learn(self, frame: "FrameType") -> int:
        code = frame.f_code
        if len(self._codes) >= _MAX_KNOWN:
            self._kinds.clear()
            self._sites.clear()
            self._codes.clear()
        kind = self._kind(code, frame)
        self._codes[id(code)] = code
        self._kinds[id(code)] = kind
        return kind

    def _kind(self, code: "CodeType", frame: "FrameType") -> int:
        path = code.co_filename
        look = self._relations.look_of(path, code.co_name)
        if look is not None:
            return _SPECIAL + look
        if path.startswith("<"):
            # What a library compiled has the library's globals; `-c` and standard input do not.
            return _USER if frame.f_globals.get("__name__") == "__main__" else _LIBRARY
        return _LIBRARY if self._is_library(path) else _USER

    def _is_library(self, path: str) -> bool:
        if path.startswith((_OWN_FOLDER, "<")):
            return True
        parts = path.replace("\\", "/").split("/")
        if any(each in parts for each in _PACKAGE_FOLDERS):
            return True
        return path.startswith(self._standard)

    def _tell(self, key: tuple[int, ...], found: "list[FrameType]", relation: int) -> int:
        if len(self._sites) >= _MAX_KNOWN:
            self._sites.clear()
        self._number += 1
        frames = [
            [
                os.path.join(self._folder, each.f_code.co_filename),  # noqa: PTH118
                each.f_lineno or 0,
                each.f_code.co_qualname,
            ]
            for each in found
        ]
        self.fresh.append([self._number, frames, self._relations.known(relation)])
        self._sites[key] = self._number
        return self._number


def _standard_folders() -> tuple[str, ...]:
    """Return where the standard library is, with and without links resolved."""
    folder = os.path.dirname(os.__file__)  # noqa: PTH120  # pathlib costs start-up
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    own = os.path.join(sys.base_prefix, "lib", version)  # noqa: PTH118
    folders = {folder, os.path.realpath(folder), own}
    return tuple(each + os.sep for each in folders)
