"""The report goes to stdout or, once it is complete, to a file."""

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from aegis_cli.cli._boundary import discard_stdout
from aegis_cli.model.errors import OutputError

_NEW_FILE_MODE = 0o666


def write_stdout(text: str) -> None:
    """Write the report to stdout; a reader who stops early, such as `head`, is no error.

    Raises:
        OutputError: stdout cannot take it, for instance because the disk is full.
    """
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(_with_line_end(text).encode(encoding, "replace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        discard_stdout()
    except OSError as error:
        discard_stdout()
        raise OutputError("stdout", _reason(error), "Nothing more was written.") from error


def write_file(path: Path, text: str) -> None:
    """Replace a file in one step, so that nobody ever sees half a report.

    Raises:
        OutputError: the folder cannot be written or the disk is full; an earlier file stays.
    """
    content = _with_line_end(text).encode("utf-8", "replace")
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not target.is_file():
            # A device or a pipe cannot be replaced, and must not be.
            target.write_bytes(content)
        else:
            _replace(target, content)
    except OSError as error:
        hint = "Choose another place for it."
        raise OutputError(str(path), f"cannot be written: {_reason(error)}", hint) from error


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
