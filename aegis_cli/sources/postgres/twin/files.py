"""Files of relations in the twin's data directory: sparse, and as large as the original's."""

import os
from collections.abc import Iterator
from pathlib import Path

from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.model.facts.indexes import PAGE_BYTES

PAGES_PER_SEGMENT = 131_072
"""Of 8192 bytes: a relation continues in another file after each GiB."""
_FIRST_NUMBER = 3_000_000_000
"""Far above the numbers that the server itself hands out."""
_MODE = 0o600


class RelationFiles:
    """Writes and removes files that a server opens as relations.

    The server never has such a file open while we write it: it gets to know a number
    only afterwards, from `pg_class.relfilenode`, and a number is never used twice.
    """

    def __init__(self, directory: Path) -> None:
        """Take the directory of one database, `base/<oid>` of the data directory."""
        self._directory = directory
        self._next = _FIRST_NUMBER
        status = directory.stat()
        self._owner = (status.st_uid, status.st_gid)

    def write(self, head: bytes, pages: int) -> int:
        """Write a relation of so many pages, zero after its head, and return its number.

        Raises:
            SourceUnavailable: The disk is full, or a file cannot be that large.
        """
        number = self._next
        self._next += 1
        try:
            for segment, path in enumerate(self._segments(number, pages)):
                length = min(pages - segment * PAGES_PER_SEGMENT, PAGES_PER_SEGMENT)
                self._write_segment(path, b"" if segment else head, length * PAGE_BYTES)
        except OSError as error:
            self.remove(number)
            raise self._failure(error) from error
        return number

    def write_map(self, number: int, page: bytes) -> None:
        """Write the one page of a relation's visibility map.

        Raises:
            SourceUnavailable: The disk is full.
        """
        try:
            self._write_segment(self._map_path(number), page, len(page))
        except OSError as error:
            raise self._failure(error) from error

    def read_head(self, number: int, pages: int) -> bytes:
        """Return the first pages of a relation as they are on disk."""
        with (self._directory / str(number)).open("rb") as file:
            return file.read(pages * PAGE_BYTES)

    def remove(self, number: int) -> None:
        """Remove a relation that the server does not know any more."""
        self._map_path(number).unlink(missing_ok=True)
        segment = 0
        while True:
            path = self._path(number, segment)
            try:
                path.unlink()
            except FileNotFoundError:
                return
            segment += 1

    def _segments(self, number: int, pages: int) -> Iterator[Path]:
        count = max(1, -(-pages // PAGES_PER_SEGMENT))
        # The server looks for one more file after a full one.
        return (self._path(number, segment) for segment in range(count))

    def _path(self, number: int, segment: int) -> Path:
        return self._directory / (f"{number}.{segment}" if segment else str(number))

    def _map_path(self, number: int) -> Path:
        return self._directory / f"{number}_vm"

    def _failure(self, error: OSError) -> SourceUnavailable:
        return SourceUnavailable(
            "planner twin",
            f"cannot write to its directory {self._directory}: {error.strerror}",
            "Free some space there, or name another directory in TMPDIR.",
        )

    def _write_segment(self, path: Path, head: bytes, length: int) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
        try:
            os.write(descriptor, head)
            os.ftruncate(descriptor, length)
            if os.geteuid() != self._owner[0]:
                os.fchown(descriptor, *self._owner)
        finally:
            os.close(descriptor)
