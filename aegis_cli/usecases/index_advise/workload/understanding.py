"""Bring a raw statement into the form in which it is merged and planned, or say why not."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from aegis_cli.model.facts.shapes import Shape
from aegis_cli.sqltext.fingerprint import fingerprint
from aegis_cli.sqltext.inner_query import inner_query
from aegis_cli.sqltext.plannable import single_statement
from aegis_cli.sqltext.scripts import read_script
from aegis_cli.sqltext.shape import shape_of
from aegis_cli.sqltext.substitution import executable, numbered_parameters, with_values
from aegis_cli.usecases.index_advise.workload.left_out import Reason
from aegis_cli.usecases.index_advise.workload.raw import KnownExecution, RawStatement

_FRAMES = frozenset(
    (
        *("TransactionStmt", "VariableSetStmt", "VariableShowStmt", "DiscardStmt"),
        *("FetchStmt", "ClosePortalStmt", "DeallocateStmt", "ConstraintsSetStmt"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """A statement that a planner can be asked about."""

    raw: RawStatement
    text: str
    """Parameters are `$n`, and the server would accept it."""
    fingerprint: str
    shape: Shape
    known: tuple[str, ...]
    """Texts with the values of some executions; a value that is not known is a parameter."""


def single_statements(raw: RawStatement) -> Iterator[RawStatement]:
    """Yield the statements of a text, of which a driver may send several at once.

    Their common time is nobody's own.
    """
    if ";" not in raw.text.rstrip().rstrip(";"):
        yield replace(raw, text=raw.text.rstrip().rstrip(";"))
        return
    found = read_script(raw.text).statements
    if len(found) == 1:
        yield replace(raw, text=found[0].text)
        return
    for each in found:
        # Values of `$n` belong to the extended protocol, which allows one statement only.
        known = (KnownExecution(text=each.text),) if raw.known else ()
        yield replace(raw, text=each.text, known=known, total_ms=None, rows=None)


def understand(raw: RawStatement) -> Understood | Reason:
    """Return a statement in the form to plan, or why it is left out."""
    text = plannable_text(raw.text)
    if text is None:
        return Reason.UNPARSED
    found = single_statement(text)
    if isinstance(found, str):
        return Reason.UNPARSED
    if not found.is_planned:
        return Reason.FRAME if found.node in _FRAMES else Reason.UTILITY
    shape = shape_of(text)
    if shape.touches_catalog_only:
        return Reason.CATALOG
    if not (shape.tables_read or shape.tables_written):
        return Reason.NO_TABLE
    return Understood(
        raw=raw,
        text=text,
        fingerprint=fingerprint(text).value,
        shape=shape,
        known=tuple(dict.fromkeys(_known_texts(raw))),
    )


def plannable_text(text: str) -> str | None:
    """Return the query in a text with its parameters as `$n`; None if that is ambiguous."""
    numbered = numbered_parameters(inner_query(text))
    return executable(numbered) if numbered is not None else None


def _known_texts(raw: RawStatement) -> Iterator[str]:
    for each in raw.known:
        text = plannable_text(each.text.rstrip().rstrip(";"))
        if text is not None and not isinstance(single_statement(text), str):
            yield with_values(text, each.values)
