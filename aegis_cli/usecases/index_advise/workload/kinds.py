"""Tell by its content whether an input is a log, a saved report or a script."""

import re
from enum import StrEnum

from aegis_cli.model.errors import UnknownLogFormat
from aegis_cli.sources.logs.formats import recognise
from aegis_cli.sources.logs.wrappers import detect_wrapper
from aegis_cli.sqltext.tokens import is_comment, token_spans

_REPORT = re.compile(r'\s*\{\s*"schema"\s*:\s*"aegis\.report/')
_HEAD_CHARS = 20_000
_COMMAND = re.compile(r"^\s*\\[A-Za-z!?].*$", re.MULTILINE)
_FIRST_WORDS = frozenset(
    (
        *("SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "TABLE", "SET"),
        *("BEGIN", "START", "COMMIT", "CREATE", "ALTER", "DROP", "COPY", "EXPLAIN", "PREPARE"),
        *("DECLARE", "TRUNCATE", "ANALYZE", "VACUUM", "GRANT", "COMMENT", "DO", "CALL", "LOCK"),
    )
)


class Kind(StrEnum):
    """What an input holds."""

    LOG = "log"
    REPORT = "report"
    SCRIPT = "script"


def kind_of(name: str, sample: bytes) -> Kind:
    """Return what an input holds, from its decompressed beginning.

    Raises:
        UnknownLogFormat: It begins like none of them.
    """
    text = sample[: _HEAD_CHARS * 4].decode("utf-8-sig", "replace")
    if _REPORT.match(text):
        return Kind.REPORT
    if _first_word(text[:_HEAD_CHARS]) in _FIRST_WORDS:
        return Kind.SCRIPT
    if detect_wrapper(sample) is not None:
        return Kind.LOG
    try:
        recognise(name, sample)
    except UnknownLogFormat as error:
        if name.endswith(".sql") or not text.strip():
            return Kind.SCRIPT
        raise UnknownLogFormat(
            name,
            "neither a PostgreSQL log, nor a report of `aegis explain-queries --format json`,"
            " nor SQL statements",
            "Give statements that end in a semicolon, or a log in a format that"
            " `aegis explain-queries` reads.",
        ) from error
    return Kind.LOG


def _first_word(text: str) -> str:
    """Return the first word that psql would send to a server, in capital letters."""
    sent = _COMMAND.sub("", text)
    for start, end in token_spans(sent):
        piece = sent[start:end]
        if not is_comment(piece) and piece not in ("(", ";"):
            return piece.upper()
    return ""
