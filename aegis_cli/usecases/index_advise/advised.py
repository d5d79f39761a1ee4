"""What looking at one database brought, whichever it was."""

from dataclasses import dataclass

from aegis_cli.model.facts.index_advice import Advice, TableHealth
from aegis_cli.model.facts.index_workload import IndexWorkload
from aegis_cli.model.report import Section, Skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Advised:
    """Everything a report is made of."""

    advice: Advice | None
    """None where nothing was searched: no statement, or no database."""
    workload: IndexWorkload
    health: tuple[TableHealth, ...] = ()
    observations: tuple[object, ...] = ()
    """Facts for rules that need neither advice nor a table."""
    skipped: tuple[Skipped, ...] = ()
    sections: tuple[Section, ...] = ()
    """Sections beside those of advice and coverage, such as measurements."""
    server: str = ""
    version: str = ""
    answered_by: str = ""
    tables: int | None = None
    statistics_age_s: float | None = None
    is_interrupted: bool = False
