"""Unwrap `journalctl -o export`: fields a line, entries apart by an empty line."""

from collections.abc import Iterable, Iterator

from aegis_cli.sources.logs.wrappers.json_kinds import syslog_line
from aegis_cli.sources.logs.wrappers.lines import Foreign, SourceLine

_SIZE_BYTES = 8
_WANTED = ("__REALTIME_TIMESTAMP", "SYSLOG_IDENTIFIER", "_COMM", "_PID", "SYSLOG_PID", "MESSAGE")


class JournalExportLayer:
    """Entries of the journal, written as syslog lines for the layer inside."""

    __slots__ = ("_binary", "_fields", "_first", "_name", "_size")

    def __init__(self) -> None:
        """Start before the first entry."""
        self._first: SourceLine | None = None
        self._size = 0
        self._fields: dict[str, str] = {}
        self._name = ""
        self._binary = b""

    def feed(self, lines: Iterable[SourceLine], foreign: Foreign) -> Iterator[SourceLine]:
        """Unwrap entries as they end."""
        for line in lines:
            self._first = self._first or line
            self._size += line.size
            if self._name:
                self._read_binary(line.text)
            elif line.text:
                self._read_field(line.text)
            else:
                yield from self.finish(foreign)

    def finish(self, foreign: Foreign) -> Iterator[SourceLine]:
        """Unwrap the entry that has begun."""
        first, fields, size = self._first, self._fields, self._size
        self._first, self._fields, self._size, self._name = None, {}, 0, ""
        if first is None:
            return
        program = fields.get("SYSLOG_IDENTIFIER") or fields.get("_COMM", "")
        if not program or "MESSAGE" not in fields:
            foreign.add(first._replace(size=size))
            return
        process = fields.get("_PID") or fields.get("SYSLOG_PID", "")
        time = fields.get("__REALTIME_TIMESTAMP", "")
        text = syslog_line(time, program, process, fields["MESSAGE"])
        yield first._replace(text=text.encode("utf-8", "replace"), size=size)

    def _read_field(self, text: bytes) -> None:
        name, equals, value = text.partition(b"=")
        if equals:
            self._set(name, value)
        else:
            self._name = name.decode("utf-8", "replace")
            self._binary = b""

    def _read_binary(self, text: bytes) -> None:
        """Collect a value with line breaks: its length in eight bytes, then the value."""
        self._binary += text + b"\n"
        wanted = _SIZE_BYTES + int.from_bytes(self._binary[:_SIZE_BYTES], "little")
        if len(self._binary) > min(wanted, 1 << 28) and len(self._binary) > _SIZE_BYTES:
            self._set(self._name.encode(), self._binary[_SIZE_BYTES:wanted])
            self._name = ""

    def _set(self, name: bytes, value: bytes) -> None:
        key = name.decode("utf-8", "replace")
        if key in _WANTED:
            self._fields[key] = value.decode("utf-8", "replace")
