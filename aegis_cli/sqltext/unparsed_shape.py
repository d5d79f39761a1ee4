"""Guess what a statement does when PostgreSQL's parser does not understand its text."""

import re
from collections.abc import Iterable

from aegis_cli.model.facts.shapes import Shape, StatementKind
from aegis_cli.sqltext.census import is_catalog, is_volatile_function
from aegis_cli.sqltext.normalize import normalize
from aegis_cli.sqltext.parseable import count_rows
from aegis_cli.sqltext.tokens import tokens_of

_FIRST_WORDS = {
    "SELECT": StatementKind.SELECT,
    "WITH": StatementKind.SELECT,
    "VALUES": StatementKind.SELECT,
    "TABLE": StatementKind.SELECT,
    "INSERT": StatementKind.INSERT,
    "REPLACE": StatementKind.INSERT,
    "UPDATE": StatementKind.UPDATE,
    "DELETE": StatementKind.DELETE,
    "MERGE": StatementKind.MERGE,
    "COPY": StatementKind.COPY,
    "BEGIN": StatementKind.BEGIN,
    "START": StatementKind.BEGIN,
    "COMMIT": StatementKind.COMMIT,
    "END": StatementKind.COMMIT,
    "ROLLBACK": StatementKind.ROLLBACK,
    "ABORT": StatementKind.ROLLBACK,
    "SAVEPOINT": StatementKind.SAVEPOINT,
    "RELEASE": StatementKind.SAVEPOINT,
    "SET": StatementKind.SETTING,
    "SHOW": StatementKind.SETTING,
    "RESET": StatementKind.SETTING,
    "DISCARD": StatementKind.SETTING,
    "DECLARE": StatementKind.CURSOR,
    "FETCH": StatementKind.CURSOR,
    "CLOSE": StatementKind.CURSOR,
    "CREATE": StatementKind.DDL,
    "ALTER": StatementKind.DDL,
    "DROP": StatementKind.DDL,
    "TRUNCATE": StatementKind.DDL,
    "GRANT": StatementKind.DDL,
    "REVOKE": StatementKind.DDL,
    "COMMENT": StatementKind.DDL,
}
_WITH_TABLES = frozenset(
    (
        *(StatementKind.SELECT, StatementKind.INSERT, StatementKind.UPDATE),
        *(StatementKind.DELETE, StatementKind.MERGE, StatementKind.CURSOR),
    )
)
_PART = r'(?:"[^"]++"|`[^`]++`|[^\W\d][\w$]*+)'
# Before Python 3.11.5 a possessive group whose body fails midway stops at a wrong place
# (gh-106052); an atomic group around a plain one does not.
_TABLE = rf"{_PART}(?>(?:\.{_PART})*)"
_KEYWORD = r"(?!(?:SELECT|LATERAL|VALUES|SET|WHERE|SKIP|NOWAIT)\b)"
_WRITTEN = re.compile(
    r"\b(?:(?:INSERT|MERGE)(?: IGNORE)? INTO|REPLACE INTO"
    r"|(?<!FOR )(?<!DO )(?<!KEY )(?<!key )UPDATE(?: ONLY)?"
    rf"|DELETE FROM(?: ONLY)?) {_KEYWORD}(?P<table>{_TABLE})"
)
_READ = re.compile(
    rf"\b(?<!DELETE )(?<!DISTINCT )(?:FROM|JOIN)(?: ONLY)? {_KEYWORD}"
    rf"(?P<tables>{_TABLE}(?!\()(?>(?:(?: AS)?(?: {_PART})?, {_TABLE}(?!\())*))"
)
_COMMON_TABLE = re.compile(rf"(?P<table>{_PART})(?:\([^()]*\))? AS (?:NOT )?(?:MATERIALIZED )?\(")
_CALL = re.compile(r"\b(?P<name>[a-z_][a-z0-9_]*)\(", re.IGNORECASE)
_MOMENT = re.compile(
    r"\b(?:CURRENT_DATE|CURRENT_TIME|CURRENT_TIMESTAMP|LOCALTIME|LOCALTIMESTAMP)\b"
)
_NUMBER = re.compile(r"[0-9]{1,18}")
_QUOTED = re.compile(r'"[^"]*"|`[^`]*`')


