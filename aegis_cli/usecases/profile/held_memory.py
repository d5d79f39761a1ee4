"""The table of the lines that hold memory, those that hold ever more first."""

from collections.abc import Iterable

from aegis_cli.engine.detector import Collector
from aegis_cli.model.facts.allocations import AllocationSite
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Cell, Section, titled_column, titled_datum
from aegis_cli.model.text import Text

SECTION = "held-memory"
_MAX_ROWS = 1000


class HeldMemoryTable(Collector[AllocationSite]):
    """Lists what lines hold at the end, and how much more that is than at the first look."""

    consumes = AllocationSite

    def __init__(self) -> None:
        """Start without lines."""
        self._sites: list[AllocationSite] = []

    def observe(self, fact: AllocationSite) -> None:
        """Take one line of one process."""
        self._sites.append(fact)

    def finish(self) -> Iterable[Section]:
        """Yield the table, if allocations were traced."""
        if not self._sites:
            return
        ranked = sorted(
            self._sites, key=lambda each: (each.growth_bytes, each.size_bytes), reverse=True
        )
        yield Section(
            id=SECTION,
            title=Text(en="Memory held by line", ko="줄별 보유 메모리"),
            data=(
                titled_datum(
                    "traced_peak_bytes",
                    "Most that was traced",
                    "추적된 최대",
                    max(each.traced_peak_bytes for each in self._sites),
                    Unit.BYTES,
                ),
                titled_datum(
                    "looks",
                    "Looks at most",
                    "최대 확인 횟수",
                    max(len(each.snapshots) for each in self._sites),
                    Unit.COUNT,
                ),
            ),
            columns=_COLUMNS,
            rows=tuple(_row(each) for each in ranked[:_MAX_ROWS]),
        )


_COLUMNS = (
    titled_column("place", "Place", "위치"),
    titled_column("size_bytes", "At the end", "종료 시", Unit.BYTES),
    titled_column("growth_bytes", "Growth", "증가", Unit.BYTES),
    titled_column("blocks", "Blocks", "블록", Unit.COUNT),
    titled_column("peak_bytes", "At most", "최대", Unit.BYTES),
    titled_column("pid", "Process", "프로세스"),
)


def _row(site: AllocationSite) -> tuple[Cell, ...]:
    path, line = site.location.path, site.location.line
    return (
        path if line is None else f"{path}:{line}",
        site.size_bytes,
        site.growth_bytes if len(site.snapshots) > 1 else None,
        site.count,
        site.peak.size_bytes,
        site.pid,
    )
