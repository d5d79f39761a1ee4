"""Requests for verification, written short."""

from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, TableName
from aegis_cli.model.facts.verification import (
    IndexToBuild,
    StatementToTime,
    VerificationRequest,
)
from aegis_cli.sources.postgres.verification.limits import VerificationLimits

QUICK = VerificationLimits(time_budget_s=5.0, most_rounds=7, statement_s=10.0, lock_s=1.0)
BY_KIND = "SELECT * FROM plain WHERE kind = 5"
SLOW = "SELECT count(dear(id)) FROM plain WHERE kind < 50"


def index_on(table: str, *columns: str, is_expression: bool = False) -> IndexToBuild:
    """Return an index to build, named after its columns."""
    keys = tuple(IndexKey(text=each, is_expression=is_expression) for each in columns)
    definition = IndexDefinition(table=TableName(schema="public", name=table), keys=keys)
    return IndexToBuild(name=f"{table}_{columns[0]}_idx", definition=definition)


def request(*statements: str, creates: tuple[IndexToBuild, ...] = ()) -> VerificationRequest:
    """Return a request whose statements are named by their number."""
    return VerificationRequest(
        creates=creates or (index_on("plain", "kind"),),
        statements=tuple(
            StatementToTime(fingerprint=f"s{number}", text=text)
            for number, text in enumerate(statements, start=1)
        ),
    )
