"""Take a script apart into its statements, as psql would run it."""

import re
from dataclasses import dataclass, field

from aegis_cli.sqltext.tokens import is_comment, token_spans

_CALLS = re.compile(r"--\s*calls\s*[:=]\s*(\d[\d_,]*(?:\.\d+)?)\s*$", re.IGNORECASE)
_COPY = re.compile(r"\s*COPY\b.*\bFROM\s+STDIN\b", re.IGNORECASE | re.DOTALL)
_END_OF_DATA = re.compile(r"^\\\.[ \t\r]*$", re.MULTILINE)
_RUNNING = re.compile(r"\\(?:g|gx|gexec|gset|gdesc|crosstabview|watch)\b")
"""Commands of psql that run what stands before them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptStatement:
    """One statement of a script."""

    text: str
    """Without the comments before it and the semicolon behind it."""
    line: int
    """Where it begins, from 1."""
    calls: float = 1.0
    """From a comment `-- calls: 120` before the statement."""


@dataclass(slots=True, kw_only=True)
class Script:
    """The statements of a script, and what in it is none."""

    statements: list[ScriptStatement] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    """Lines for psql itself, such as `\\timing`."""
    copies: int = 0
    """COPY … FROM STDIN with its data."""


def read_script(text: str) -> Script:
    """Return what is in a script, whatever the text is."""
    reader = _Reader(text)
    at = 0
    while at < len(text):
        at = reader.read_from(at)
    return reader.script


@dataclass(slots=True)
class _Piece:
    """A statement while it is being read."""

    start: int = -1
    end: int = -1
    calls: float = 1.0
    depth: int = 0

    @property
    def is_empty(self) -> bool:
        return self.start < 0

    def add(self, piece: str, start: int, end: int) -> None:
        if is_comment(piece):
            self.calls = _calls(piece, self.calls) if self.is_empty else self.calls
            return
        self.start = start if self.is_empty else self.start
        self.end = end
        self.depth += (piece == "(") - (piece == ")")


class _Reader:
    def __init__(self, text: str) -> None:
        self.script = Script()
        self._text = text
        self._counted = 0
        self._line = 1

    def read_from(self, at: int) -> int:
        """Read up to something that is no SQL, or to the end; return where SQL goes on."""
        rest = self._text[at:] if at else self._text
        piece = _Piece()
        for begin, stop in token_spans(rest):
            start, end = at + begin, at + stop
            match rest[begin:stop]:
                case ";" if piece.depth <= 0:
                    next_at = self._finish(piece, end)
                    if next_at != end:
                        return next_at
                    piece = _Piece()
                case "\\":
                    return self._command(piece, start)
                case other:
                    piece.add(other, start, end)
        return self._finish(piece, len(self._text))

    def _finish(self, piece: _Piece, end: int) -> int:
        """Note a statement; return where the script goes on, behind the data of a COPY."""
        if piece.is_empty:
            return end
        statement = self._text[piece.start : piece.end]
        if _COPY.match(statement):
            self.script.copies += 1
            data = _END_OF_DATA.search(self._text, end)
            return data.end() if data is not None else len(self._text)
        found = ScriptStatement(text=statement, line=self._line_of(piece.start), calls=piece.calls)
        self.script.statements.append(found)
        return end

    def _command(self, piece: _Piece, start: int) -> int:
        """Read a line for psql, which may run the statement before it."""
        end = self._text.find("\n", start)
        end = len(self._text) if end < 0 else end
        if _RUNNING.match(self._text, start):
            self._finish(piece, start)
        self.script.commands.append(self._text[start:end].strip())
        return end

    def _line_of(self, at: int) -> int:
        self._line += self._text.count("\n", self._counted, at)
        self._counted = at
        return self._line


def _calls(comment: str, known: float) -> float:
    found = _CALLS.match(comment.strip())
    return float(found[1].replace(",", "").replace("_", "")) if found is not None else known
