"""Turn the tables of a TOML case about a running program into facts."""

from aegis_cli.model.code_origin import CodeOrigin
from aegis_cli.model.facts.allocations import AllocationSite, AllocationSnapshot
from aegis_cli.model.facts.connections import ConnectionsLeftOpen
from aegis_cli.model.facts.event_loops import AwaitLoop, LoopStall, TaskWait
from aegis_cli.model.facts.executions import Attribution
from aegis_cli.model.facts.memory import (
    CollectorUse,
    ContainerGrowth,
    CycleClass,
    ManualCollections,
)
from aegis_cli.model.facts.outgoing import Constructions
from aegis_cli.model.facts.samples import CodeFunction, SampledTime, StackFrame, StackTime
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
        delay_us=round(table.number("delay_ms", 0.0) * _US_PER_MS),
        is_moving=table.flag("is_moving", default=False),
    )


def task_wait(table: Table) -> TaskWait:
    """Build a place where tasks waited; `call` names what a loop around it awaits."""
    where = places(table)
    source, call = table.optional_text("source") or "", table.optional_text("call")
    loop = (
        None
        if call is None
        else AwaitLoop(place=where[0], source=source, target="item", items="items", call=call)
    )
    return TaskWait(
        pid=1,
        places=where,
        source=source,
        looks=table.whole("looks", 20),
        total_us=round(table.number("total_ms", 1000.0) * _US_PER_MS),
        awaits=table.whole("awaits", 10),
        most_by_one_task=table.whole("most_by_one_task", 10),
        most_at_once=table.whole("most_at_once", 1),
        loop=loop,
    )


def container_growth(table: Table) -> ContainerGrowth:
    """Build a container that was followed; without hits it is none that remembers results."""
    rate = table.number("early_per_s", 100.0)
    return ContainerGrowth(
        pid=1,
        name=table.optional_text("name") or "CACHE",
        module=table.optional_text("module") or "app",
        kind=table.optional_text("kind") or "dict",
        place=places(table)[0],
        source=table.optional_text("source") or "",
        is_added_in_function=table.flag("is_added_in_function", default=True),
        is_ever_emptied=table.flag("is_ever_emptied", default=False),
        entries_first=table.whole("entries_first", 100),
        entries_last=table.whole("entries_last", 12_000),
        span_s=table.number("span_s", 120.0),
        early_per_s=rate,
        late_per_s=table.number("late_per_s", rate),
        is_steady=table.flag("is_steady", default=True),
        hits=table.optional_whole("hits"),
        misses=table.optional_whole("misses"),
    )


def collector_use(table: Table) -> CollectorUse:
    """Build what the collector of a process did."""
    manual = tuple(_manual(each) for each in table.tables("manual"))
    own_us = round(table.number("own_ms", 0.0) * _US_PER_MS)
    return CollectorUse(
        pid=1,
        collections=(100, 10, 1),
        total_us=own_us + sum(each.total_us for each in manual),
        objects=table.whole("objects", 1000),
        process_us=round(table.number("process_ms", 10_000.0) * _US_PER_MS),
        manual=manual,
    )


def _manual(table: Table) -> ManualCollections:
    manual = ManualCollections(
        places=places(table),
        source=table.optional_text("source") or "gc.collect()",
        count=table.whole("count", 100),
        total_us=round(table.number("total_ms", 500.0) * _US_PER_MS),
        objects=table.whole("objects", 0),
    )
    table.finish()
    return manual


def cycle_class(table: Table) -> CycleClass:
    """Build a class whose objects died in reference cycles."""
    return CycleClass(
        pid=1,
        name=table.optional_text("name") or "app.Node",
        place=places(table)[0],
        looked_at=table.whole("looked_at", 100),
        found=table.whole("found", 80),
        collected_objects=table.whole("collected_objects", 50_000),
        collector_us=round(table.number("collector_ms", 300.0) * _US_PER_MS),
    )


def constructions(table: Table) -> Constructions:
    """Build what one line made again and again."""
    total_us = round(table.number("total_ms", 1.0) * _US_PER_MS)
    return Constructions(
        pid=1,
        places=places(table),
        source=table.optional_text("source") or "",
        what=table.text("what"),
        count=table.whole("count", 100),
        total_us=total_us,
        longest_us=total_us,
    )


def allocation_site(table: Table) -> AllocationSite:
    """Build a line with its memory in `sizes`, one snapshot a second."""
    count = table.whole("count", 10)
    snapshots = tuple(
        AllocationSnapshot(at_s=float(at), size_bytes=round(size), count=count)
        for at, size in enumerate(table.numbers("sizes"))
    )
    return AllocationSite(
        pid=1,
        location=places(table)[0],
        snapshots=snapshots,
        traced_peak_bytes=table.whole("traced_peak_bytes", 100_000_000),
    )


def stack_time(table: Table) -> StackTime:
    """Build the time of one thread in one function of the program."""
    place = places(table)[0]
    function = CodeFunction(
        path=place.path,
        name=place.function or "",
        first_line=place.line or 1,
        origin=CodeOrigin(table.optional_text("origin") or "user"),
    )
    return StackTime(
        pid=1,
        thread=table.text("thread"),
        frames=(StackFrame(function=function, line=table.whole("at", 11)),),
        time=SampledTime(
            looks=100,
            wall_us=round(table.number("wall_ms", 1000.0) * _US_PER_MS),
            cpu_us=round(table.number("cpu_ms", 500.0) * _US_PER_MS),
            resting_us=round(table.number("resting_ms", 0.0) * _US_PER_MS),
        ),
    )


def left_open(table: Table) -> ConnectionsLeftOpen:
    """Build the connections of one place; half of those left open were opened late."""
    left = table.whole("left_open", 40)
    where = places(table)
    return ConnectionsLeftOpen(
        pid=1,
        driver=table.optional_text("driver") or "psycopg2",
        database=table.optional_text("database") or "shop",
        attribution=Attribution(code=where[0] if where else None, callers=where[1:]),
        opened=table.whole("opened", left),
        left_open=left,
        opened_late=table.whole("opened_late", left // 2),
        span_us=round(table.number("span_ms", 10_000.0) * _US_PER_MS),
    )


def places(table: Table) -> tuple[CodeLocation, ...]:
    """Build the user frames of `path`, `line` and `function`; an empty path means none."""
    path, line = table.optional_text("path"), table.whole("line", 10)
    function = table.optional_text("function") or "work"
    if path == "":  # nobody saw where it was
        return ()
    return (CodeLocation(path=path or "app.py", line=line, function=function),)
