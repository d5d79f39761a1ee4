"""Find the logs a user named, put them in time order, and open them."""

import glob
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from aegis_cli.model.errors import InsufficientPrivilege, SourceError, SourceUnavailable
from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text
from aegis_cli.sources.logs.compression import Decompressed, compression_of
from aegis_cli.sources.logs.directories import logs_in
from aegis_cli.sources.logs.first_time import first_time, rotation

STDIN = "-"
_HEAD_BYTES = 6
_TIME_SAMPLE_BYTES = 1 << 16
_READ_BYTES = 1 << 18
_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogInput:
    """A log to read."""

    name: str
    path: Path | None
    """None for standard input."""
    size: int | None
    """Bytes as stored; None where there is no end to know, as in a pipe."""
    compression: str | None
    """`gz`, `bz2`, `xz` or `zst`; of a pipe it turns out when it is opened."""
    modified_at: datetime | None = None
    """When the file was last written."""
    starts_at: datetime | None = None
    """The first time found in it, as written there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundInputs:
    """The logs to read, oldest first, and what was named but cannot be read."""

    inputs: tuple[LogInput, ...]
    skipped: tuple[Skipped, ...]


class OpenInput:
    """A log being read, decompressed on the way."""

    def __init__(self, source: LogInput, raw: BinaryIO) -> None:
        """Look at the first bytes to learn the compression.

        Raises:
            SourceError: The library for this compression is not installed.
        """
        self._raw = raw
        self._buffer = b""
        self._read_damage: str | None = None
        self._position = 0
        head = b""
        # A pipe may give a byte at a time.
        while len(head) < _HEAD_BYTES and (more := self._read_raw(_HEAD_BYTES - len(head))):
            head += more
        self._replay = head
        self.compression = compression_of(head)
        self.compressed_size = source.size
        self.is_plain_file = source.path is not None and source.size is not None
        self._decompressed: Decompressed | None = None
        if self.compression is not None:
            self.is_plain_file = False
            again = _Replayed(self)
            self._decompressed = Decompressed(again, source.name, self.compression)

    @property
    def position(self) -> int:
        """Stored bytes read so far, to compare with `compressed_size`."""
        return self._position

    @property
    def damage(self) -> str | None:
        """What ended the log early; None if nothing did so far."""
        inside = self._decompressed.damage if self._decompressed is not None else None
        return self._read_damage or inside

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end or where damage begins."""
        data = self._buffer or self._more(size)
        self._buffer = data[size:]
        return data[:size]

    def peek(self, size: int) -> bytes:
        """Return the next bytes without taking them; fewer only at the end."""
        parts = [self._buffer]
        known = len(self._buffer)
        while known < size and (data := self._more(size - known)):
            parts.append(data)
            known += len(data)
        self._buffer = b"".join(parts)
        return self._buffer[:size]

    def read_stored(self, size: int) -> bytes:
        """Return stored bytes, before decompression."""
        if self._replay:
            data, self._replay = self._replay[:size], self._replay[size:]
            return data
        return self._read_raw(size)

    def _more(self, size: int) -> bytes:
        if self._decompressed is not None:
            return self._decompressed.read(size)
        return self.read_stored(min(size, _READ_BYTES))

    def _read_raw(self, size: int) -> bytes:
        """Read on; an input error of the device ends the log like damage does."""
        try:
            data = self._raw.read(size)
        except OSError as error:
            self._read_damage = f"reading failed: {error.strerror or error}"
            return b""
        self._position += len(data)
        return data


class _Replayed:
    """The stored bytes of an input as the file object a decompressor reads."""

    def __init__(self, opened: OpenInput) -> None:
        self._opened = opened

    def read(self, size: int, /) -> bytes:
        return self._opened.read_stored(size)


@contextmanager
def open_input(source: LogInput, stdin: BinaryIO | None = None) -> Iterator[OpenInput]:
    """Open a log for reading.

    Args:
        source: One of the inputs that `find_inputs` returned.
        stdin: Stands for standard input, the process's own if absent.

    Raises:
        SourceUnavailable: The file is gone.
        InsufficientPrivilege: The file may not be read.
        SourceError: The library for its compression is not installed.
    """
    if source.path is None:
        yield OpenInput(source, stdin or sys.stdin.buffer)
        return
    with _open_file(source.path, source.name) as raw:
        yield OpenInput(source, raw)


def find_inputs(paths: Sequence[str]) -> FoundInputs:
    """Return the logs that files, patterns, directories and `-` name, oldest first.

    A file named twice is read once.

    Raises:
        SourceError: None of them can be read.
    """
    inputs: dict[object, LogInput] = {}
    skipped: list[Skipped] = []
    errors: list[SourceError] = []
    for path in paths:
        try:
            for candidate in _expanded(path, skipped):
                _add(candidate, inputs, errors)
        except SourceError as error:
            errors.append(error)
    if not inputs:
        raise _nothing(paths, errors)
    skipped += [_skipped(error) for error in errors]
    return FoundInputs(inputs=tuple(_in_order(inputs.values())), skipped=tuple(skipped))


