"""Number the places in the user's code from which something happens, wherever it happens.

Everything is known by code object: the first look at one decides whose it is, and every later look
is a dictionary access.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType

MAX_FRAMES = 3
"""User frames of a place, the innermost first."""
_MAX_STEPS = 10
"""Library frames that are walked behind the first user frame: callers of a framework."""
_MAX_KNOWN = 20_000
"""Code objects or places remembered; a program that makes code without end starts anew."""
_PACKAGE_FOLDERS = ("/site-packages/", "/dist-packages/")
_OWN_FOLDER = os.path.dirname(os.path.abspath(__file__)) + os.sep  # noqa: PTH100, PTH120  # pathlib costs start-up


class Places:
    """Numbers places from 1; frames are told once, in the order of the numbers."""

    def __init__(self) -> None:
        """Start without places, and remember what belongs to Python and where we are."""
        self._is_user: dict[CodeType, bool] = {}
        self._places: dict[tuple[object, ...], int] = {}
        self._number = 0
        self._folder = _current_folder()
        self._foreign = (*_standard_folders(), _OWN_FOLDER, "<")
        self.fresh: list[list[object]] = []
        """[number, [[path, line, function], …]] since the last drain."""

    def forget(self) -> None:
        """Tell every place again; a forked process writes into a file of its own."""
        self._places = {}
        self.fresh = []

    def number(self, frame: "FrameType | None") -> int:
        """Return the number of the place of a frame; 0 where no user code is on the stack."""
        found: list[FrameType] = []
        steps = _MAX_STEPS
        while frame is not None:
            if self.is_user(frame):
                found.append(frame)
                if len(found) == MAX_FRAMES:
                    break
            elif found:
                steps -= 1
                if not steps:
                    break
            frame = frame.f_back
        return self.number_of(found)

    def number_of(self, frames: "list[FrameType]") -> int:
        """Return the number of user frames, the innermost first; 0 if there are none."""
        found = frames[:MAX_FRAMES]
        if not found:
            return 0
        key: list[object] = []
        for each in found:
            key += (each.f_code, each.f_lasti)
        return self._places.get(tuple(key)) or self._tell(tuple(key), found)

    def is_user(self, frame: "FrameType") -> bool:
        """Tell whether a frame runs the program's own code, not Python's nor a library's."""
        known = self._is_user.get(frame.f_code)
        if known is None:
            if len(self._is_user) >= _MAX_KNOWN:
                self._is_user.clear()
            known = self._is_user[frame.f_code] = self._belongs_to_user(frame)
        return known

    def is_user_file(self, path: str) -> bool:
        """Tell whether a file is neither Python's nor a library's nor ours."""
        if path.startswith(self._foreign):
            return False
        plain = path.replace("\\", "/")
        return not any(each in plain for each in _PACKAGE_FOLDERS)

    def _belongs_to_user(self, frame: "FrameType") -> bool:
        path = frame.f_code.co_filename
        if path.startswith("<"):
            # What a library compiled has the library's globals; `-c` and standard input do not.
            return frame.f_globals.get("__name__") == "__main__" and "frozen" not in path
        return self.is_user_file(path)

    def _tell(self, key: tuple[object, ...], found: "list[FrameType]") -> int:
        if len(self._places) >= _MAX_KNOWN:
            self._places.clear()
        self._number += 1
        frames = [
            [
                os.path.join(self._folder, each.f_code.co_filename),  # noqa: PTH118
                each.f_lineno or 0,
                each.f_code.co_qualname,
            ]
            for each in found
        ]
        self.fresh.append([self._number, frames])
        self._places[key] = self._number
        return self._number


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
