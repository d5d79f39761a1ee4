"""Find the `log_line_prefix` of a log from what stands in it.

Known templates and templates inferred from the heads compete. The one that explains the
heads with the least left to free text wins: a name that has swallowed a number, an address
or a separator costs what it swallowed.

Some settings cannot be told apart from outside: names without anything between them, a
user from a database where both are single words and the log holds no connection lines, a
constant name in front of the time from literal text, and a name that changes separators.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Final

from aegis_cli.sources.logs.head_tokens import COMMAND_TAG, SEVERITY_WORD
from aegis_cli.sources.logs.known_prefixes import KNOWN_TEMPLATES
from aegis_cli.sources.logs.line_prefix import LinePrefix, compile_prefix, parse_template
from aegis_cli.sources.logs.prefix_inference import LoggedLine, infer_templates

_MAX_HEAD_BYTES = 500
_FIRST_LINES = 150
_LAST_LINES = 100
_MIN_SHARE = 0.5
_CERTAIN = 0.9
_FIRST_NUMBERS = 2
_NAMES = frozenset("udabi")
_HOSTS = frozenset("rhL")
_SEPARATORS = re.compile(rb"[^A-Za-z0-9_.$\-\x80-\xff]+")
_SEPARATOR_COST = 3
_PLAIN_HOST = re.compile(rb"(?:\[[a-z]+\]|[0-9a-f.:%]+|)(?:\(\d*\))?\Z")
_AUTHORIZED = re.compile(
    rb"(?:replication )?connection authorized: user=(?P<u>.+?)(?: database=(?P<d>.+?))?"
    rb"(?: application_name=(?P<a>.*?))?(?: SSL enabled.*| GSS .*)?\Z"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedPrefix:
    """A prefix and the share of the lines with a severity word that it explains."""

    prefix: LinePrefix
    share: float


def detect_prefix(sample: bytes) -> DetectedPrefix | None:
    """Return the prefix of a log, None if it has none of PostgreSQL's severity words.

    Args:
        sample: The beginning of the log, a megabyte is plenty; it may hold further lines
            of messages, garbage, and end within a line.
    """
    lines = _logged_lines(sample)
    if not lines:
        return None
    template = _cheapest(lines)
    template = _with_names_from_connections(template, lines)
    prefix = compile_prefix(template)
    share = sum(prefix.match(line.head) is not None for line in lines) / len(lines)
    if share < _MIN_SHARE or (not template and not _is_postgres(lines)):
        return None
    return DetectedPrefix(prefix=prefix, share=share)


def _logged_lines(sample: bytes) -> list[LoggedLine]:
    """Return lines with a severity word from the beginning and the end of the sample."""
    texts = sample.split(b"\n")
    first = list(islice(_read_lines(enumerate(texts)), _FIRST_LINES))
    behind = first[-1][0] + 1 if first else len(texts)
    backwards = reversed(list(enumerate(texts))[behind:])
    last = list(islice(_read_lines(backwards), _LAST_LINES))
    return [line for _, line in (*first, *reversed(last))]


def _read_lines(texts: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, LoggedLine]]:
    for number, line in texts:
        found = SEVERITY_WORD.search(line[: _MAX_HEAD_BYTES + 20])
        if found is None or line.startswith(b"\t"):
            continue
        message = line[found.end() :].rstrip(b"\r")
        severity = found.group().rstrip(b": ")
        yield number, LoggedLine(head=line[: found.start()], severity=severity, message=message)


def _is_postgres(lines: Sequence[LoggedLine]) -> bool:
    """Tell a log without prefix from another program's: only a server writes LOG."""
    return any(line.severity == b"LOG" for line in lines)


def _cheapest(lines: Sequence[LoggedLine]) -> str:
    heads = [line.head for line in lines]
    distinct = tuple(dict.fromkeys(heads))
    known = [
        template
        for template in KNOWN_TEMPLATES
        if _has_its_literals(template, distinct) and _is_plausible(template, heads)
    ]
    candidates = dict.fromkeys((*known, *infer_templates(lines)))
    return min(candidates, key=lambda template: _cost(template, heads))


def _has_its_literals(template: str, heads: Sequence[bytes]) -> bool:
    """Refuse a template none of whose heads holds its literal text, without compiling it."""
    always, _ = parse_template(template)
    literals = [piece.text.encode().strip(b" ") for piece in always if not piece.letter]
    return any(_holds(head, literals) for head in heads)