def _add(candidate: str, inputs: dict[object, LogInput], errors: list[SourceError]) -> None:
    try:
        key, source = _inspected(candidate)
    except SourceError as error:
        errors.append(error)
    else:
        inputs.setdefault(key, source)


def _expanded(path: str, skipped: list[Skipped]) -> list[str]:
    """Return the files that one argument means."""
    if path == STDIN or not os.path.isdir(path):  # noqa: PTH112  no Path, `-` and patterns are none
        is_pattern = path != STDIN and glob.has_magic(path) and not os.path.lexists(path)
        return _matching(path) if is_pattern else [path]
    try:
        found = logs_in(Path(path), skipped)
    except PermissionError as error:
        raise _denied(path, "directory") from error
    except OSError as error:
        raise SourceUnavailable(path, f"cannot be listed: {error.strerror}") from error
    if not found:
        hint = "Name the files, or a directory such as /var/log/postgresql."
        raise SourceUnavailable(path, "no PostgreSQL log in this directory", hint)
    return [str(each) for each in found]


def _matching(pattern: str) -> list[str]:
    found = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207  pattern as the user typed it
    files = [each for each in found if not Path(each).is_dir()]
    if not files:
        raise SourceUnavailable(pattern, "no file matches", "Check the pattern with `ls`.")
    return files


def _inspected(name: str) -> tuple[object, LogInput]:
    """Return a file's identity and what is known without reading all of it."""
    if name == STDIN:
        return STDIN, LogInput(name=STDIN, path=None, size=None, compression=None)
    path = Path(name)
    status = _status(path, name)
    if stat.S_ISFIFO(status.st_mode):
        return name, LogInput(name=name, path=path, size=None, compression=None)
    if not stat.S_ISREG(status.st_mode):
        hint = "Pass a file, a directory, or `-` to read standard input."
        raise SourceUnavailable(name, "a device or socket, not a file", hint)
    source = LogInput(
        name=name,
        path=path,
        size=status.st_size,
        compression=None,
        modified_at=datetime.fromtimestamp(status.st_mtime, UTC),
    )
    with open_input(source) as opened:
        at = first_time(opened.peek(_TIME_SAMPLE_BYTES), source.modified_at)
        source = replace(source, compression=opened.compression, starts_at=at)
    return (status.st_dev, status.st_ino), source


def _status(path: Path, name: str) -> os.stat_result:
    try:
        # An empty name would be the current directory.
        return path.stat() if name else os.stat("")  # noqa: PTH116
    except PermissionError as error:
        raise _denied(name, "file") from error
    except (FileNotFoundError, NotADirectoryError) as error:
        hint = "Check the path; SHOW log_directory and SHOW log_filename tell where logs are."
        raise SourceUnavailable(name, "no such file or directory", hint) from error
    except (OSError, ValueError) as error:
        raise SourceUnavailable(name, f"cannot be read: {error}") from error


def _open_file(path: Path, name: str) -> BinaryIO:
    try:
        return path.open("rb", buffering=0)
    except PermissionError as error:
        raise _denied(name, "file") from error
    except FileNotFoundError as error:
        raise SourceUnavailable(name, "no such file or directory") from error
    except OSError as error:
        raise SourceUnavailable(name, f"cannot be opened: {error.strerror}") from error


def _denied(name: str, kind: str) -> InsufficientPrivilege:
    hint = "Run as a user who may read it, or have log_file_mode = 0640 and join the group."
    return InsufficientPrivilege(name, f"no permission to read this {kind}", hint)


def _nothing(paths: Sequence[str], errors: Sequence[SourceError]) -> SourceError:
    if len(errors) == 1:
        return errors[0]
    if not errors:
        return SourceUnavailable(", ".join(paths), "nothing to read", "Name at least one log.")
    reasons = "; ".join(f"{error.subject}: {error.reason}" for error in errors)
    return SourceUnavailable(", ".join(paths), f"none can be read ({reasons})", errors[0].hint)


def _skipped(error: SourceError) -> Skipped:
    reason, hint = Text.same(error.reason), Text.same(error.hint)
    return Skipped(subject=error.subject, reason=reason, hint=hint)


def _in_order(inputs: Iterable[LogInput]) -> list[LogInput]:
    """Sort by first time, where there is none by the last change; pipes come last."""

    def key(source: LogInput) -> tuple[datetime, int, str]:
        return (
            source.starts_at or source.modified_at or _LATEST,
            -rotation(source.name),
            source.name,
        )

    return sorted(inputs, key=key)
