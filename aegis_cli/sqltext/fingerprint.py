"""Give statements of one structure one id, the same that PostgreSQL's own tools give."""

from dataclasses import dataclass
from hashlib import blake2b

import pglast.parser

from aegis_cli.sqltext.normalize import normalize
from aegis_cli.sqltext.parseable import texts_to_parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Identify a statement's structure by 16 hexadecimal digits."""

    value: str
    is_parsed: bool
    """Whether PostgreSQL's parser gave the id; else it is a hash of the normalized statement."""


def fingerprint(sql: str) -> Fingerprint:
    """Return the id of a statement's structure, whatever the text is."""
    for text in texts_to_parse(sql):
        value = _parsed_fingerprint(text)
        if value is not None:
            return Fingerprint(value=value, is_parsed=True)
    digest = blake2b(normalize(sql).encode("utf-8", "surrogatepass"), digest_size=8)
    return Fingerprint(value=digest.hexdigest(), is_parsed=False)


def _parsed_fingerprint(text: str) -> str | None:
    try:
        return str(pglast.parser.fingerprint(text))
    except (pglast.parser.ParseError, UnicodeEncodeError):
        return None
