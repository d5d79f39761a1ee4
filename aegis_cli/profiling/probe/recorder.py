"""Write what the parts of the probe record into one file per process.

A record is a length (four bytes, little-endian) and so many bytes of JSON: `["kind", {...}]`.
The file is opened for each flush: a program may close every descriptor it did not open, and then
give the number to a file of its own.
"""

import os
from _thread import allocate_lock
from time import monotonic_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_BYTES = 256 * 1024 * 1024
"""Size at which a process records no more unless told otherwise."""
_FLUSH_BYTES = 512 * 1024
_OWNER_ONLY = 0o600
_PATIENCE_S = 1.0
_LENGTH_BYTES = 4
_BATCH = 1000
_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
# A program may put functions of its own in their places, later.
_open, _write, _close, _getpid = os.open, os.write, os.close, os.getpid


def json_encoder() -> "Callable[[object], str]":
    """Return what writes JSON, without the package `json` where its C part alone will do."""
    try:
        from _json import encode_basestring_ascii, make_encoder  # noqa: PLC0415  # may be missing

        encode = make_encoder(
            markers=None,
            default=repr,
            encoder=encode_basestring_ascii,
            indent=None,
            key_separator=":",
            item_separator=",",
            sort_keys=False,
            skipkeys=False,
            allow_nan=True,
        )
        encode([], 0)
    except (ImportError, TypeError):
        from json import dumps  # noqa: PLC0415  # imports `re` and more, so only where it must be

        return dumps
    return lambda value: "".join(encode(value, 0))


class Recorder:
    """Takes records from any thread and appends them to the file of this process."""

    def __init__(self, directory: str, max_bytes: int = MAX_BYTES) -> None:
        """Record into a private directory; nothing is written before the first flush."""
        self._directory = directory
        self._max_bytes = max_bytes
        self._encode = json_encoder()
        self.restart()

    def restart(self) -> None:
        """Begin a file, as a child must after a fork; its parent has what came before."""
        self._pid = _getpid()
        self._path = f"{self._directory}/{self._pid}-{monotonic_ns():x}.rec"
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._written_bytes = 0
        self._is_flushing = allocate_lock()
        self.dropped = 0

    def write(self, kind: str, payload: "Mapping[str, object]") -> None:
        """Take a record of values that JSON knows; anything else is recorded by its `repr`."""
        if _getpid() != self._pid:  # a fork behind Python's back ran no hook
            self.restart()
        body = self._encode([kind, payload]).encode("ascii")
        if self._written_bytes + self._pending_bytes + len(body) > self._max_bytes:
            self.dropped += 1
            return
        self._pending.append(len(body).to_bytes(_LENGTH_BYTES, "little") + body)
        self._pending_bytes += len(body) + _LENGTH_BYTES
        if self._pending_bytes >= _FLUSH_BYTES:
            self.flush()

    def end(self, payload: "Mapping[str, object]") -> None:
        """Write the last record, however full the file is, and flush."""
        self._max_bytes += _FLUSH_BYTES
        self.write("end", {**payload, "dropped": self.dropped})
        self._max_bytes -= _FLUSH_BYTES
        self.flush(wait_s=_PATIENCE_S)

    def flush(self, wait_s: float = 0.0) -> None:
        """Append to the file what was taken; somebody else who is at it does it for us."""
        if not self._pending or not self._is_flushing.acquire(wait_s > 0, wait_s or -1):
            return
        try:
            self._append()
        finally:
            self._is_flushing.release()

    def attempt(self, what: str, action: "Callable[..., object]", *arguments: object) -> object:
        """Do it and return what it gives; a failure is recorded and ends only itself."""
        try:
            return action(*arguments)
        except Exception as error:  # noqa: BLE001  # our faults must not become the program's
            self.write("failure", {"what": what, "error": f"{type(error).__name__}: {error}"})
            return None

    def _append(self) -> None:
        try:
            descriptor = _above_standard_streams(_open(self._path, _FLAGS, _OWNER_ONLY))
        except OSError:  # no descriptor left, or no right any more: the next flush tries again
            return
        try:
            while batch := self._pending[:_BATCH]:
                del self._pending[: len(batch)]
                data = b"".join(batch)
                self._pending_bytes -= len(data)
                self._written_bytes += len(data)
                if _write(descriptor, data) != len(data):
                    self._max_bytes = 0
        except OSError:  # the disk is full; what follows half a record could not be read
            self._max_bytes = 0
        finally:
            _close(descriptor)


def _above_standard_streams(descriptor: int) -> int:
    """Return a descriptor that is no standard stream; the program may have closed those."""
    if descriptor > 2:  # noqa: PLR2004  # stderr
        return descriptor
    from fcntl import F_DUPFD_CLOEXEC, fcntl  # noqa: PLC0415  # hardly ever needed

    try:
        return fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
    finally:
        _close(descriptor)
