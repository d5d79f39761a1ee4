"""The evidence and names that findings about log events share."""

from aegis_cli.model.evidence import Evidence, measured
from aegis_cli.model.facts.log_events import EventProfile
from aegis_cli.model.quantity import Unit
from aegis_cli.rules.queries._wording import sample, tables


def event_evidence(fact: EventProfile, *numbers: Evidence) -> tuple[Evidence, ...]:
    """Return the count, the rule's own numbers and the statement where it is known."""
    shown = () if fact.statement is None else (sample("statement", fact.statement),)
    return (measured("entries", fact.count, Unit.COUNT), *numbers, *shown)


def event_identity(fact: EventProfile) -> tuple[str, ...]:
    """Return the stable names of an event: its message and the statement's fingerprint."""
    return (fact.message, fact.statement.fingerprint if fact.statement else "-")


def event_subject(fact: EventProfile) -> str:
    """Return what an event is about, for a message."""
    return tables(fact.statement) if fact.statement else fact.message
