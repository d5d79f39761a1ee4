"""Asks the twin's server for plans; no statement is ever run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg2

from aegis_cli.embedded.session import Session
from aegis_cli.indexing.planner import StatementNotPlanned
from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.sources.postgres.twin.lacks import first_line
from aegis_cli.sqltext.plannable import SingleStatement, single_statement

_GENERIC_SINCE = 16
_NAME = "aegis_generic"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """How EXPLAIN answers."""

    as_json: bool = True
    with_schemas: bool = False
    """Whether the plan names the schema of each table; it is longer then."""


class PlanAsker:
    """Puts EXPLAIN before statements that are known to be single and to have a plan."""

    def __init__(self, planner: Session, *, major: int) -> None:
        """Take a session of a role that owns the tables and is no superuser."""
        self._planner = planner
        self._major = major
        self._statements: dict[str, SingleStatement] = {}
        self.asked = 0

    def ask(self, statement: str, options: PlanOptions) -> object:
        """Return the plan of a statement: parsed JSON, or text.

        Raises:
            StatementNotPlanned: It is not one statement with a plan, or the server refuses it.
            SourceUnavailable: The twin's server is gone.
        """
        known = self._known(statement)
        self.asked += 1
        try:
            return self._answer(statement, known, options)
        except psycopg2.Error as error:
            if self._planner.is_closed:
                raise twin_is_gone(error) from error
            raise StatementNotPlanned("statement", first_line(error)) from error

    def _answer(self, statement: str, known: SingleStatement, options: PlanOptions) -> object:
        if not known.parameters:
            return self._explain(statement, options, is_generic=False)
        if self._major >= _GENERIC_SINCE:
            return self._explain(statement, options, is_generic=True)
        with self._prepared(statement) as execution:
            return self._explain(execution, options, is_generic=False)

    def _explain(self, statement: str, options: PlanOptions, *, is_generic: bool) -> object:
        words = [
            *(["GENERIC_PLAN"] if is_generic else []),
            *(["VERBOSE"] if options.with_schemas else []),
            f"FORMAT {'JSON' if options.as_json else 'TEXT'}",
        ]
        rows = self._planner.execute(f"EXPLAIN ({', '.join(words)}) {statement}")
        if options.as_json:
            return rows[0][0]
        return "\n".join(str(line) for (line,) in rows)

    @contextmanager
    def _prepared(self, statement: str) -> Iterator[str]:
        """Prepare a statement and yield the text that plans it for any parameters."""
        self._planner.execute(f"PREPARE {_NAME} AS {statement}")
        try:
            ((count,),) = self._planner.execute(
                "SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = %s",
                (_NAME,),
            )
            nulls = ", ".join(["NULL"] * int(str(count)))
            yield f"EXECUTE {_NAME}({nulls})"
        finally:
            if not self._planner.is_closed:
                self._planner.execute(f"DEALLOCATE {_NAME}")

    def _known(self, statement: str) -> SingleStatement:
        """Return what a text is, told by the parser once for each text."""
        known = self._statements.get(statement)
        if known is not None:
            return known
        found = single_statement(statement)
        if isinstance(found, str):
            raise StatementNotPlanned("statement", found)
        if not found.is_planned:
            raise StatementNotPlanned("statement", f"{found.node} has no plan to look at")
        self._statements[statement] = found
        return found


def twin_is_gone(error: psycopg2.Error) -> SourceUnavailable:
    """Return the error for a server that ended under our hands."""
    return SourceUnavailable(
        "planner twin",
        f"its server ended: {first_line(error)}",
        "Run the command again; if it ends again, look for a full disk (TMPDIR names another "
        "place) and for the kernel's out-of-memory log.",
    )
