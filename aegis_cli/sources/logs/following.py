"""Follow a log that is still being written, through rotation and truncation."""

import os
from collections.abc import Callable
from pathlib import Path

_SIZE = 1 << 20


class Follower:
    """Reads a file to its end and then waits for more; only Ctrl-C ends it."""

    def __init__(self, path: Path, wait: Callable[[], None], offset: int = 0) -> None:
        """Start at an offset; `wait` is called while there is nothing new."""
        self.is_stopped = False
        """The user stopped the waiting; what was read until then is complete."""
        self._path = path
        self._wait = wait
        self._descriptor = os.open(path, os.O_RDONLY)
        os.lseek(self._descriptor, offset, os.SEEK_SET)

    def read(self, size: int, /) -> bytes:
        """Return what is new, as soon as there is something; nothing after Ctrl-C."""
        while True:
            data = os.read(self._descriptor, min(size, _SIZE))
            if data:
                return data
            if self.is_stopped:
                return b""
            self._reopen_if_replaced()
            try:
                self._wait()
            except KeyboardInterrupt:
                self.is_stopped = True

    def close(self) -> None:
        """Stop following."""
        os.close(self._descriptor)

    def _reopen_if_replaced(self) -> None:
        """Go on at the beginning of a new file of that name, or of the same one cut to zero."""
        mine = os.fstat(self._descriptor)
        try:
            theirs = self._path.stat()
        except FileNotFoundError:
            return
        if (mine.st_dev, mine.st_ino) != (theirs.st_dev, theirs.st_ino):
            os.close(self._descriptor)
            self._descriptor = os.open(self._path, os.O_RDONLY)
        elif theirs.st_size < os.lseek(self._descriptor, 0, os.SEEK_CUR):
            os.lseek(self._descriptor, 0, os.SEEK_SET)
