"""The JSON records that clouds, operators and journals put around log lines."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from aegis_cli.sources.logs.wrappers.json_records import Extract, Record
from aegis_cli.sources.logs.wrappers.lines import SourceLine

# csvlog's column names in a CloudNativePG record, and the key jsonlog has for the same.
_JSONLOG_KEYS: Final[dict[str, str]] = {
    "log_time": "timestamp",
    "user_name": "user",
    "database_name": "dbname",
    "process_id": "pid",
    "session_id": "session_id",
    "session_line_num": "line_num",
    "command_tag": "ps",
    "session_start_time": "session_start",
    "virtual_transaction_id": "vxid",
    "transaction_id": "txid",
    "error_severity": "error_severity",
    "sql_state_code": "state_code",
    "message": "message",
    "detail": "detail",
    "hint": "hint",
    "internal_query": "internal_query",
    "internal_query_pos": "internal_position",
    "context": "context",
    "query": "statement",
    "query_pos": "cursor_position",
    "location": "func_name",
    "application_name": "application_name",
    "backend_type": "backend_type",
    "leader_pid": "leader_pid",
    "query_id": "query_id",
}
_NUMBER = re.compile(r"-?[0-9]{1,20}")
_REALTIME = re.compile(r"[0-9]{1,17}")
_NUMBERS = frozenset(
    ("pid", "line_num", "txid", "internal_position", "cursor_position", "leader_pid", "query_id")
)


def _text(record: Record, *keys: str) -> str:
    """Return the first of the keys that holds text."""
    for key in keys:
        value = record.get(key)
        if isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""


def _inside(record: Record, key: str) -> Record:
    value = record.get(key)
    return value if isinstance(value, dict) else {}


def _line(text: str, time: str = "", process: str = "") -> SourceLine | None:
    if not text.strip():
        return None
    written = (part.encode("utf-8", "replace") for part in (text, time, process))
    text_bytes, time_bytes, process_bytes = written
    return SourceLine(text_bytes, 0, 0, time_bytes, process_bytes)


def cloudwatch_line(record: Record) -> SourceLine | None:
    """Read an event of `aws logs` or an export of Logs Insights."""
    return _line(_text(record, "message", "@message"), _text(record, "timestamp", "@timestamp"))


def cloud_sql_line(record: Record) -> SourceLine | None:
    """Read an entry of Google Cloud Logging."""
    return _line(_text(record, "textPayload"), _text(record, "timestamp"))


def docker_line(record: Record) -> SourceLine | None:
    """Read a record of a container log whose keys a forwarder has reordered."""
    return _line(_text(record, "log"), _text(record, "time"))


def azure_line(record: Record) -> SourceLine | None:
    """Read a record of Azure's diagnostics: whole lines, or prefix and message apart."""
    properties = _inside(record, "properties") or record
    message = _text(properties, "message", "Message")
    level = _text(properties, "errorLevel", "errorLevel_s")
    if message and level and f"{level}:  " not in message:
        prefix = _text(properties, "prefix", "prefix_s")
        lines = [f"{prefix}{level}:  {message}"]
        detail = _text(properties, "detail", "detail_s")
        lines += [f"{prefix}DETAIL:  {detail}"] if detail else []
        message = "\n".join(lines)
    process = _text(properties, "processId", "processId_d")
    return _line(message, _text(record, "time", "TimeGenerated"), process)


def cloud_native_pg_line(record: Record) -> SourceLine | None:
    """Turn the csvlog fields of CloudNativePG's records into a line of jsonlog."""
    fields = _inside(record, "record")
    if "error_severity" not in fields:
        return None
    entry: dict[str, str | int] = {}
    for key, name in _JSONLOG_KEYS.items():
        text = _text(fields, key)
        if text:
            is_number = name in _NUMBERS and _NUMBER.fullmatch(text) is not None
            entry[name] = int(text) if is_number else text
    host, _, port = _text(fields, "connection_from").rpartition(":")
    if host or port:
        entry["remote_host"] = host or port
    if host and _NUMBER.fullmatch(port):
        entry["remote_port"] = int(port)
    return _line(json.dumps(entry, ensure_ascii=False, separators=(",", ":")))


def journal_line(record: Record) -> SourceLine | None:
    """Write an entry of `journalctl -o json` as a syslog line."""
    message = record.get("MESSAGE")
    if isinstance(message, list):
        # The journal writes text that is not plain as an array of bytes.
        octets = bytes(each & 0xFF for each in message if isinstance(each, int))
        message = octets.decode("utf-8", "replace")
    program = _text(record, "SYSLOG_IDENTIFIER", "_COMM")
    if not isinstance(message, str) or not program:
        return None
    process = _text(record, "_PID", "SYSLOG_PID")
    return _line(syslog_line(_text(record, "__REALTIME_TIMESTAMP"), program, process, message))


def syslog_line(realtime: str, program: str, process: str, message: str) -> str:
    """Write a journal's entry in syslog's form, line breaks escaped as rsyslog does."""
    is_time = _REALTIME.fullmatch(realtime) is not None
    time = datetime.fromtimestamp(int(realtime) / 1e6 if is_time else 0, UTC)
    stamp = time.isoformat(timespec="milliseconds")
    safe = "".join(c if c not in " []:" else "_" for c in program)
    return f"{stamp} {safe}[{process or 0}]: " + message.rstrip("\n").replace("\n", "#012")


def _is_cloudwatch(record: Record) -> bool:
    has_time = record.keys() & {"timestamp", "ingestionTime", "eventId", "@timestamp"}
    return bool(has_time and _text(record, "message", "@message"))


_KINDS: Final[tuple[tuple[str, Callable[[Record], bool], Extract], ...]] = (
    (
        "CloudNativePG",
        lambda record: "error_severity" in _inside(record, "record"),
        cloud_native_pg_line,
    ),
    ("Cloud SQL", lambda record: "textPayload" in record, cloud_sql_line),
    (
        "Azure",
        lambda record: "errorLevel_s" in record or "message" in _inside(record, "properties"),
        azure_line,
    ),
    (
        "journal",
        lambda record: "MESSAGE" in record and "__REALTIME_TIMESTAMP" in record,
        journal_line,
    ),
    ("container", lambda record: isinstance(record.get("log"), str), docker_line),
    ("CloudWatch", _is_cloudwatch, cloudwatch_line),
)


def kind_of(record: Record) -> tuple[str, Extract] | None:
    """Tell what wrote a record; jsonlog's own records are no wrapper."""
    if "error_severity" in record:
        return None
    fitting = ((name, extract) for name, fits, extract in _KINDS if fits(record))
    return next(fitting, None)
