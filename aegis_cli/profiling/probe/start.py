"""Start the parts of the probe in a process, and see to it that what they record is kept.

Settings come from the environment as JSON:

    directory   the private folder of the run
    max_bytes   size at which a process records no more
    parts       settings for each part, by its name

A part is a module beside this one with `start(settings, recorder)`, which returns an object with
`stop()`: it writes what is left. It may have `flush()`: it writes what there is and goes on; and
`prepare(code)`, which is given the code of the script before it runs and returns what to run; it is
called only where the runner starts the program.
One with a thread of its own has `pause()` for the time of a fork, `resume()`, and, for a child,
which has no thread yet, `begin_again()`.
"""

import atexit
import os
import posix
import sys
from time import monotonic_ns, process_time_ns, time_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, ModuleType
    from typing import Any, Protocol

    from aegis_cli.profiling.probe.recorder import Recorder

    class Part(Protocol):
        """What records something in this process; see above for what else it may have."""

        def stop(self) -> None:
            """Write what is left."""


UNSEEN = "unseen"
"""Kind of a record with the command line of a child that is not examined."""
_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 0.25
"""What a process loses at most that another one kills."""
_KIB = 1024
_STATUS_BYTES = 4096
_open, _read, _close = os.open, os.read, os.close
_COUNTS_AFTER_HOOKS = sys.version_info >= (3, 12)
"""A fork warns of threads, and counts them after the parent's hooks have run (3.13.0 does)."""


class Probe:
    """The parts that run in this process, their recorder, and how the process ends."""

    def __init__(self, recorder: "Recorder", load: "Callable[[str], ModuleType]") -> None:
        """Hold parts that are still to be started."""
        self._recorder = recorder
        self._load = load
        self._parts: list[tuple[str, Part]] = []
        self._pause_s = _FIRST_PAUSE_S
        self._beat = load("beat").Beat(_FIRST_PAUSE_S, self._flush_regularly)
        self._has_ended = False

    def prepared(self, code: "CodeType") -> "CodeType":
        """Return the program's code as the parts want it to run."""
        for name, part in self._parts:
            prepare = getattr(part, "prepare", None)
            if prepare is not None:
                code = self._recorder.attempt(name, prepare, code) or code  # type: ignore[assignment]  # code, or None
        return code

    def introduce(self, *, is_forked: bool) -> None:
        """Record which process this is; times are nanoseconds, the first of them since 1970."""
        self._recorder.write(
            "process",
            {
                "pid": os.getpid(),
                "parent_pid": os.getppid(),
                "arguments": sys.orig_argv,
                "executable": sys.executable,
                "python": sys.version.partition(" ")[0],
                "is_forked": is_forked,
                "started_at_ns": time_ns(),
                "monotonic_ns": monotonic_ns(),
                "cpu_ns": process_time_ns(),
            },
        )

    def run(self, settings: "dict[str, dict[str, object]]") -> None:
        """Start the parts, and stay informed about forks and the end."""
        # Hooks before a fork run in the opposite order: ours around those of the parts.
        os.register_at_fork(
            before=self._pause,
            after_in_parent=self._go_on,
            after_in_child=self._begin_again,
        )
        if _COUNTS_AFTER_HOOKS:
            for name in ("fork", "forkpty"):
                _replace(name, self._resume_later)
        atexit.register(self.end, "exit")  # the first to be registered is the last to run
        self.introduce(is_forked=False)
        self._recorder.flush()  # so that it is known even if it is killed at once
        for name, own in settings.items():
            self._begin(name, own)
        self._beat.start()

    def flush(self) -> None:
        """Write what the parts have gathered; they go on."""
        self._ask_parts("flush")
        self._recorder.flush()

    def end(self, reason: str) -> None:
        """Stop everything and write the last record; a second call does nothing."""
        if self._has_ended:
            return
        self._has_ended = True
        self._recorder.attempt("end", self._beat.stop)
        for name, part in self._parts:
            self._recorder.attempt(name, part.stop)
        self._recorder.end(self._ending(reason))

    def replace_image(self, execute: "Callable[..., object]") -> "Callable[..., object]":
        """Return a function that records the end of this program before another takes its place."""

        def replaced(*arguments: object, **options: object) -> object:
            self.flush()
            self._recorder.end(self._ending("exec"))
            return execute(*arguments, **options)

        return replaced

    def _begin(self, name: str, settings: "dict[str, object]") -> None:
        part = self._recorder.attempt(name, lambda: self._start(name, settings))
        if part is not None:
            self._parts.append((name, part))  # type: ignore[arg-type]  # a Part, or None

    def _start(self, name: str, settings: "dict[str, object]") -> "Part":
        part: Part = self._load(name).start(settings, self._recorder)
        return part

    def _resume_later(self, fork: "Callable[[], object]") -> "Callable[[], object]":
        """Return a fork after which our thread comes back only when the real one has returned.

        It is put together from C alone: a frame of ours would be blamed for the warning.
        """
        from _functools import partial  # type: ignore[import-not-found]  # noqa: PLC0415  # `functools` imports more

        forked: Callable[[], object] = partial(next, map(self._resume, iter(fork, None)))
        return forked

    def _resume(self, outcome: object) -> object:
        self._start_threads()
        return outcome

    def _go_on(self) -> None:
        if not _COUNTS_AFTER_HOOKS:
            self._start_threads()

    def _start_threads(self) -> None:
        self._ask_parts("resume")
        self._beat.start()

    def _pause(self) -> None:
        self._beat.stop()
        self._ask_parts("pause")

    def _ask_parts(self, what: str) -> None:
        """Have those parts do something that can."""
        for name, part in self._parts:
            action = getattr(part, what, None)
            if action is not None:
                self._recorder.attempt(name, action)

    def _begin_again(self) -> None:
        self._recorder.restart()
        self._has_ended = False
        self._pause_s = _FIRST_PAUSE_S
        self.introduce(is_forked=True)
        self._recorder.flush()  # a worker of a pool is often ended by a signal
        self._ask_parts("begin_again")
        self._beat.start()

    def _flush_regularly(self) -> float:
        self._recorder.attempt("flush", self.flush)
        self._pause_s = min(self._pause_s * 2, _LONGEST_PAUSE_S)
        return self._pause_s

    def _ending(self, reason: str) -> "dict[str, object]":
        return {
            "reason": reason,
            "monotonic_ns": monotonic_ns(),
            "cpu_ns": process_time_ns(),
            "peak_bytes": self._recorder.attempt("peak_bytes", _peak_bytes),
        }


