"""Hide from the program what it inherited for us, and hand that on to its children all the same.

`os.environ` is a copy that Python makes when it starts. What is taken out of the copy only is
still in the environment of the process, which children inherit unless they are given another.
"""

import os
import posix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType
    from typing import Any, TypeGuard

SETTINGS = b"AEGIS_PROBE"
PATH = b"PYTHONPATH"
_DEAF, _WITH_VALUE, _TARGETS = frozenset("IES"), frozenset("WX"), frozenset("mc")
"""Options of the interpreter: those that leave us out, that take a value, that name the program."""
_MAX_WORDS, _MAX_WORD, _MAX_UNSEEN = 12, 200, 20


def with_folder(folder: bytes, path: bytes | None) -> bytes:
    """Return the search path that has our folder first.

    An empty path is not the same as none to a program that looks: the folder twice stands for it.
    """
    return folder if path is None else folder + b":" + (path or folder)


def without_folder(folder: bytes, path: bytes | None) -> bytes | None:
    """Return the search path as it was before our folder was put first."""
    if path is None or path == folder:
        return None
    first, _, rest = path.partition(b":")
    if first != folder:
        return path
    return b"" if rest == folder else rest


class Environment:
    """What children need so that they are examined as well."""

    def __init__(self, folder: bytes, settings: bytes) -> None:
        """Remember the folder of the start-up hook and the settings of the probe."""
        self._folder = folder
        self._settings = settings
        self._tell_unseen: Callable[[list[str]], None] = _tell_nobody
        self._unseen: set[str] = set()

    def hide(self) -> None:
        """Take our entries out of `os.environ`, and not out of the environment itself."""
        data = posix.environ
        data.pop(SETTINGS, None)
        path = without_folder(self._folder, data.get(PATH))
        if path is not None:
            data[PATH] = path
        else:
            data.pop(PATH, None)

    def extend(self, given: "Mapping[Any, Any]") -> "dict[bytes, bytes]":
        """Return an environment for a child: the one it is given, and our entries."""
        extended = {os.fsencode(key): os.fsencode(value) for key, value in given.items()}
        if SETTINGS not in extended:  # a run inside a run examines its own children
            extended[SETTINGS] = self._settings
            extended[PATH] = with_folder(self._folder, extended.get(PATH))
        return extended

    def extend_list(self, given: "Sequence[bytes]") -> "list[bytes]":
        """Return the same for an environment written as `NAME=value`."""
        if any(each.startswith(SETTINGS + b"=") for each in given):
            return list(given)
        start = PATH + b"="
        ours = SETTINGS + b"=" + self._settings
        if not any(each.startswith(start) for each in given):
            return [*given, start + self._folder, ours]
        extended = [
            start + with_folder(self._folder, each[len(start) :])
            if each.startswith(start)
            else each
            for each in given
        ]
        return [*extended, ours]

    def hand_on(self, tell_unseen: "Callable[[list[str]], None]") -> None:
        """Let everything that gives a child an environment, or changes ours, keep our entries.

        The command lines of interpreters that leave them aside are told.
        """
        self._tell_unseen = tell_unseen
        self._keep_on_change()
        for name in ("posix_spawn", "posix_spawnp"):
            if hasattr(os, name):
                _replace(os, name, self._spawning)
        _replace(os, "execve", self._executing)
        try:
            import _posixsubprocess  # noqa: PLC0415  # not on every system
        except ImportError:
            return
        _replace(_posixsubprocess, "fork_exec", self._forking)

    def _keep_on_change(self) -> None:
        real_put, real_unset = os.putenv, os.unsetenv
        folder = self._folder

        def putenv(name: str | bytes, value: str | bytes, /) -> None:
            is_path = name in (PATH, "PYTHONPATH")
            real_put(name, with_folder(folder, os.fsencode(value)) if is_path else value)

        def unsetenv(name: str | bytes, /) -> None:
            if name in (PATH, "PYTHONPATH"):
                real_put(name, folder)
            else:
                real_unset(name)

        _replace(os, "putenv", lambda _: putenv)
        _replace(os, "unsetenv", lambda _: unsetenv)

    def _spawning(self, real: "Callable[..., int]") -> "Callable[..., int]":
        extend = self.extend

        def spawn(path: object, argv: object, env: object, /, **options: object) -> int:
            self._look_at(argv)
            return real(path, argv, extend(env) if _is_mapping(env) else env, **options)

        return spawn

    def _executing(self, real: "Callable[..., None]") -> "Callable[..., None]":
        extend = self.extend

        def execve(path: object, argv: object, env: object) -> None:
            self._look_at(argv)
            real(path, argv, extend(env) if _is_mapping(env) else env)

        return execve

    def _forking(self, real: "Callable[..., int]") -> "Callable[..., int]":
        extend = self.extend_list
        position = 5  # of the environment among the arguments, since Python 3.2

        def fork_exec(*arguments: object) -> int:
            self._look_at(arguments[0])
            given = arguments[position]
            if not isinstance(given, list | tuple):
                return real(*arguments)
            extended = extend(given)
            return real(*arguments[:position], extended, *arguments[position + 1 :])

        return fork_exec

    def _look_at(self, argv: "Any") -> None:
        """Tell once of each kind of child that will not be examined."""
        try:
            words = [os.fsdecode(each)[:_MAX_WORD] for each in argv[:_MAX_WORDS]]
            key = " ".join(words)
            if is_deaf(words) and key not in self._unseen and len(self._unseen) < _MAX_UNSEEN:
                self._unseen.add(key)
                self._tell_unseen(words)
        except (LookupError, TypeError, ValueError):  # no command line, which is not our error
            return


def is_deaf(words: "Sequence[str]") -> bool:
    """Tell whether a command starts an interpreter that leaves our entries or `site` aside."""
    if not words or not os.path.basename(words[0]).startswith("python"):  # noqa: PTH119  # pathlib costs start-up
        return False
    is_value = False
    for word in words[1:]:
        if is_value:
            is_value = False
            continue
        if word[:1] != "-" or word[1:2] in {"", "-"}:
            return False
        for letter in word[1:]:
            if letter in _DEAF:
                return True
            if letter in _WITH_VALUE:
                is_value = word[-1] == letter
                break
            if letter in _TARGETS:
                return False
    return False


def _tell_nobody(words: "list[str]") -> None:
    """Stand in until somebody wants to know."""


def _is_mapping(env: object) -> "TypeGuard[Mapping[Any, Any]]":
    return hasattr(env, "keys") and hasattr(env, "items")


def _replace(module: "ModuleType", name: str, wrap: "Callable[..., Any]") -> None:
    """Put a function of the same name and documentation in the place of a built-in one."""
    real = getattr(module, name)
    ours = wrap(real)
    for attribute in ("__name__", "__qualname__", "__doc__", "__module__"):
        setattr(ours, attribute, getattr(real, attribute))
    for supported in (os.supports_fd, os.supports_dir_fd, os.supports_follow_symlinks):
        if real in supported:
            supported.add(ours)
    setattr(module, name, ours)
