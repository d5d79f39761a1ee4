"""Cut the text in front of a severity word into the tokens a prefix can write."""

import re
from dataclasses import dataclass
from typing import Final

SEVERITY_WORD = re.compile(
    rb"(?:LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|DEBUG[1-5]?|DETAIL|HINT|CONTEXT"
    rb"|STATEMENT|QUERY|LOCATION|BACKTRACE):  "
)
BACKEND_TYPE = re.compile(
    rb"(?:archiver|autovacuum (?:launcher|worker)|background (?:worker|writer)|checkpointer"
    rb"|(?:dead-end )?client backend|io worker|logger|not initialized|parallel worker|postmaster"
    rb"|logical replication (?:(?:apply|parallel|tablesync) worker|launcher|worker)|walwriter"
    rb"|slotsync worker|standalone backend|startup|walreceiver|walsender|walsummarizer)"
)
COMMAND_TAG = re.compile(
    rb"(?:idle(?: in transaction(?: \(aborted\))?)?|authentication|startup|initializing"
    rb"|SELECT(?: INTO| FOR UPDATE| FOR SHARE)?|INSERT|UPDATE|DELETE|MERGE|BEGIN|COMMIT|ROLLBACK"
    rb"|START TRANSACTION|SAVEPOINT|RELEASE|SET(?: CONSTRAINTS)?|SHOW|RESET|COPY|FETCH|MOVE|CALL"
    rb"|CLOSE CURSOR(?: ALL)?|DECLARE CURSOR|EXPLAIN|EXECUTE|PREPARE(?: TRANSACTION)?"
    rb"|DEALLOCATE(?: ALL)?|DISCARD ALL|DO|BIND|PARSE|VACUUM|ANALYZE|CHECKPOINT|CLUSTER"
    rb"|REINDEX|LOCK TABLE|LISTEN|UNLISTEN|NOTIFY|GRANT(?: ROLE)?|REVOKE(?: ROLE)?|COMMENT"
    rb"|TRUNCATE TABLE|REFRESH MATERIALIZED VIEW|LOAD|REASSIGN OWNED|SECURITY LABEL"
    rb"|IMPORT FOREIGN SCHEMA|(?:CREATE|ALTER|DROP)(?: [A-Z]+){1,4})(?: waiting)?"
)

_ZONE = (
    rb"(?:[A-Z][a-z]+/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?|[A-Z]{2,5}(?![A-Za-z])"
    rb"|[+-]\d\d(?::\d\d|\d\d)?(?!\d))"
)
_CLOCK = rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
_ADDRESS = (
    rb"(?:\d{1,3}(?:\.\d{1,3}){3}(?![\w.])"
    rb"|(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{1,4}(?:%\w+)?(?![\w.:]))"
)
_TOKEN = (
    rb"(?P<m>" + _CLOCK + rb"\.\d{3} " + _ZONE + rb")"
    rb"|(?P<t>" + _CLOCK + rb" " + _ZONE + rb")"
    rb"|(?P<c>(?<![\w.])[0-9a-f]{8}\.[0-9a-f]{1,8}(?![\w.]))"
    rb"|(?P<n>(?<![\w.])\d{9,11}\.\d{3}(?![\w.]))"
    rb"|(?P<A>\[local\]|" + _ADDRESS + rb"(?:\(\d+\))?"
    rb"|[A-Za-z0-9][\w.\-]*\(\d+\))"
    rb"|(?P<v>(?<![\w/])\d{1,10}/\d{1,10}(?![\w/]))"
    rb"|(?P<key>(?<![\w.])[A-Za-z_][\w\-]*(?= ?=)|(?<![\w.@])(?i:pid|user|db|database|app"
    rb"|application|client|host|session|line|xid|vxid|query_id|queryid|qid)(?=:))"
    rb"|(?P<W>\[unknown\]|" + BACKEND_TYPE.pattern + rb"(?!\w)|" + COMMAND_TAG.pattern + rb"(?!\w))"
    rb"|(?P<I>(?:(?<![\w)\]])-)?\d+(?![A-Za-z_$.\x80-\xff]))"
    rb"|(?P<space> +)|(?P<word>%s)|(?P<other>[\x00-\xff])"
)
_BYTE = rb"[A-Za-z0-9_$\x80-\xff]"
TOKENIZERS: Final[tuple[re.Pattern[bytes], ...]] = (
    re.compile(_TOKEN.replace(b"%s", _BYTE + rb"(?:[.\-]*" + _BYTE + rb")*")),
    re.compile(_TOKEN.replace(b"%s", _BYTE + b"+")),
)
"""Names hold hyphens and dots in the first, end at them in the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token of a head: a kind of value, or literal text where the kind is empty.

    Kinds are the escapes `m t n c v`, `A` for an address, `I` for a number, `W` for a word.
    """

    kind: str
    text: bytes


def tokenize(head: bytes, pattern: re.Pattern[bytes]) -> tuple[Token, ...]:
    """Cut a head into tokens; literal characters that follow each other are one."""
    tokens: list[Token] = []
    for found in pattern.finditer(head):
        token = _token(found.lastgroup or "", found.group())
        if tokens and not token.kind and not tokens[-1].kind:
            tokens[-1] = Token(kind="", text=tokens[-1].text + token.text)
        else:
            tokens.append(token)
    return tuple(tokens)


def _token(group: str, text: bytes) -> Token:
    if group in {"key", "space", "other"}:
        return Token(kind="", text=text)
    return Token(kind="W" if group == "word" else group, text=text)


def signature(tokens: tuple[Token, ...]) -> tuple[bytes, ...]:
    """Return what heads of one shape have in common; runs of spaces count as one."""
    return tuple(
        token.kind.encode() if token.kind else b"=" + re.sub(b" +", b" ", token.text)
        for token in tokens
    )
