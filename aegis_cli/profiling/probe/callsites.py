"""Find the user's frames behind a call into a library, and what the library did for them.

Everything is known by code object: the first look at one decides what it is, and every later
look is a dictionary access. Three frames of a plain program cost about half a microsecond.
The twenty of an object mapper would cost six, most of it to make frame objects, so the way from
the driver out to the program is remembered for each statement, with two marks on it: where both
stand again, the frames between are not looked at.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType

    from aegis_cli.profiling.probe.relationships import Relationships

    Way = tuple[int, CodeType, int, CodeType, int, bool, bool]
    """Frames to the last one of a library, its code; frames to a mark, its code; the look that
    tells the relationship, if it is at the former, and whether there was a relationship."""
    Origin = tuple[FrameType | None, int, FrameType | None]
    """The innermost user frame, the relationship, and where the stack goes on after its end."""

MAX_FRAMES = 3
"""User frames of a call site, the innermost first."""
_MAX_STEPS = 10
"""Library frames that are walked behind the first user frame: callers of a framework."""
_MAX_KNOWN = 50_000
"""Code objects or call sites remembered; a program that makes code without end starts anew."""
_MAX_WAYS = 5_000

_UNKNOWN = -1
_LIBRARY = 0
_USER = 1
_BRIDGE = 2
"""Runs code in a greenlet, whose stack ends there, and waits on behalf of it."""
_SPECIAL = 3
"""From here on a number names a look at the frame's relationship."""
_FIRST_AHEAD = _SPECIAL + 7
"""As in `relationships`: what loads ahead is told even if something was found further in."""
_BRIDGE_NAME = "greenlet_spawn"
_BRIDGE_PATHS = ("sqlalchemy/util/concurrency.py", "sqlalchemy/util/_concurrency_py3k.py")
_PACKAGE_FOLDERS = ("site-packages", "dist-packages")
_OWN_FOLDER = os.path.dirname(os.path.abspath(__file__)) + os.sep  # noqa: PTH100, PTH120  # pathlib costs start-up
_API_FOLDER = os.path.join(_OWN_FOLDER, "..", "..", "api") + os.sep  # noqa: PTH118  # as above
_OURS = (_OWN_FOLDER, os.path.normpath(_API_FOLDER) + os.sep, "<")
"""The probe, and what decorates functions of the program; in a checkout we are no package."""
_getframe = sys._getframe  # noqa: SLF001  # the only way to the caller


