"""AEG1403: a row is written in each round of a loop."""

from collections.abc import Iterator

from aegis_cli.engine.detector import Detector
from aegis_cli.model.facts.source_code import RowCost, RowQuery
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text
from aegis_cli.rules.python._rows import (
    is_in_command,
    row_evidence,
    row_identity,
    row_locations,
)

RULE = Rule(
    code="AEG1403",
    name="write-in-loop",
    section="1.4",
    title=Text(en="Rows written one by one", ko="한 행씩 쓰는 반복문"),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)

_CAUTIONS = {
    "save": Text(
        en="The model has a save() of its own, which a write in bulk does not call.",
        ko="이 모델에는 자체 save()가 있으며, 일괄 쓰기는 이를 호출하지 않습니다.",
    ),
    "signals": Text(
        en="Receivers listen to its signals, which a write in bulk does not send.",
        ko="이 모델의 시그널을 받는 함수가 있으며, 일괄 쓰기는 시그널을 보내지 않습니다.",
    ),
}
_LINKS = frozenset(("add()", "aadd()", "remove()", "aremove()"))


class WriteInLoop(Detector[RowQuery]):
    """Listen for rows that are created, saved, deleted or linked in a loop."""

    rule = RULE
    consumes = RowQuery

    def observe(self, fact: RowQuery) -> Iterator[Finding]:
        """Report each place that writes one row per round."""
        if fact.cost is not RowCost.WRITE:
            return
        yield self.finding(
            message=_message(fact),
            identity=row_identity(fact),
            locations=row_locations((fact,)),
            evidence=row_evidence((fact,)),
            impact=Impact(basis=Basis.HEURISTIC),
            fix=Fix(
                summary=_summary(fact),
                kind=FixKind.ADVICE,
                text=_change(fact),
                recheck=self.context.recheck,
            ),
            confidence=_confidence(fact),
        )


def _confidence(fact: RowQuery) -> Confidence:
    is_plain = len(fact.places) == 1 and not fact.is_conditional and not is_in_command(fact)
    # A row that is used at once, or decides by itself how it is stored, is seldom written in bulk.
    is_bulk = fact.call in {"create()", "acreate()"}
    is_sure = fact.is_certain and is_plain and is_bulk
    return Confidence.MEDIUM if is_sure and not fact.is_used else Confidence.LOW


def _message(fact: RowQuery) -> Text:
    return Text(
        en=f"each round of the loop writes {fact.model or 'a row'} with a statement of its own: "
        f"{fact.call}",
        ko=f"반복할 때마다 {fact.model or '행'}을(를) 쿼리 하나씩으로 씁니다: {fact.call}",
    )


def _summary(fact: RowQuery) -> Text:
    cautions = [_CAUTIONS[each] for each in fact.cautions if each in _CAUTIONS]
    return Text(
        en=" ".join(["Collect the rows and write them together.", *(each.en for each in cautions)]),
        ko=" ".join(["행을 모아 한 번에 쓰세요.", *(each.ko for each in cautions)]),
    )


def _change(fact: RowQuery) -> str:
    model = fact.model or "Model"
    if fact.call in _LINKS:
        relation = fact.relation.rpartition(".")[2] or "relation"
        return f"parent.{relation}.add(*rows)  # or bulk_create of the rows of the link table"
    if fact.call in {"save()", "asave()", "update()"}:
        return f'{model}.objects.bulk_update(rows, ["field"], batch_size=1000)'
    if fact.call in {"delete()", "adelete()"}:
        return f"{model}.objects.filter(pk__in=keys).delete()"
    return (
        f"{model}.objects.bulk_create(rows, batch_size=1000)"
        "  # calls neither save() nor signals, see the page of the rule"
    )
