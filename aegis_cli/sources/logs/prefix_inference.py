"""Infer a `log_line_prefix` from heads that no known template explains."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aegis_cli.sources.logs.column_labels import Column, label_columns
from aegis_cli.sources.logs.head_tokens import TOKENIZERS, Token, signature, tokenize
from aegis_cli.sources.logs.line_prefix import Piece, parse_template

_MAX_SHAPES = 4
_BACKGROUND = re.compile(
    rb"checkpoint |restartpoint |database system |listening on |starting PostgreSQL"
    rb"|automatic |received \S+ shutdown|background worker|logical replication launcher"
    rb"|shutting down|redo |aborting any active|starting backup|autovacuum launcher"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedLine:
    """A line of a log that has a severity word."""

    head: bytes
    severity: bytes
    message: bytes

    @property
    def is_background(self) -> bool:
        """Whether a process without a client wrote it, where %u, %d, %a and %r are empty."""
        return _BACKGROUND.match(self.message) is not None


def infer_templates(lines: Sequence[LoggedLine]) -> Iterator[str]:
    """Yield templates that the most frequent shapes of heads suggest, without repeats."""
    seen: set[str] = set()
    for pattern in TOKENIZERS:
        shapes: defaultdict[tuple[bytes, ...], list[tuple[Token, ...]]] = defaultdict(list)
        background: Counter[bytes] = Counter()
        count = 0
        cut: dict[bytes, tuple[Token, ...]] = {}
        for line in lines:
            tokens = cut.get(line.head) or tokenize(line.head, pattern)
            cut[line.head] = tokens
            shapes[signature(tokens)].append(tokens)
            if line.is_background:
                count += 1
                background.update({token.text for token in tokens if token.kind == "W"})
        fixed = frozenset(word for word, seen_in in background.items() if seen_in >= 0.8 * count)
        for rows in sorted(shapes.values(), key=len, reverse=True)[:_MAX_SHAPES]:
            template = _template_of(rows, fixed)
            if template not in seen:
                seen.add(template)
                yield _with_optional_part(template, lines)


def _template_of(rows: list[tuple[Token, ...]], fixed: frozenset[bytes]) -> str:
    """Write the template of one shape.

    Args:
        rows: The heads of this shape, all with the same kinds of tokens.
        fixed: Words that processes without a client write too, so literal or a backend type.
    """
    columns = [
        Column(
            kind=tokens[0].kind,
            values=tuple(token.text for token in tokens),
            before=rows[0][index - 1].text if index else b"",
        )
        for index, tokens in enumerate(zip(*rows, strict=True))
    ]
    pieces = [
        _piece(column, letter)
        for column, letter in zip(columns, label_columns(columns, fixed), strict=True)
    ]
    return "".join(map(str, _with_one_application(_padded(pieces, columns))))


def _piece(column: Column, letter: str) -> Piece:
    if letter:
        return Piece(letter=letter)
    return Piece(text=column.values[0].decode("utf-8", "replace"))


def _with_one_application(pieces: list[Piece]) -> list[Piece]:
    """Join the words of an application name that is a phrase, such as a JDBC driver's."""
    places = [index for index, piece in enumerate(pieces) if piece.letter == "a"]
    if not places:
        return pieces
    first, last = places[0], places[-1]
    if any(piece.letter not in {"", "a"} for piece in pieces[first:last]):
        return pieces
    return [*pieces[: first + 1], *pieces[last + 1 :]]


def _padded(pieces: list[Piece], columns: list[Column]) -> list[Piece]:
    """Turn runs of spaces of changing length into the padding of the field beside them."""
    result = list(pieces)
    for index, column in enumerate(columns):
        if column.kind or len({*map(len, column.values)}) == 1:
            continue
        if not column.values[0].startswith(b" ") and not column.values[0].endswith(b" "):
            continue
        _pad_neighbour(result, columns, index)
    return result


def _pad_neighbour(pieces: list[Piece], columns: list[Column], index: int) -> None:
    """Give the field whose length and the spaces add up to a constant its padding."""
    gaps = columns[index].values
    for beside, sign in ((index - 1, -1), (index + 1, 1)):
        if not 0 <= beside < len(columns) or not pieces[beside].letter:
            continue
        spaces = [_spaces(gap, sign) for gap in gaps]
        lengths = map(len, columns[beside].values)
        widths = {sum(pair) for pair in zip(lengths, spaces, strict=True)}
        if len(widths) == 1 and len(set(spaces)) > 1:
            pieces[beside] = Piece(letter=pieces[beside].letter, padding=sign * widths.pop())
            text = gaps[0].lstrip(b" ") if sign < 0 else gaps[0].rstrip(b" ")
            pieces[index] = Piece(text=text.decode("utf-8", "replace"))
            return


def _spaces(gap: bytes, sign: int) -> int:
    bare = gap.lstrip(b" ") if sign < 0 else gap.rstrip(b" ")
    return len(gap) - len(bare)


def _with_optional_part(template: str, lines: Sequence[LoggedLine]) -> str:
    """Insert `%q` where the heads end that the template does not explain."""
    pieces = _characters(template)
    whole = re.compile(b"".join(piece.pattern() for piece in pieces) + b" *\\Z")
    odd = {line.head for line in lines if not whole.match(line.head)}
    best, best_count = len(pieces), 0
    for cut in range(len(pieces)) if odd else ():
        if cut and pieces[cut - 1].letter and pieces[cut - 1].letter in "uda":
            break
        start = re.compile(b"".join(piece.pattern() for piece in pieces[:cut]) + b"\\Z")
        count = sum(1 for head in odd if start.match(head))
        is_space = cut > 0 and pieces[cut - 1].text == " "
        if count > best_count or (count == best_count and is_space):
            best, best_count = cut, count
    if not best_count:
        return template
    return "".join(map(str, pieces[:best])) + "%q" + "".join(map(str, pieces[best:]))


def _characters(template: str) -> list[Piece]:
    """Parse a template, with literal text cut into single characters."""
    pieces: list[Piece] = []
    for piece in parse_template(template)[0]:
        pieces += [piece] if piece.letter else [Piece(text=each) for each in piece.text]
    return pieces
