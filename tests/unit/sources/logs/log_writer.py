"""Write logs as the server would, in each format, from one list of entries."""

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 23, 20, 0, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One message of the server."""

    message: str
    ms: int = 0
    pid: int = 100
    severity: str = "LOG"
    detail: str = ""
    context: str = ""
    statement: str = ""
    application: str = "web"

    @property
    def time(self) -> str:
        """Return the time as `%m` prints it, without the zone."""
        return (START + timedelta(milliseconds=self.ms)).isoformat(" ", "milliseconds")[:23]

    @property
    def session(self) -> str:
        """Return the session id."""
        return f"65f.{self.pid:x}"


def stderr(entries: Iterable[Entry]) -> bytes:
    """Write a log with the prefix `%m [%p] %q%u@%d `."""
    return b"".join(_stderr_entry(each) for each in entries)


def _stderr_entry(entry: Entry) -> bytes:
    head = f"{entry.time} UTC [{entry.pid}] alice@shop "
    attached = (
        ("DETAIL", entry.detail),
        ("CONTEXT", entry.context),
        ("STATEMENT", entry.statement),
    )
    lines = [(entry.severity, entry.message), *((word, text) for word, text in attached if text)]
    written = (f"{head}{word}:  " + text.replace("\n", "\n\t") + "\n" for word, text in lines)
    return "".join(written).encode("utf-8", "surrogateescape")


def csvlog(entries: Iterable[Entry], columns: int = 26) -> bytes:
    """Write a csvlog with the columns of PostgreSQL 12 (23), 13 (24) or later (26)."""
    out = io.StringIO()
    for number, entry in enumerate(entries):
        out.write(_csv_record(entry, number)[columns] + "\n")
    return out.getvalue().encode("utf-8", "surrogateescape")


def _csv_record(entry: Entry, number: int) -> dict[int, str]:
    def text(value: str) -> str:
        return '"' + value.replace('"', '""') + '"' if value else ""

    fields = [
        f"{entry.time} UTC",
        text("alice"),
        text("shop"),
        str(entry.pid),
        text("10.0.0.1:5000"),
        entry.session,
        str(number + 1),
        text("SELECT"),
        "2026-11-23 19:00:00 UTC",
        "3/4",
        "0",
        entry.severity,
        "42P01" if entry.severity == "ERROR" else "00000",
        text(entry.message),
        text(entry.detail),
        "",
        "",
        "",
        text(entry.context),
        text(entry.statement),
        "",
        "",
        text(entry.application),
        text("client backend"),
        "",
        "0",
    ]
    return {size: ",".join(fields[:size]) for size in (23, 24, 26)}


def jsonlog(entries: Iterable[Entry]) -> bytes:
    """Write a jsonlog, keys in the server's order and empty ones left out."""
    lines = []
    for number, entry in enumerate(entries):
        record = {
            "timestamp": f"{entry.time} UTC",
            "user": "alice",
            "dbname": "shop",
            "pid": entry.pid,
            "remote_host": "10.0.0.1",
            "remote_port": 5000,
            "session_id": entry.session,
            "line_num": number + 1,
            "ps": "SELECT",
            "session_start": "2026-11-23 19:00:00 UTC",
            "vxid": "3/4",
            "txid": 0,
            "error_severity": entry.severity,
            "state_code": "42P01" if entry.severity == "ERROR" else "",
            "message": entry.message,
            "detail": entry.detail,
            "context": entry.context,
            "statement": entry.statement,
            "application_name": entry.application,
            "backend_type": "client backend",
            "query_id": 0,
        }
        known = {key: value for key, value in record.items() if value != "" or key == "message"}
        lines.append(json.dumps(known, ensure_ascii=False, separators=(",", ":")) + "\n")
    return "".join(lines).encode("utf-8", "surrogatepass")


WRITERS = {"stderr": stderr, "csvlog": csvlog, "jsonlog": jsonlog}
