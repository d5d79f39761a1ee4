"""Find when a log begins, and which of a rotated set it is."""

import re
from datetime import UTC, datetime

from aegis_cli.sources.logs.wrappers.stamps import plain_time

_CLOCK = re.compile(rb"(?<!\d)(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:[.,](\d{1,6}))?")
_EPOCH = re.compile(rb"(?<![\w.])(1\d{9})(?:\.(\d{3})|(\d{3}))(?!\d)")
_SYSLOG = re.compile(
    rb"^(?:<\d{1,3}>)?([A-Z][a-z]{2} [ \d]\d(?: \d{4})? \d\d:\d\d:\d\d)", re.MULTILINE
)
_ROTATED = re.compile(r"\.(\d{1,4})(?:\.(?:gz|bz2|xz|zst))?\Z")
_MAX_PLACE = 400
"""A time further into a line is part of a message."""


def first_time(sample: bytes, modified_at: datetime | None) -> datetime | None:
    """Return the first time in the first lines of a log, None if they tell none.

    Args:
        sample: The beginning of the log.
        modified_at: Gives syslog's times their year.
    """
    for line in sample.split(b"\n"):
        if line.startswith(b"\t"):
            continue
        found = _clock(line[:_MAX_PLACE]) or _epoch(line[:_MAX_PLACE])
        found = found or _syslog(line[:_MAX_PLACE], modified_at)
        if found is not None:
            return found
    return None


def rotation(name: str) -> int:
    """Return the number of a rotated file: 2 for `postgresql.log.2.gz`, 0 without one."""
    found = _ROTATED.search(name)
    return int(found[1]) if found is not None else 0


def _clock(line: bytes) -> datetime | None:
    for found in _CLOCK.finditer(line):
        fraction = (found[3] or b"0").ljust(6, b"0")
        text = b"%s %s.%s" % (found[1], found[2], fraction)
        try:
            return datetime.fromisoformat(text.decode("ascii")).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _epoch(line: bytes) -> datetime | None:
    found = _EPOCH.search(line)
    if found is None:
        return None
    return datetime.fromtimestamp(int(found[1]) + int(found[2] or found[3]) / 1000, UTC)


def _syslog(line: bytes, modified_at: datetime | None) -> datetime | None:
    found = _SYSLOG.match(line)
    return _clock(plain_time(found[1], modified_at)) if found is not None else None
