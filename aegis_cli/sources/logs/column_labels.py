"""Decide which escape of `log_line_prefix` wrote each column of a set of like heads."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations
from typing import Final

from aegis_cli.sources.logs.head_tokens import BACKEND_TYPE, COMMAND_TAG

_MOST = 0.8
_SQLSTATE_BYTES = 5
_BIG = 1 << 33
_FIRST_LINES = 2
_MAX_COUNTER_STEP = 6
_KEYS: Final[dict[str, str]] = {
    "user": "u",
    "usr": "u",
    "username": "u",
    "role": "u",
    "db": "d",
    "database": "d",
    "dbname": "d",
    "datname": "d",
    "app": "a",
    "appname": "a",
    "application": "a",
    "application_name": "a",
    "pid": "p",
    "process": "p",
    "process_id": "p",
    "proc": "p",
    "leader": "P",
    "leader_pid": "P",
    "line": "l",
    "log_line": "l",
    "line_num": "l",
    "xid": "x",
    "tid": "x",
    "txid": "x",
    "trx": "x",
    "tx": "x",
    "qid": "Q",
    "query_id": "Q",
    "queryid": "Q",
    "sqlstate": "e",
    "sql_error_code": "e",
    "state": "e",
    "e": "e",
    "err": "e",
    "client": "h",
    "host": "h",
    "remote": "h",
    "client_addr": "h",
    "local": "L",
    "local_addr": "L",
    "backend": "b",
    "backend_type": "b",
    "type": "b",
    "cmd": "i",
    "command": "i",
    "tag": "i",
    "command_tag": "i",
    "ps": "i",
}
_FIELDS_OF_KIND: Final[dict[str, str]] = {"W": "udabieh", "I": "pPlxQe", "A": "hrL"}
_APPLICATIONS = (b"psql", b"pgbench", b"pg_dump", b"PostgreSQL", b"pgAdmin", b"DBeaver")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What heads of one shape hold at one place, in log order."""

    kind: str
    values: tuple[bytes, ...]
    before: bytes
    """The literal text in front, empty if there is none."""

    @property
    def key(self) -> str:
        """The word in front, as in `user=`; empty without one."""
        text = self.before.decode("latin-1").strip(" ")
        if not text.endswith(("=", ":")):
            return ""
        word = "".join(c if c.isalnum() or c == "_" else " " for c in text[:-1]).split()
        return word[-1].lower() if word else ""

    def mostly(self, pattern: re.Pattern[bytes]) -> bool:
        """Tell whether most values are of a kind."""
        fitting = sum(pattern.fullmatch(value) is not None for value in self.values)
        return fitting >= _MOST * len(self.values)


def label_columns(columns: Sequence[Column], fixed: frozenset[bytes]) -> list[str]:
    """Return the escape of each column, empty for literal text.

    Args:
        columns: The tokens of like heads, column by column.
        fixed: Words that processes without a client write too.
    """
    letters = [_own_label(column, fixed) for column in columns]
    _label_times(columns, letters)
    _label_numbers(columns, letters)
    _label_words(columns, letters)
    _label_addresses(columns, letters)
    return [letter if letter != "=" else "" for letter in letters]


def _own_label(column: Column, fixed: frozenset[bytes]) -> str:
    """Label what a column tells by itself: `=` is literal, empty is undecided."""
    if column.kind in {"", "m", "n", "c", "v"}:
        return column.kind or "="
    by_key = _KEYS.get(column.key, "")
    if by_key in _FIELDS_OF_KIND.get(column.kind, "") and by_key:
        return "" if column.kind == "A" and by_key == "h" else by_key
    if column.kind == "I":
        return _own_number_label(column)
    return _own_word_label(column, fixed) if column.kind == "W" else ""


def _own_number_label(column: Column) -> str:
    """Recognise what no process id can be; error codes keep leading zeros."""
    if any(value.startswith(b"0") and len(value) == _SQLSTATE_BYTES for value in column.values):
        return "e"
    if any(abs(int(value)) > _BIG or value.startswith(b"-") for value in column.values):
        return "Q"
    if len(set(column.values)) == 1 and column.values[0] == b"1" and column.before.endswith(b"-"):
        return "="  # syslog's habit: [%l-1]
    return "x" if b"0" in column.values else ""


def _own_word_label(column: Column, fixed: frozenset[bytes]) -> str:
    if column.mostly(BACKEND_TYPE):
        return "b"
    if column.mostly(COMMAND_TAG):
        return "i"
    is_constant = len(set(column.values)) == 1
    return "=" if is_constant and column.values[0] in fixed else ""