def _holds(head: bytes, literals: Sequence[bytes]) -> bool:
    """Tell whether a head holds some texts, one behind another."""
    at = 0
    for literal in literals:
        at = head.find(literal, at) + len(literal)
        if at < len(literal):
            return False
    return True


def _is_plausible(template: str, heads: Sequence[bytes]) -> bool:
    """Refuse a known template whose process id is zero, or counts the lines."""
    if "%p" not in template:
        return True
    prefix = compile_prefix(template)
    values: list[int] = []
    for fields in map(prefix.fields, heads):
        values += [int(value or b"0") for letter, value in fields or () if letter == "p"]
    if not values or 0 in values:
        return False
    # A server that serves one call per connection has process ids in a row, too.
    grown = sum(b - a == 1 for a, b in pairwise(values))
    return values[0] > _FIRST_NUMBERS or grown < _MIN_SHARE * len(values)


def _cost(template: str, heads: Sequence[bytes]) -> float:
    """Return how many bytes of the heads the template leaves to free text or unexplained."""
    prefix = compile_prefix(template)
    counts = Counter(heads)
    total = float(len(template))
    for head, count in counts.items():
        fields = prefix.fields(head)
        unexplained = 10 + len(head)
        total += count * (unexplained if fields is None else sum(map(_field_cost, fields)))
    return total


def _field_cost(field: tuple[str, bytes]) -> int:
    letter, value = field
    if letter in _NAMES and value not in {b"", b"[unknown]"}:
        if letter == "i" and COMMAND_TAG.fullmatch(value):
            return 1
        return 2 + len(value) + _SEPARATOR_COST * len(_SEPARATORS.findall(value))
    if letter in _HOSTS and not _PLAIN_HOST.match(value):
        return 2 + len(value)
    return 2 if letter == "r" and value[-1:].isalnum() else 1


def _with_names_from_connections(template: str, lines: Sequence[LoggedLine]) -> str:
    """Correct which name is which by what `connection authorized` says of a session."""
    votes = _votes(compile_prefix(template), lines)
    names = [index for index, letter in enumerate(_letters(template)) if letter in "uda"]
    better: dict[int, str] = {}
    for index in names:
        own = _letters(template)[index]
        total = votes[index].total()
        if total and votes[index][own] < _CERTAIN * votes[index]["seen"]:
            best = max("uda", key=lambda letter: votes[index][letter])
            if votes[index][best] >= _CERTAIN * votes[index]["seen"]:
                better[index] = best
    return _relabelled(template, better) if better else template


def _votes(prefix: LinePrefix, lines: Sequence[LoggedLine]) -> defaultdict[int, Counter[str]]:
    """Count for each escape of the template which fact of its session it equals."""
    votes: defaultdict[int, Counter[str]] = defaultdict(Counter)
    facts: dict[str, dict[str, bytes]] = {}
    for line in lines:
        fields, head = prefix.fields(line.head), prefix.match(line.head)
        if fields is None or head is None:
            continue
        found = _AUTHORIZED.match(line.message)
        if found is not None:
            facts[head.session.identity] = {k: v for k, v in found.groupdict().items() if v}
        known = facts.get(head.session.identity, {}) if head.session.identity or found else {}
        for index, (_, value) in enumerate(fields) if known else ():
            votes[index]["seen"] += 1
            votes[index].update(letter for letter, fact in known.items() if fact == value)
    return votes


def _letters(template: str) -> tuple[str, ...]:
    always, optional = parse_template(template)
    return tuple(piece.letter for piece in always + optional if piece.letter)


_ESCAPE: Final = re.compile(r"%-?\d*([a-zA-Z%])")


def _relabelled(template: str, better: dict[int, str]) -> str:
    """Replace escapes by number; a name that lost its place takes the one set free."""
    letters = list(_letters(template))
    for index, letter in better.items():
        if letter in letters and letters.index(letter) not in better:
            letters[letters.index(letter)] = letters[index]
        letters[index] = letter
    rest = iter(letters)

    def replace(found: re.Match[str]) -> str:
        if found[1] in "q%":
            return found[0]
        return found[0][:-1] + next(rest)

    return _ESCAPE.sub(replace, template)
