"""Put a wrapper's time and process id in front of entries whose own prefix lacks them."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from aegis_cli.sources.logs.head_tokens import SEVERITY_WORD
from aegis_cli.sources.logs.wrappers.lines import Foreign, SourceLine

_ISO = re.compile(rb"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?\Z")
_SYSLOG = re.compile(rb"[A-Z][a-z]{2} [ \d]\d(?: \d{4})? \d\d:\d\d:\d\d(?:\.\d+)?\Z")
_EPOCH = re.compile(rb"\d{13}\Z")
# RFC 3164 names no zone; a log is read in its own local time, so any word will do.
_NO_ZONE = b"LOCAL"
_DAY = timedelta(days=1)


class StampLayer:
    """Adds `%m ` and `[%p] ` in front of lines with a severity word."""

    __slots__ = ("_adds_process", "_adds_time", "_modified_at")

    def __init__(
        self, *, adds_time: bool, adds_process: bool, modified_at: datetime | None
    ) -> None:
        """Remember what to add, and when the file was last written.

        Args:
            adds_time: Whether entries lack a time.
            adds_process: Whether entries lack a process id.
            modified_at: Gives the year to times without one; they stay away if it is None.
        """
        self._adds_time = adds_time
        self._adds_process = adds_process
        self._modified_at = modified_at

    def feed(self, lines: Iterable[SourceLine], foreign: Foreign) -> Iterator[SourceLine]:
        """Stamp lines that begin an entry or continue one with a word such as DETAIL."""
        for line in lines:
            if line.text.startswith(b"\t") or not SEVERITY_WORD.search(line.text):
                yield line
                continue
            stamp = plain_time(line.time, self._modified_at) + b" " if self._adds_time else b""
            if self._adds_process:
                stamp += b"[" + line.process + b"] "
            yield line._replace(text=stamp.lstrip(b" ") + line.text)

    def finish(self, foreign: Foreign) -> Iterator[SourceLine]:
        """Hold nothing back."""
        yield from ()


def plain_time(text: bytes, modified_at: datetime | None) -> bytes:
    """Write a wrapper's time as `%m` would, empty if it is none or lacks a year nobody knows."""
    found = _ISO.match(text)
    if found is not None:
        fraction = ((found[3] or b"") + b"000")[:3]
        zone = b"UTC" if found[4] == b"Z" else found[4] or _NO_ZONE
        return found[1] + b" " + found[2] + b"." + fraction + b" " + zone
    if _EPOCH.match(text):
        moment = datetime.fromtimestamp(int(text) / 1000, UTC)
        return moment.strftime("%Y-%m-%d %H:%M:%S.").encode() + text[-3:] + b" UTC"
    return _time_without_year(text, modified_at) if _SYSLOG.match(text) else b""


def _time_without_year(text: bytes, modified_at: datetime | None) -> bytes:
    """Read `Nov 23 20:00:00`; a date after the file's last change is of the year before."""
    parts = text.decode("ascii", "replace").partition(".")[0].split()
    if modified_at is None and len(parts) == len(("Nov", "23", "20:00:00")):
        return b""
    years = [] if modified_at is None else [modified_at.year, modified_at.year - 1]
    if len(parts) > len(("Nov", "23", "20:00:00")):
        years = [int(parts.pop(2))]
    for year in years:
        try:
            moment = datetime.strptime(f"{year} {' '.join(parts)}", "%Y %b %d %H:%M:%S")  # noqa: DTZ007
        except ValueError:
            continue
        if modified_at is None or moment <= modified_at.replace(tzinfo=None) + _DAY:
            return moment.strftime("%Y-%m-%d %H:%M:%S.000 ").encode() + _NO_ZONE
    return b""