def _label_times(columns: Sequence[Column], letters: list[str]) -> None:
    """Of times in whole seconds, one that another exceeds is the start of the session."""
    exact = [column for column, letter in zip(columns, letters, strict=True) if letter == "m"]
    plain = [index for index, column in enumerate(columns) if column.kind == "t"]
    latest = max(plain, key=lambda index: columns[index].values, default=-1)
    if exact and plain:
        seconds = tuple(value[:19] for value in exact[0].values)
        same = tuple(value[:19] for value in columns[latest].values)
        latest = latest if same == seconds else -1
    for index in plain:
        is_later = _is_never_before(columns[index], columns[latest]) if latest >= 0 else False
        letters[index] = "t" if index == latest or is_later else "s"


def _is_never_before(column: Column, other: Column) -> bool:
    return all(a >= b for a, b in zip(column.values, other.values, strict=True))


def _label_numbers(columns: Sequence[Column], letters: list[str]) -> None:
    """Find the process id by the session id, then by a counter beside it, then by place."""
    open_ones = [i for i, c in enumerate(columns) if c.kind == "I" and not letters[i]]
    if "p" not in letters:
        process = _by_session_id(columns, open_ones)
        if process is None:
            process = _by_counter(columns, open_ones)
        counters = [i for i in open_ones if _counts(columns, process, i)]
        rest = [i for i in open_ones if i not in counters]
        if process is None and rest:
            process = next((i for i in rest if columns[i].before.endswith(b"[")), rest[0])
        if process is not None:
            letters[process] = "p"
    for index in open_ones:
        if not letters[index]:
            group = letters.index("p") if "p" in letters else None
            letters[index] = "l" if _counts(columns, group, index) else "x"


def _by_session_id(columns: Sequence[Column], among: list[int]) -> int | None:
    """Return the column equal to the second half of the session id."""
    for sessions in (column.values for column in columns if column.kind == "c"):
        pids = tuple(b"%d" % int(value.partition(b".")[2], 16) for value in sessions)
        return next((index for index in among if columns[index].values == pids), None)
    return None


def _by_counter(columns: Sequence[Column], among: list[int]) -> int | None:
    """Return the column within whose equal values another one counts the lines."""
    pairs = [(p, c) for p, c in permutations(among, 2) if _counts(columns, p, c)]
    # Sessions that open one after the other have process ids in a row, but high ones.
    pairs.sort(key=lambda pair: min(map(int, columns[pair[1]].values)))
    return pairs[0][0] if pairs else None


def _counts(columns: Sequence[Column], group: int | None, index: int) -> bool:
    """Tell whether a column counts the lines of a group, of which some are not seen here."""
    if group is None:
        group = next((i for i, column in enumerate(columns) if column.kind == "c"), index)
    if group == index:
        # A server that serves one call per connection has process ids in a row, too.
        if int(columns[index].values[0]) > _FIRST_LINES:
            return False
        steps = [(int(a), int(b)) for a, b in pairwise(columns[index].values)]
    else:
        steps = list(_steps(columns[group].values, columns[index].values))
    grown = sum(0 < after - before <= _MAX_COUNTER_STEP for before, after in steps)
    return bool(steps) and grown >= _MOST * len(steps)


def _steps(groups: tuple[bytes, ...], values: tuple[bytes, ...]) -> list[tuple[int, int]]:
    last: dict[bytes, int] = {}
    steps: list[tuple[int, int]] = []
    for group, value in zip(groups, map(int, values), strict=True):
        if group in last:
            steps.append((last[group], value))
        last[group] = value
    return steps


def _label_words(columns: Sequence[Column], letters: list[str]) -> None:
    """Name the words left over in the usual order: user, database, application."""
    first_time = next((i for i, c in enumerate(columns) if c.kind in {"m", "t", "n"}), 0)
    for index, column in enumerate(columns):
        if column.kind != "W" or letters[index]:
            continue
        free = [letter for letter in "uda" if letter not in letters]
        if index < first_time and len(set(column.values)) == 1 and len(column.values) > 1:
            letters[index] = "="
        elif any(value.startswith(_APPLICATIONS) for value in column.values) and "a" in free:
            letters[index] = "a"
        else:
            letters[index] = free[0] if free else "a"


def _label_addresses(columns: Sequence[Column], letters: list[str]) -> None:
    """Tell host with port, host and, behind another address, the server's own address."""
    for index, column in enumerate(columns):
        if column.kind != "A" or letters[index]:
            continue
        if any(value.endswith(b")") for value in column.values):
            letters[index] = "r"
        else:
            letters[index] = "L" if {"h", "r"} & set(letters) else "h"
