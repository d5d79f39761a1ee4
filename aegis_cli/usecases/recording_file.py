"""A recording in one file: the report of a profiled run, and the stacks that it was made from.

It is gzipped JSON, {"schema": "aegis.recording/1", "report": …, "stacks": …}; literals of
statements and passwords are masked in it as they are in the report.
"""

import gzip
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from aegis_cli.model.errors import SourceError
from aegis_cli.model.facts.samples import StackTime
from aegis_cli.model.report import Report
from aegis_cli.model.text import Language
from aegis_cli.profiling.recording.saved_stacks import decode_stacks, encode_stacks
from aegis_cli.render import json_report
from aegis_cli.render.reader import read_report

SCHEMA = "aegis.recording/1"
_MAGIC = b"\x1f\x8b"
MOST_BYTES = 512 * 1024 * 1024
"""What a file may unpack to."""
_HINT = "Record it again with `aegis profile --save FILE`; a newer AEGIS may have written this one."


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedRecording:
    """What a file holds."""

    report: Report
    stacks: tuple[StackTime, ...]


def is_recording(content: bytes) -> bool:
    """Tell whether this may be such a file, by its first bytes."""
    return content.startswith(_MAGIC)


def recording_file(report: Report, stacks: Iterable[StackTime], language: Language) -> bytes:
    """Return the content of a file; messages are kept in one language."""
    document = {
        "schema": SCHEMA,
        "report": json.loads(json_report.render(report, language)),
        "stacks": encode_stacks(stacks),
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode("utf-8"), mtime=0)


def read_recording(content: bytes, *, most_bytes: int = MOST_BYTES) -> SavedRecording:
    """Read the content of a file that unpacks to no more than so many bytes.

    Raises:
        SourceError: It is no recording, one of a newer schema, or damaged.
    """
    try:
        document = json.loads(_unpacked(content, most_bytes))
        schema = document["schema"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SourceError("recording", "is no recording of AEGIS", _HINT) from error
    if schema != SCHEMA:
        raise SourceError("recording", f"has the schema {schema!r}, not {SCHEMA!r}", _HINT)
    report = read_report(json.dumps(document.get("report")))
    try:
        stacks = decode_stacks(document["stacks"])
    except (ValueError, KeyError, AttributeError) as error:
        raise SourceError("recording", f"is damaged: {error}", _HINT) from error
    return SavedRecording(report=report, stacks=stacks)


def _unpacked(content: bytes, most_bytes: int) -> bytes:
    """Unpack a file, as far as it may go: a few bytes can unpack to very many."""
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        unpacked = unpacking.decompress(content, most_bytes)
    except zlib.error as error:
        raise SourceError("recording", "is damaged", _HINT) from error
    if not unpacking.eof:
        limit = f"unpacks to more than {most_bytes:,} bytes"
        reason = limit if unpacking.unconsumed_tail else "is cut off"
        raise SourceError("recording", reason, _HINT)
    return unpacked
