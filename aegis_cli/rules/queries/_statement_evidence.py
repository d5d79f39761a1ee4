"""The evidence that findings about a single statement share."""

from aegis_cli.model.evidence import Evidence, measured
from aegis_cli.model.facts.executions import StatementProfile
from aegis_cli.model.quantity import Unit
from aegis_cli.rules.queries._wording import ms, sample, share_detail


def statement_evidence(fact: StatementProfile, *numbers: Evidence) -> tuple[Evidence, ...]:
    """Return calls and times of a statement, the rule's own numbers, and the statement."""
    times: tuple[Evidence, ...] = ()
    if fact.timed_calls:
        times = (
            measured("total_time", ms(fact.total_us), Unit.MS),
            measured("share", fact.share, Unit.RATIO, share_detail(fact)),
            measured("p95", ms(fact.p95_us), Unit.MS),
        )
    return (
        measured("executions", fact.calls, Unit.CALLS),
        *times,
        *numbers,
        sample("statement", fact.statement),
    )
