"""The report goes to stdout or, once it is complete, to a file."""

import errno
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from aegis_cli.cli._boundary import discard
from aegis_cli.model.errors import OutputError

_NEW_FILE_MODE = 0o666


def write_stdout(text: str) -> None:
    """Write the report to stdout, see `write_stream`."""
    write_stream(text, sys.stdout)


def write_stream(text: str, stream: TextIO) -> None:
    """Write the report to a stream; a reader who stops early, such as `head`, is no error.

    Raises:
        OutputError: The stream cannot take it, for instance because the disk is full.
    """
    encoding = stream.encoding or "utf-8"
    try:
        stream.flush()
        stream.buffer.write(_with_line_end(text).encode(encoding, "replace"))
        stream.buffer.flush()
    except BrokenPipeError:
        discard(stream)
    except OSError as error:
        discard(stream)
        name = stream.name.strip("<>")
        raise OutputError(name, _reason(error), "Nothing more was written.") from error


def write_file(path: Path, text: str) -> None:
    """Replace a file in one step, so that nobody ever sees half a report.

    Raises:
        OutputError: the folder cannot be written or the disk is full; an earlier file stays.
    """
    content = _with_line_end(text).encode("utf-8", "replace")
    target = Path(os.path.realpath(path))
    with _told(path):
        if _is_replaceable(target):
            _replace(target, content)
        else:
            target.write_bytes(content)


def check_file(path: Path) -> None:
    """Find out before any work whether a file can be written there; an earlier one stays as it is.

    Raises:
        OutputError: as `write_file`, when it is certain already.
    """
    target = Path(os.path.realpath(path))
    with _told(path):
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if _is_replaceable(target):
            descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
            os.close(descriptor)
            Path(name).unlink()
        elif not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        hint = "Choose another place for it."
        raise OutputError(str(path), f"cannot be written: {_reason(error)}", hint) from error


def _is_replaceable(target: Path) -> bool:
    """Tell whether a new file may take its place: a device or a pipe must not be replaced."""
    return target.is_file() or not target.exists()


def _replace(target: Path, content: bytes) -> None:
    mode = target.stat().st_mode & 0o777 if target.exists() else _NEW_FILE_MODE & ~_umask()
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def _with_line_end(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"
