"""AEG1201 itself: it has a detector for what planners say and one for what logs tell."""

from dataclasses import dataclass

from aegis_cli.engine.detector import Options
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text

RULE = Rule(
    code="AEG1201",
    name="missing-index",
    section="1.2",
    title=Text(en="An index that the workload lacks", ko="워크로드에 필요한데 없는 인덱스"),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingIndexOptions(Options):
    """How much must be gained."""

    min_saved_share: float = 0.005
    """Of the workload's cost."""
    high_saved_share: float = 0.25
    """From here on a missing index is of high severity."""
    min_rows_removed: int = 10_000
    """By the filter of one scan in a log's plan, where no planner was asked."""
    max_kept_share: float = 0.05
    """Of the rows that such a scan read; with more kept, scanning may be right."""
