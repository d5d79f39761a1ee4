"""The finding of a query per row, in the words of the rule that listens for it."""

from dataclasses import dataclass

from aegis_cli.model.facts.source_code import RowCost, RowQuery
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.python._rows import is_in_command

_NEAR = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Sinks:
    """How a sink is called in a message."""

    en: str
    ko: str


def row_message(fact: RowQuery, sink: Sinks) -> Text:
    """Say what is read per row, and by what."""
    rows = fact.feed_model or fact.model or "the rows"
    rows_ko = fact.feed_model or fact.model or "각 행"
    match fact.cost:
        case RowCost.QUERY | RowCost.WRITE:
            return Text(
                en=f"{sink.en} queries {fact.model} for each row: {fact.call or 'a query'}",
                ko=f"{sink.ko} 행마다 {fact.model}을(를) 조회합니다: {fact.call or '쿼리'}",
            )
        case RowCost.DEFEATED:
            return Text(
                en=f"{sink.en} asks the database again for {fact.relation} of {rows}, which is "
                f"loaded ahead: {fact.call}",
                ko=f"{sink.ko} 미리 읽은 {rows_ko}의 {fact.relation}을(를) 행마다 다시 조회합니다: "
                f"{fact.call}",
            )
        case _:
            return Text(
                en=f"{sink.en} loads {fact.relation} of {rows} by a query of its own for each row",
                ko=f"{sink.ko} {rows_ko}의 {fact.relation}을(를) 행마다 쿼리 하나씩으로 읽습니다",
            )


def row_severity(fact: RowQuery) -> Severity:
    """Grade a lazy relation above a query that may be meant."""
    return Severity.MEDIUM if fact.cost is RowCost.QUERY else Severity.HIGH


def sink_confidence(fact: RowQuery) -> Confidence:
    """Return how sure it is that each row of a serializer or a list costs a query."""
    if not fact.is_certain or is_in_command(fact):
        return Confidence.LOW
    is_near = len(fact.places) <= _NEAR
    if fact.cost is RowCost.QUERY:
        return Confidence.LOW if fact.is_conditional or not is_near else Confidence.MEDIUM
    if fact.is_conditional and not is_near:
        return Confidence.LOW
    return Confidence.HIGH if is_near else Confidence.MEDIUM
