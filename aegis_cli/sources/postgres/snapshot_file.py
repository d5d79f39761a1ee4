"""A snapshot as a file, so that advice needs no connection."""

import gzip
import json
import os
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path

from aegis_cli import __version__
from aegis_cli.model.errors import OutputError, SourceError, SourceUnavailable
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.sources.postgres.snapshot_codec import Json, UnreadableFact, decode, encode

SCHEMA = "aegis.snapshot/1"
_FAMILY = SCHEMA.partition("/")[0]
_GZIP_MAGIC = b"\x1f\x8b"
_CONFIDENTIAL = (
    "Holds most common values and histograms of columns: people's data. Keep it as confidential "
    "as the database, or save it again with --redact."
)
_REDACTED = (
    "Values of columns and literals of the schema are replaced. Names of tables, columns and "
    "enumeration labels are not."
)
_HINT = "Make one with aegis index-advise --dsn … --save-snapshot FILE."


def write_snapshot(path: Path, snapshot: Snapshot) -> None:
    """Write a snapshot to a file that only its owner may read; `.gz` in the name packs it.

    The file appears whole or not at all.

    Raises:
        OutputError: When it cannot be written.
    """
    document = {
        "schema": SCHEMA,
        "notice": _REDACTED if snapshot.is_redacted else _CONFIDENTIAL,
        "aegis": __version__,
        "snapshot": encode(snapshot),
    }
    data = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    if path.name.endswith(".gz"):
        data = gzip.compress(data, mtime=0)
    try:
        _replace(path, data)
    except OSError as error:
        raise OutputError(
            str(path),
            f"the snapshot cannot be written: {error.strerror or error}",
            "Choose another place for it.",
        ) from error


def read_snapshot(path: Path) -> Snapshot:
    """Read a snapshot from a file.

    Raises:
        SourceUnavailable: There is no such file, or it may not be read.
        SourceError: It is no snapshot, damaged, or of a version we do not know.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceUnavailable(str(path), error.strerror or str(error)) from error
    document = _parsed(path, data)
    if not isinstance(document, dict) or "schema" not in document:
        raise SourceError(str(path), "not a snapshot", _HINT)
    _check_version(path, document["schema"])
    try:
        return decode(document.get("snapshot"))
    except UnreadableFact as error:
        raise SourceError(str(path), f"the snapshot is damaged: {error}", _HINT) from error


def _replace(path: Path, data: bytes) -> None:
    # mkstemp makes files of mode 0600.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    is_written = False
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
        is_written = True
    finally:
        if not is_written:
            with suppress(OSError):
                Path(name).unlink()


def _parsed(path: Path, data: bytes) -> Json:
    try:
        text = gzip.decompress(data) if data.startswith(_GZIP_MAGIC) else data
        document: Json = json.loads(text)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(str(path), "the packed file is damaged or cut off", _HINT) from error
    except (ValueError, RecursionError) as error:
        raise SourceError(str(path), "not a snapshot, or cut off", _HINT) from error
    return document


def _check_version(path: Path, schema: Json) -> None:
    if schema == SCHEMA:
        return
    name = schema if isinstance(schema, str) else "?"
    if name.partition("/")[0] == _FAMILY:
        raise SourceError(
            str(path),
            f"a snapshot in a format this version does not know ({name})",
            "Use the version of AEGIS that wrote it, or save it again.",
        )
    raise SourceError(str(path), f"not a snapshot but {name}", _HINT)
