"""Turn the tables of a TOML case about a running program into facts."""

from aegis_cli.model.facts.event_loops import LoopStall
from aegis_cli.model.location import CodeLocation
from aegis_cli.testing.table import Table

_US_PER_MS = 1000


def loop_stall(table: Table) -> LoopStall:
    """Build a line that held the event loop; a `cpu_share` below 0 is unknown."""
    longest_ms = table.number("longest_ms", 100.0)
    cpu_share = table.number("cpu_share", 0.0)
    return LoopStall(
        pid=1,
        places=places(table),
        source=table.optional_text("source") or "",
        callee=table.optional_text("callee") or "",
        coroutine=table.optional_text("coroutine") or "",
        count=table.whole("count", 1),
        total_us=round(table.number("total_ms", longest_ms) * _US_PER_MS),
        longest_us=round(longest_ms * _US_PER_MS),
        cpu_share=None if cpu_share < 0 else cpu_share,
        is_moving=table.flag("is_moving", default=False),
    )


def places(table: Table) -> tuple[CodeLocation, ...]:
    """Build the user frames of `path`, `line` and `function`; an empty path means none."""
    path, line = table.optional_text("path"), table.whole("line", 10)
    function = table.optional_text("function") or "work"
    if path == "":  # nobody saw where it was
        return ()
    return (CodeLocation(path=path or "app.py", line=line, function=function),)
