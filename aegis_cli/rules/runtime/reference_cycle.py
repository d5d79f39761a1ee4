"""AEG4303: objects that refer to each other, so that only the collector frees them."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import measured
from aegis_cli.model.facts.memory import CycleClass
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration, percent
from aegis_cli.model.text import Text
from aegis_cli.rules.runtime._code import lines, ms

RULE = Rule(
    code="AEG4303",
    name="reference-cycle",
    section="4.3",
    title=Text(en="Objects in reference cycles", ko="순환 참조 객체"),
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceCycleOptions(Options):
    """When cycles are worth breaking."""

    min_objects: int = 10_000
    """Objects that the collector found in the process, of all classes."""
    min_share: float = 0.2
    """Objects of the class that only the collector freed / objects that were looked at."""
    min_looked_at: int = 20
    """Objects of the class that were looked at."""


class ReferenceCycle(Detector[CycleClass]):
    """Listen for classes whose objects are freed by the collector, many of them."""

    rule = RULE
    consumes = CycleClass
    options_type = ReferenceCycleOptions

    def observe(self, fact: CycleClass) -> Iterator[Finding]:
        """Report a class whose objects keep each other alive."""
        options = narrow(self._options, ReferenceCycleOptions)
        if fact.collected_objects < options.min_objects or fact.looked_at < options.min_looked_at:
            return
        if fact.share < options.min_share:
            return
        yield self.finding(
            message=_message(fact),
            identity=(fact.name,),
            locations=(fact.place,),
            evidence=(
                measured("looked_at", fact.looked_at, Unit.COUNT, "young objects of the class"),
                measured("freed_by_collector", fact.found, Unit.COUNT, "of these"),
                measured("collected", fact.collected_objects, Unit.COUNT, "of all classes"),
                measured("collector_time", ms(fact.collector_us), Unit.MS, "for all classes"),
            ),
            impact=Impact(basis=Basis.HEURISTIC),
            fix=_fix(fact, self.context.recheck),
        )


def _message(fact: CycleClass) -> Text:
    share, spent = percent(fact.share), duration(ms(fact.collector_us))
    return Text(
        en=f"{share} of {fact.looked_at:,} objects of {fact.name} that were looked at were freed "
        f"only by the collector: they refer to each other. It freed "
        f"{fact.collected_objects:,} objects in all, in {spent}",
        ko=f"확인한 {fact.name} 객체 {fact.looked_at:,}개 중 {share}가 서로를 참조해 가비지 "
        f"컬렉터만이 해제했습니다. 컬렉터는 모두 {fact.collected_objects:,}개를 {spent} 동안 "
        "해제했습니다",
    )


def _fix(fact: CycleClass, recheck: str) -> Fix:
    own = fact.name.rpartition(".")[2]
    return Fix(
        summary=Text(
            en="Refer weakly to what already holds the object: its parent, owner or listener.",
            ko="객체를 이미 가지고 있는 부모, 소유자, 리스너는 약한 참조로 가리킵니다.",
        ),
        kind=FixKind.ADVICE,
        text=lines(
            f"class {own}:",
            "    def __init__(self, parent):",
            "        self._parent = weakref.ref(parent)  # instead of parent itself",
            "",
            "    @property",
            "    def parent(self):",
            "        return self._parent()",
            "# or, where an object is finished with: take it apart (self.children.clear())",
            "# an exception that is kept holds its frames: keep str(error), or del error",
        ),
        recheck=recheck,
    )