def _peak_bytes() -> "int | None":
    """Return the high-water mark of the resident memory; None where the system does not tell.

    That of `getrusage` would not do: it begins with the size of whoever started the process.
    """
    try:
        descriptor = _open("/proc/self/status", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        text = _read(descriptor, _STATUS_BYTES)
    finally:
        _close(descriptor)
    _, _, rest = text.partition(b"VmHWM:")
    return int(rest.split(None, 1)[0]) * _KIB if rest else None


def start(folder: str, load: "Callable[[str], ModuleType]") -> "Probe | None":
    """Start the probe as the environment says; without settings there is none."""
    environment_module = load("environment")
    text = posix.environ.get(environment_module.SETTINGS)
    if text is None:
        return None
    environment = environment_module.Environment(os.fsencode(folder), text)
    environment.hide()
    if not _is_main_interpreter():
        return None
    settings: dict[str, Any] = _parse(text.decode("ascii"))
    recorder = load("recorder").Recorder(settings["directory"], settings["max_bytes"])
    probe = Probe(recorder, load)
    environment.hand_on(lambda words: recorder.write(UNSEEN, {"arguments": words}))
    _follow_endings(probe)
    probe.run(settings["parts"])
    return probe


def _follow_endings(probe: Probe) -> None:
    """Write the last record also where Python ends without its usual farewell."""
    real_exit = os._exit

    def _exit(status: int) -> None:
        probe.end("_exit")
        real_exit(status)

    _dress(_exit, real_exit)
    os._exit = _exit  # type: ignore[assignment]  # it does not return either
    for name in ("execv", "execve"):
        _replace(name, probe.replace_image)


def _replace(name: str, wrap: "Callable[[Callable[..., object]], object]") -> None:
    """Put a function of ours in the place of one of `os`."""
    real = getattr(os, name)
    ours: Any = wrap(real)
    _dress(ours, real)
    if real in os.supports_fd:
        os.supports_fd.add(ours)
    setattr(os, name, ours)


def _dress(ours: object, real: object) -> None:
    for attribute in ("__name__", "__qualname__", "__doc__", "__module__"):
        setattr(ours, attribute, getattr(real, attribute))


def _is_main_interpreter() -> bool:
    """Tell whether this is the process's first interpreter; others may not start such threads."""
    import _thread  # noqa: PLC0415  # only here

    if hasattr(_thread, "_is_main_interpreter"):
        return bool(_thread._is_main_interpreter())  # noqa: SLF001  # there is no public one
    import _xxsubinterpreters as interpreters  # type: ignore[import-not-found]  # noqa: PLC0415  # Python 3.11

    is_main = bool(interpreters.get_current() == interpreters.get_main())
    del sys.modules["_xxsubinterpreters"]  # dumps of crashed programs list it
    return is_main


def _parse(text: str) -> "Any":
    """Read JSON without the package `json`, which imports more than the rest of the probe."""
    try:
        from _json import make_scanner  # noqa: PLC0415  # may be missing
    except ImportError:
        from json import loads  # noqa: PLC0415  # see above

        return loads(text)
    return make_scanner(_Scanning)(text, 0)[0]  # type: ignore[arg-type]  # it reads attributes only


class _Scanning:
    """How the C scanner reads numbers and objects."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float
