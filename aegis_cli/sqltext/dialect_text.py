"""Read statements of SQLite and MySQL as text: cut scripts, settle placeholders, mask literals."""

import logging
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

import sqlglot
from sqlglot import Token, TokenType, exp
from sqlglot.errors import SqlglotError

from aegis_cli.model.facts.index_advice import Dialect
from aegis_cli.sqltext.normalize import normalize
from aegis_cli.sqltext.tokens import is_placeholder, token_spans

# Otherwise its warnings about statements it does not know would reach stderr.
logging.getLogger("sqlglot").addHandler(logging.NullHandler())

_CALLS = re.compile(r"--[ \t]*calls:[ \t]*(\d+(?:\.\d+)?)", re.IGNORECASE)
_DATA_KEYWORDS = frozenset(
    ("SELECT", "WITH", "INSERT", "REPLACE", "UPDATE", "DELETE", "VALUES", "(", "TABLE")
)
_FIRST_WORD = re.compile(r"\s*(?:/\*.*?\*/\s*|(?:--|#)[^\n]*\n\s*)*(\(|\w+)?", re.DOTALL)
_REPLACE = re.compile(r"REPLACE(?:\s+(?:LOW_PRIORITY|DELAYED))?(?:\s+INTO)?\b", re.IGNORECASE)
_DIGEST_LIST = re.compile(r"\(\s*\.\.\.\s*\)")
_DIGEST_REST = re.compile(r"/\*\s*,\s*\.\.\.\s*\*/")
_COMPARED = frozenset(("=", "==", "<>", "!=", "<", ">", "<=", ">=", "LIKE", "IS", "IN", "GLOB"))
_BINDING_MARKS = {Dialect.SQLITE: "$@", Dialect.MYSQL: "", Dialect.POSTGRESQL: ""}


class UnreadableStatement(ValueError):
    """A text that is no statement of its dialect as far as the parser knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptStatement:
    """One statement of a script and how often it is said to run."""

    text: str
    calls: float = 1.0


def split_script(text: str, dialect: Dialect) -> Iterator[ScriptStatement]:
    """Yield the statements of a script; `-- calls: 120` before one gives its weight.

    A script that cannot be cut, such as one with an open string, is yielded as one statement.
    """
    try:
        tokens = sqlglot.tokenize(text, dialect=dialect.value)
    except SqlglotError:
        yield ScriptStatement(text=text)
        return
    end, pending = 0, [*tokens]
    while pending:
        size = next((at for at, each in enumerate(pending) if _is_end(each)), len(pending))
        statement, pending = pending[:size], pending[size + 1 :]
        if statement:
            head = _CALLS.findall(text[end : statement[0].start])
            end = statement[-1].end + 1
            yield ScriptStatement(
                text=text[statement[0].start : end], calls=float(head[-1]) if head else 1.0
            )


def is_data_statement(sql: str) -> bool:
    """Tell whether a statement reads or writes rows, judged by its first word."""
    found = _FIRST_WORD.match(sql)
    return found is not None and (found[1] or "").upper() in _DATA_KEYWORDS


def with_question_marks(sql: str, dialect: Dialect) -> str:
    """Return the statement with `?` for every bind value, whatever notation it came in.

    A statement that MySQL's performance_schema folded gets a list of two for `(...)`.
    """
    pieces, done = [], 0
    spans = [*token_spans(sql), (len(sql), len(sql))]
    for (start, end), (following, after) in pairwise(spans):
        word = sql[start:end]
        behind = sql[end:after] if following == end else ""
        if start < done or not _is_binding(word, behind, dialect):
            continue
        glued = word[-1] in (*_BINDING_MARKS[dialect], "?") and _is_name_or_number(behind)
        # Glued to an operator, as in `a=@b`, the mark is its last character.
        pieces += [sql[done : max(start, end - 1) if glued else start], "?"]
        done = after if glued else end
    text = "".join((*pieces, sql[done:]))
    return _DIGEST_LIST.sub("(?, ?)", _DIGEST_REST.sub("", text))


def parse_statement(sql: str, dialect: Dialect) -> exp.Expr:
    """Parse one statement.

    Raises:
        UnreadableStatement: When it is none, several, or none that reads or writes rows.
    """
    if not is_data_statement(sql):
        raise UnreadableStatement("it neither reads nor writes rows")
    text = with_question_marks(sql, dialect).lstrip()
    if _REPLACE.match(text):
        text = _REPLACE.sub("INSERT INTO", text, count=1)
    try:
        trees = [tree for tree in sqlglot.parse(text, dialect=dialect.value) if tree is not None]
    except (SqlglotError, RecursionError) as error:
        raise UnreadableStatement("the parser does not understand it") from error
    if len(trees) != 1 or isinstance(trees[0], exp.Command | exp.Block):
        raise UnreadableStatement("it is not one statement the parser knows")
    return trees[0]


def mask_statement(sql: str, dialect: Dialect, names: Collection[str] = ()) -> str:
    """Return a statement for people, every literal of its dialect replaced by `?`.

    Args:
        sql: The statement.
        dialect: Whose quotes are used: MySQL takes "x" for a string, SQLite does so when x
            is the name of nothing.
        names: Names of all columns and tables in lower case.
    """
    sql = with_question_marks(sql, dialect)
    # Of equal length: the tokenizer takes what follows REPLACE for one string.
    text = re.sub(r"\A(\s*)REPLACE\b", r"\1INSERT ", sql, flags=re.IGNORECASE)
    try:
        tokens = sqlglot.tokenize(text, dialect=dialect.value)
    except SqlglotError:
        return normalize(re.sub(r"\"[^\"]*(?:\"|\Z)", "?", sql))
    pieces, done, before = [], 0, ""
    for token in tokens:
        if _is_string(token) or (before in _COMPARED and _is_misquoted(token, sql, names)):
            pieces += [sql[done : token.start], "?"]
            done = token.end + 1
        before = token.text.upper()
    return normalize("".join((*pieces, sql[done:])))


def _is_end(token: Token) -> bool:
    return token.token_type is TokenType.SEMICOLON


def _is_string(token: Token) -> bool:
    return token.token_type in (
        TokenType.STRING,
        TokenType.HEX_STRING,
        TokenType.BIT_STRING,
        TokenType.NATIONAL_STRING,
        TokenType.BYTE_STRING,
        TokenType.RAW_STRING,
    )


def _is_misquoted(token: Token, sql: str, names: Collection[str]) -> bool:
    return sql[token.start : token.start + 1] == '"' and token.text.lower() not in names


def _is_name_or_number(word: str) -> bool:
    return word[:1].isidentifier() or word[:1].isdigit()


def _is_binding(word: str, behind: str, dialect: Dialect) -> bool:
    """Tell whether a token is a bind value, or the mark of one that `behind` touches."""
    if is_placeholder(word):
        return True
    return word[-1] in (*_BINDING_MARKS[dialect],) and behind[:1].isidentifier()
