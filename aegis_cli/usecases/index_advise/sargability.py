"""Conditions that hide their column from an ordinary index, with what the planner pays for them."""

import re
from collections.abc import Iterable, Iterator, Mapping

from aegis_cli.indexing.tables import TableBook
from aegis_cli.model.facts.accesses import Condition, TableAccess
from aegis_cli.model.facts.catalog import Table
from aegis_cli.model.facts.index_advice import Advice, SargabilityObservation, StatementOutcome
from aegis_cli.model.facts.index_workload import IndexWorkload, WorkloadStatement
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey
from aegis_cli.model.facts.shapes import Operand
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.model.location import CodeLocation

_PATTERNS = frozenset(("LIKE", "ILIKE", "~~", "~~*"))
_COMPARISONS = frozenset(("=", "<", "<=", ">", ">=", "IN", "= ANY", "BETWEEN", "IS NULL"))
_CONSTANTS = (Operand.VALUE, Operand.LIST, Operand.EXPRESSION)
_WILDCARD = re.compile(r"E?'[%_]")
_TRIGRAMS = "trgm"
# The server adds casts and parentheses when it spells an expression.
_NOISE = re.compile(r"::[a-z_ ]+(?:\([\d, ]*\))?|[()\s\"]", re.IGNORECASE)
_WORD = re.compile(r'"((?:[^"]|"")+)"|([A-Za-z_]\w*)')
_LITERAL = re.compile(r"'(?:[^']|'')*'")


def hidden_columns(
    workload: IndexWorkload,
    advice: Advice,
    snapshot: Snapshot,
    models: Mapping[str, CodeLocation],
) -> Iterator[SargabilityObservation]:
    """Yield each condition that is the only one on its table and that no plain index serves.

    `models` is keyed by unqualified table name.
    """
    looker = _Looker(snapshot, advice, models)
    outcomes = {each.fingerprint: each for each in advice.statements}
    for statement in workload.statements:
        outcome = outcomes.get(statement.fingerprint)
        if outcome is not None:
            yield from looker.look(statement, outcome)


class _Looker:
    """Looks through statements, with the indexes that exist or are proposed at hand."""

    def __init__(
        self, snapshot: Snapshot, advice: Advice, models: Mapping[str, CodeLocation]
    ) -> None:
        """Remember everything that conditions are judged by."""
        self._server = snapshot.server
        self._book = TableBook(snapshot)
        self._advice = advice
        self._models = models

    def look(
        self, statement: WorkloadStatement, outcome: StatementOutcome
    ) -> Iterator[SargabilityObservation]:
        """Yield the hidden columns of one statement, each once."""
        seen: set[tuple[str, str]] = set()
        for access in statement.access.tables:
            name = self._book.find(access.table)
            table = self._book.facts(name).table if name is not None else None
            hidden = hidden_condition(access)
            column = None if table is None or hidden is None else _column_of(hidden, table)
            if table is None or hidden is None or column is None:
                continue
            if (access.table, column) not in seen:
                seen.add((access.table, column))
                yield self._observation(table, hidden, column, outcome)

    def _observation(
        self, table: Table, hidden: Condition, column: str, outcome: StatementOutcome
    ) -> SargabilityObservation:
        total = self._advice.search.cost_before
        return SargabilityObservation(
            server=self._server,
            fingerprint=outcome.fingerprint,
            normalized=outcome.normalized,
            table=str(table.name),
            column=column,
            expression=hidden.expression or column,
            operator=hidden.operator,
            calls=outcome.calls,
            cost=outcome.cost_before,
            cost_share=outcome.calls * outcome.cost_before / total if total > 0 else 0.0,
            has_leading_wildcard=_is_open_pattern(hidden),
            expression_index=self._index_for(table, hidden, column),
            model=self._models.get(table.name.name),
        )

    def _index_for(self, table: Table, hidden: Condition, column: str) -> str | None:
        """Return the index that serves the condition as it is, existing or proposed."""
        existing = ((each.name, each.definition) for each in table.indexes if each.is_valid)
        proposed = (
            (each.name, each.definition)
            for each in self._advice.creates
            if each.definition.table == table.name
        )
        return _serving((*existing, *proposed), hidden, column)


def hidden_condition(access: TableAccess) -> Condition | None:
    """Return a condition that hides its column, where no other one of the table can use an index.

    A join counts as such: the table is then reached through its key.
    """
    if access.joins or any(map(_is_usable, access.conditions)):
        return None
    return next(filter(_is_hidden, access.conditions), None)


def _is_usable(condition: Condition) -> bool:
    is_plain = condition.column is not None and not condition.in_or
    is_prefix = condition.operator in _PATTERNS and not _is_open_pattern(condition)
    return is_plain and (condition.operator in _COMPARISONS or is_prefix)


def _is_hidden(condition: Condition) -> bool:
    if condition.in_or or condition.operand not in _CONSTANTS:
        return False
    is_compared = condition.operator in _COMPARISONS | _PATTERNS
    return (condition.expression is not None and is_compared) or _is_open_pattern(condition)


def _is_open_pattern(condition: Condition) -> bool:
    """Tell whether a bare column is matched with a pattern that begins with a wildcard."""
    constant = condition.constant or ""
    is_pattern = condition.column is not None and condition.operator in _PATTERNS
    return is_pattern and _WILDCARD.match(constant) is not None


def _column_of(hidden: Condition, table: Table) -> str | None:
    """Return the first column of the table that the hidden side names."""
    if hidden.column is not None:
        return hidden.column
    bare = _LITERAL.sub(" ", hidden.expression or "")
    for word in _WORD.finditer(bare):
        name = word[1].replace('""', '"') if word[1] else word[2].lower()
        if table.column(name) is not None:
            return name
    return None


def _serving(
    indexes: Iterable[tuple[str, IndexDefinition]], hidden: Condition, column: str
) -> str | None:
    wanted = _without_noise(hidden.expression) if hidden.expression else None
    for name, definition in indexes:
        if any(_serves(key, wanted, column) for key in definition.keys[:1]):
            return name
    return None


def _serves(key: IndexKey, wanted: str | None, column: str) -> bool:
    if wanted is None:
        return key.text == column and _TRIGRAMS in (key.operator_class or "")
    return key.is_expression and _without_noise(key.text) == wanted


def _without_noise(expression: str) -> str:
    return _NOISE.sub("", expression).lower()
