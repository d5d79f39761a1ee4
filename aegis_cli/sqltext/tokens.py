"""Cut a statement of any dialect into tokens, in one pass and without ever failing.

White space and control characters between tokens belong to no token.
"""

import re
from collections.abc import Iterator

# Before Python 3.11.5 a possessive group whose body fails midway stops at a wrong place
# (gh-106052). Only groups that fail on their first characters are possessive here.
_STRING = r"'[^']*+(?:''[^']*+)*+(?:'[ \t]*+[\r\n]\s*+'[^']*+(?:''[^']*+)*+)*(?:'|\Z)"
_ESCAPED = r"'(?:[^'\\]++|\\.?|'')*+(?:'|\Z)"
_QUOTED = r'"[^"]*+(?:""[^"]*+)*+(?:"|\Z)'
_BACKTICKED = r"`[^`]*+(?:``[^`]*+)*+(?:`|\Z)"
# As in PostgreSQL, an operator may end in a sign only if it has one of the special characters.
# It has at most 63 characters; without that bound a long run of signs would take quadratic time.
_NO_COMMENT = r"(?!--|/\*)"
_SPECIAL_OPERATOR = (
    r"(?=[+\-*/<>=]{0,62}+[~!@#%^&|])"
    rf"(?:{_NO_COMMENT}[+\-*/<>=~!@#%^&|]){{1,63}}"
)
_PLAIN_OPERATOR = rf"(?:{_NO_COMMENT}[+\-*/<>=]){{0,62}}(?!/\*)[*/<>=]|[+\-/]"
_BLANK = r"[\s\x00-\x1f\x7f]"
_COMMENT = (r"--[^\n\r]*+", r"/\*(?:[^*/]++|\*(?!/)|/(?!\*)){0,999}\*/", r"/\*")


def _pattern(string: str) -> re.Pattern[str]:
    alternatives = (
        r"[^\W\d][\w$]*+(?!['\"&])",
        r"[(),;\[\]]|\.(?!\d)",
        r"[=<>]=?(?![+\-*/<>=~!@#%^&|])|=(?=%[s(])",
        rf"[uU]&{_QUOTED}",
        rf"[eE]{_ESCAPED}",
        rf"(?:[uU]&|[bBxXnN])?{string}",
        r"[^\W\d][\w$]*+",
        # Digits and letters glued together are read as a literal, never shown as a name.
        r"(?:\d\w*+(?:\.(?!\.)\w*+)?|\.\d\w*+)(?:(?<=[eE])[+\-]\d++)?",
        _QUOTED,
        _BACKTICKED,
        r"\$\d++|\$\$.*?(?:\$\$|\Z)|\$[^\W\d]\w*+\$",
        r'(?<![\w:\])"?]):[^\W\d]\w*+|:=',
        rf":(?:{_BLANK}*+:)*+",
        r"%\(\w++\)s|(?<![\w)])%s(?!\w)",
        *_COMMENT,
        r"@\?|\?-\||\?#|\?[|&](?![|&])|\?",
        _SPECIAL_OPERATOR,
        _PLAIN_OPERATOR,
        ".",
    )
    return re.compile(rf"(?!{_BLANK})(?:{'|'.join(alternatives)})", re.DOTALL)


_STANDARD = _pattern(_STRING)
_BACKSLASHED = _pattern(_ESCAPED)
_OPENING_QUOTE = re.compile(r"(?:[uU]&|[eEbBxXnN])?'")
_NESTING = re.compile(r"/\*|\*/")


def tokens_of(sql: str) -> list[str]:
    """Return the tokens of a statement, comments included.

    A string, comment or quoted name that is cut off extends to the end of the text.
    """
    found: list[str] = _STANDARD.findall(sql)
    if _needs_care(sql, found) or _has_backslashed_quotes(sql):
        return [sql[start:end] for start, end in token_spans(sql)]
    return found


def token_spans(sql: str) -> Iterator[tuple[int, int]]:
    """Yield where each token of a statement begins and ends, comments included."""
    pattern = _BACKSLASHED if _has_backslashed_quotes(sql) else _STANDARD
    at = 0
    while found := pattern.search(sql, at):
        start, at = found.span()
        if sql.startswith("/*", start):
            at = max(at, _end_of_comment(sql, start))
        elif sql[start] == "$" and at - start > 1 and sql[at - 1] == "$":
            at = _end_of_dollar_quote(sql, start, at)
        yield start, at


def is_comment(token: str) -> bool:
    """Tell whether a token is a comment."""
    return token.startswith(("--", "/*"))


def is_literal(token: str) -> bool:
    """Tell whether a token is a number or a string of any notation."""
    head = token[0]
    if head == "'" or head.isdigit():
        return True
    if head in "eEbBxXnNuU":
        return "'" in token[1:3] and '"' not in token[:3]
    return len(token) > 1 and (
        (head == "." and token[1].isdigit()) or (head == "$" and not token[1].isdigit())
    )


def is_placeholder(token: str) -> bool:
    """Tell whether a token stands for a bind value: `$1`, `:name`, `%s`, `%(name)s` or `?`."""
    head = token[0]
    if head == "$":
        return token[1:2].isdigit()
    if head == ":":
        return len(token) > 1 and token[1] not in ":="
    return token in ("?", "%s") or token.startswith("%(")


def _needs_care(sql: str, found: list[str]) -> bool:
    """Tell whether a nested comment or a tagged dollar quote was cut at the wrong place."""
    if "/*" in sql and "/*" in found:
        return True
    return "$" in sql and any(
        token[0] == "$" and token[-1] == "$" and token[1:2] not in ("", "$") for token in found
    )


def _has_backslashed_quotes(sql: str) -> bool:
    r"""Tell whether \' must be an escape, since otherwise strings would not end or touch words."""
    if "\\'" not in sql:
        return False
    escaped: list[str] = _BACKSLASHED.findall(sql)
    if _is_open_string(escaped[-1]):
        return False
    found = [*_STANDARD.finditer(sql)]
    return _is_open_string(found[-1][0]) or any(
        each[0].endswith("\\'") and sql[each.end() : each.end() + 1].isalnum() for each in found
    )


def _is_open_string(token: str) -> bool:
    opening = _OPENING_QUOTE.match(token)
    if opening is None:
        return False
    body = token[opening.end() :]
    if opening[0][0] in "eE":
        body = body.replace("\\'", "")
    return (len(body) - len(body.rstrip("'"))) % 2 == 0


def _end_of_comment(sql: str, start: int) -> int:
    depth = 0
    for mark in _NESTING.finditer(sql, start):
        depth += 1 if mark.group() == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(sql)


def _end_of_dollar_quote(sql: str, start: int, end: int) -> int:
    tag = sql[start:end]
    if tag.startswith("$$"):
        return end
    closing = sql.find(tag, end)
    return len(sql) if closing < 0 else closing + len(tag)