def unparsed_shape_of(sql: str) -> Shape:
    """Return what the keywords of a statement tell about it."""
    tokens = tokens_of(sql)
    normalized = normalize(sql)
    kind = _kind(normalized)
    if kind not in _WITH_TABLES:
        return Shape(kind=kind, is_parsed=False)
    common = {_name(each["table"]) for each in _COMMON_TABLE.finditer(normalized)}
    read = tuple(name for name in _tables_read(normalized) if name not in common)
    written = _unique(_name(each["table"]) for each in _WRITTEN.finditer(normalized))
    words = f" {_QUOTED.sub('', normalized)} "
    return Shape(
        kind=kind,
        tables_read=read,
        tables_written=written if kind is not StatementKind.CURSOR else (),
        selects_star=re.search(r"SELECT (?:DISTINCT )?(?:\w+\.)?\* ", words) is not None,
        has_from=" FROM " in words,
        has_where=" WHERE " in words,
        has_other_conditions=" WHERE " in words or " JOIN " in words,
        has_group_by=" GROUP BY " in words,
        has_distinct="SELECT DISTINCT " in words,
        has_order_by=" ORDER BY " in words,
        has_limit=" LIMIT " in words or " FETCH FIRST " in words,
        limit_value=_number_behind("LIMIT", tokens),
        has_offset=" OFFSET " in words,
        offset_value=_number_behind("OFFSET", tokens),
        is_locking=" FOR UPDATE " in words or " FOR SHARE " in words,
        is_volatile=_is_volatile(words),
        touches_catalog_only=bool(read) and all(map(is_catalog, (*read, *written))),
        values_rows=count_rows(tokens) if kind is StatementKind.INSERT else None,
        insert_from_select=kind is StatementKind.INSERT and "SELECT " in words,
        on_conflict=" ON CONFLICT " in words or " ON DUPLICATE " in words,
        is_parsed=False,
    )


def _kind(normalized: str) -> StatementKind:
    first, _, rest = normalized.lstrip("( ").partition(" ")
    word = first.rstrip("(;").upper()
    if word == "ROLLBACK" and rest.upper().startswith(("TO ", "WORK TO ")):
        return StatementKind.SAVEPOINT
    kind = _FIRST_WORDS.get(word, StatementKind.OTHER)
    if word == "WITH":
        main = re.search(r"\) (SELECT|INSERT|UPDATE|DELETE|MERGE)\b", normalized)
        return _FIRST_WORDS[main[1]] if main else kind
    return kind


def _tables_read(normalized: str) -> tuple[str, ...]:
    found = (re.findall(_TABLE, each) for each in _entries(normalized))
    return _unique(_name(names[0]) for names in found if names)


def _entries(normalized: str) -> Iterable[str]:
    for found in _READ.finditer(normalized):
        yield from found["tables"].split(", ")


def _name(written: str) -> str:
    """Return a table's name as the server knows it: without quotes, in small letters else."""
    parts = [part[1:-1] if part[0] in '"`' else part.lower() for part in re.findall(_PART, written)]
    return ".".join(parts).removeprefix("public.")


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _number_behind(keyword: str, tokens: list[str]) -> int | None:
    for at, token in enumerate(tokens[:-1]):
        if token.upper() == keyword:
            number = _NUMBER.fullmatch(tokens[at + 1])
            return int(number[0]) if number else None
    return None


def _is_volatile(words: str) -> bool:
    if _MOMENT.search(words):
        return True
    return any(is_volatile_function(each["name"].lower()) for each in _CALL.finditer(words))
