"""Passwords in connection strings never reach an output."""

import re

MASK = "***"

# postgresql://user:secret@host; the password ends at the last @ before the next slash or space.
_IN_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://[^\s:/@]*:)[^\s/]+(?=@)")
# password=secret, PGPASSWORD='two words', "password": "secret"
_NAMED = re.compile(
    r"""((?:password|passwd|pwd|sslpassword)["']?\s*[=:]\s*)("[^"]*"|'(?:[^'\\]|\\.)*'|[^\s&,;'"]+)""",
    re.IGNORECASE,
)


def mask_passwords(text: str) -> str:
    """Replace each password in URLs, DSNs, settings and tracebacks by asterisks."""
    return _NAMED.sub(rf"\g<1>{MASK}", _IN_URL.sub(rf"\g<1>{MASK}", text))