class CallSites:
    """Numbers call sites; frames and sites are told once, in the order of their numbers."""

    def __init__(self, relationships: "Relationships") -> None:
        """Start without frames, and remember what belongs to Python and where we are."""
        self._kinds: dict[int, int] = {}
        self._codes: dict[int, CodeType] = {}
        """Keeps code objects alive, so that no number is given twice."""
        self._sites: dict[tuple[int, ...], int] = {}
        self._places: dict[int, tuple[tuple[int, ...], list[list[object]]]] = {}
        """The key without relationship and the frames of a number."""
        self._ways: dict[int, Way] = {}
        self._number = 0
        self._relations = relationships
        self._folder = _current_folder()
        self._standard = _standard_folders()
        self.fresh: list[list[object]] = []
        """[number, [[path, line, function], …], relationship or None] since the last drain."""

    def forget(self) -> None:
        """Tell every call site again; a forked process writes into a file of its own."""
        self._sites = {}
        self._places = {}
        self.fresh = []

    def number(self, frame: "FrameType | None") -> int:
        """Return the number of the call site of a frame.

        Where no user code is on the stack: minus the number of the relationship, or 0.
        """
        return self._site(*self._walk(frame, 0))

    def number_at(self, depth: int, statement: int) -> int:
        """Return the number of the call site so many frames out, which runs a known statement."""
        way = self._ways.get(statement)
        if way is not None:
            # Frame objects are made for what is looked at, not for what lies between.
            out, inside, at, mark, look, is_outer, has_relation = way
            try:
                marked, entry = _getframe(depth + at), _getframe(depth + out)
            except ValueError:  # the stack is not so deep
                return self._far(depth + 1, statement)
            user = entry.f_back
            if (
                entry.f_code is inside
                and marked.f_code is mark
                and user is not None
                and self._kinds.get(id(user.f_code)) == _USER
            ):
                looked_at = entry if is_outer else marked
                relation = self._relations.number(looked_at, look) if look >= 0 else 0
                if relation or not has_relation:
                    return self._site(user, relation, None)
        return self._far(depth + 1, statement)

    def _far(self, depth: int, statement: int) -> int:
        try:
            frame = _getframe(depth)
        except ValueError:  # nobody called the driver but a greenlet or an interpreter in C
            return 0
        if self._kinds.get(id(frame.f_code)) == _USER:
            return self._site(frame, 0, None)
        return self._site(*self._walk(frame, statement))

    def again(self, number: int, relation: int) -> int:
        """Return the number of a known call site with a relationship that was found elsewhere."""
        place = self._places.get(number)
        if place is None or not relation:
            return number
        key = (*place[0], relation)
        return self._sites.get(key) or self._tell(key, place[1], relation)

    def _walk(self, frame: "FrameType | None", statement: int) -> "Origin":  # noqa: C901  # a call costs as much as a frame
        """Return where user code begins; remember the way there for the statement."""
        kind_of = self._kinds.get
        relation = steps = 0
        rest = inside = mark = None
        has_crossed = False
        # Most frames are a library's, and each costs: no test but one for those.
        while frame is not None:
            code = frame.f_code
            kind = kind_of(id(code), _UNKNOWN)
            if kind:
                if kind == _UNKNOWN:
                    kind = self._learn(frame)
                if kind == _USER:
                    break
                if kind >= _SPECIAL and (not relation or kind >= _FIRST_AHEAD):
                    found = self._relations.number(frame, kind - _SPECIAL)
                    relation = found or relation
                    if found or mark is None:
                        mark = steps, code, kind - _SPECIAL
                elif kind == _BRIDGE and not has_crossed:
                    has_crossed = True
                    inner = _inner(frame)
                    if inner is not None:
                        rest = frame.f_back
                        frame = inner
                        continue
            steps += 1
            inside = code
            frame = frame.f_back
            if frame is None:
                frame, rest = rest, None
        if statement and frame is not None and inside is not None and not has_crossed:
            self._remember(statement, (steps - 1, inside), mark, has_relation=bool(relation))
        return frame, relation, rest

    def _remember(
        self,
        statement: int,
        entry: "tuple[int, CodeType]",
        mark: "tuple[int, CodeType, int] | None",
        *,
        has_relation: bool,
    ) -> None:
        if len(self._ways) >= _MAX_WAYS:
            self._ways.clear()
        at, code, look = mark or (*entry, -1)
        path = entry[1].co_filename.replace("\\", "/")
        outer = self._relations.cheaper(look, path, entry[1].co_name) if has_relation else None
        is_outer = outer is not None
        look = look if outer is None else outer
        self._ways[statement] = (*entry, at, code, look, is_outer, has_relation)

    def _site(self, frame: "FrameType | None", relation: int, rest: "FrameType | None") -> int:
        """Return the number of a user frame and its callers."""
        if frame is None:
            return -relation
        outer = frame.f_back
        outermost = outer.f_back if outer is not None else None
        if outer is not None and outermost is not None:
            # Three frames of a known call site are the user's: no look at each is needed.
            known = self._sites.get(
                (
                    id(frame.f_code),
                    frame.f_lasti,
                    id(outer.f_code),
                    outer.f_lasti,
                    id(outermost.f_code),
                    outermost.f_lasti,
                    relation,
                )
            )
            if known is not None:
                return known
        return self._search(frame, relation, rest)

    def _search(self, frame: "FrameType | None", relation: int, rest: "FrameType | None") -> int:
        kind_of = self._kinds.get
        key: list[int] = []
        found: list[FrameType] = []
        steps = _MAX_STEPS
        while frame is not None:
            code = frame.f_code
            kind = kind_of(id(code), _UNKNOWN)
            if kind == _UNKNOWN:
                kind = self._learn(frame)
            if kind == _USER:
                key += (id(code), frame.f_lasti)
                found.append(frame)
                if len(found) == MAX_FRAMES:
                    break
            else:
                steps -= 1
                if not steps:
                    break
            frame = frame.f_back
            if frame is None:
                frame, rest = rest, None
        key.append(relation)
        known = self._sites.get(tuple(key))
        return known or self._tell(tuple(key), self._shown(found), relation)

    def _learn(self, frame: "FrameType") -> int:
        code = frame.f_code
        if len(self._codes) >= _MAX_KNOWN:
            self._kinds.clear()
            self._ways.clear()
            self._forget_sites()
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
        if code.co_name == _BRIDGE_NAME and path.replace("\\", "/").endswith(_BRIDGE_PATHS):
            return _BRIDGE
        if path.startswith("<"):
            # What a library compiled has the library's globals; `-c` and standard input do not.
            return _USER if frame.f_globals.get("__name__") == "__main__" else _LIBRARY
        return _LIBRARY if self._is_library(path) else _USER

    def _is_library(self, path: str) -> bool:
        if path.startswith(_OURS):
            return True
        parts = path.replace("\\", "/").split("/")
        if any(each in parts for each in _PACKAGE_FOLDERS):
            return True
        return path.startswith(self._standard)

    def _shown(self, frames: "list[FrameType]") -> list[list[object]]:
        return [
            [
                os.path.join(self._folder, each.f_code.co_filename),  # noqa: PTH118
                each.f_lineno or 0,
                each.f_code.co_qualname,
            ]
            for each in frames
        ]

    def _tell(self, key: tuple[int, ...], frames: list[list[object]], relation: int) -> int:
        if len(self._sites) >= _MAX_KNOWN:
            self._forget_sites()
        self._number += 1
        self.fresh.append([self._number, frames, self._relations.known(relation)])
        self._places[self._number] = key[:-1], frames
        self._sites[key] = self._number
        return self._number

    def _forget_sites(self) -> None:
        self._sites.clear()
        self._places.clear()


def _inner(frame: "FrameType") -> "FrameType | None":
    """Return the frame at which the greenlet waits that a bridge runs."""
    try:
        waiting: FrameType | None = frame.f_locals["context"].gr_frame
    except (AttributeError, KeyError):
        return None
    return waiting


def _current_folder() -> str:
    try:
        return os.getcwd()  # noqa: PTH109  # pathlib costs start-up
    except OSError:  # it was deleted
        return ""


def _standard_folders() -> tuple[str, ...]:
    """Return where the standard library is, with and without links resolved."""
    folder = os.path.dirname(os.__file__)  # noqa: PTH120  # pathlib costs start-up
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    own = os.path.join(sys.base_prefix, "lib", version)  # noqa: PTH118
    folders = {folder, os.path.realpath(folder), own}
    return tuple(each + os.sep for each in folders)
