"""Records of earlier runs, by content of the file: what did not change is not parsed again."""

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from aegis_cli.sources.python_code.codec import Examined, RecordCodec, UnreadableRecord

_FOLDER_MODE = 0o700
_OTHERS = 0o077


def content_key(path: str, kind: str, content: bytes) -> bytes:
    """Return the key of a file's record: a record names its path, so the path is part of it."""
    digest = blake2b(content, digest_size=16)
    digest.update(f"\0{kind}\0{path}".encode("utf-8", "surrogateescape"))
    return digest.digest()


class RecordCache:
    """Two files per project and version of the rules, readable only for their owner.

    One holds a record per source file, the other what all of them together say.
    """

    def __init__(self, folder: Path, project: str, version: str) -> None:
        """Name the file; nothing is read yet."""
        name = blake2b(f"{project}\0{version}".encode("utf-8", "surrogateescape"), digest_size=16)
        self._folder = folder
        self._file = folder / f"lint-{name.hexdigest()}.cache"
        self._facts = folder / f"lint-{name.hexdigest()}.facts"

    def read(self, codec: RecordCodec) -> Mapping[bytes, bytes]:
        """Return the encoded records by key; nothing where there is no cache to be trusted."""
        if not _is_private(self._folder):
            return {}
        try:
            return codec.decode_pack(self._file.read_bytes())
        except (OSError, UnreadableRecord):
            return {}

    def read_examined(self, codec: RecordCodec, key: bytes) -> Examined | None:
        """Return what the project said when its files had this key."""
        if not _is_private(self._folder):
            return None
        try:
            return codec.decode_examined(self._facts.read_bytes()).get(key)
        except (OSError, UnreadableRecord):
            return None

    def write_examined(self, codec: RecordCodec, key: bytes, examined: Examined) -> None:
        """Keep what the project says for a run over the same files."""
        self._write(self._facts, codec.encode_examined(key, examined))

    def write(self, codec: RecordCodec, entries: dict[bytes, bytes]) -> None:
        """Keep records for the next run; a cache that cannot be written is no error."""
        self._write(self._file, codec.encode_pack(entries))

    def _write(self, file: Path, content: bytes) -> None:
        with suppress(OSError):
            self._folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
            if _is_private(self._folder):
                _replace(file, content)


def _is_private(folder: Path) -> bool:
    """Tell whether nobody else could have put something there."""
    try:
        status = folder.stat()
    except OSError:
        return False
    return status.st_uid == os.getuid() and not status.st_mode & _OTHERS


def _replace(target: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=".lint-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
