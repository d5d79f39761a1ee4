"""Rules over running programs: where the processor, the memory and the waiting go."""

from collections.abc import Sequence

from aegis_cli.engine.detector import AnyDetector
from aegis_cli.hooks.specs import hookimpl


@hookimpl
def aegis_detectors(command: str | None = None) -> Sequence[type[AnyDetector]]:
    """Return this bundle's detectors; logs hold nothing for them."""
    if command == "explain-queries":
        return ()
    from aegis_cli.rules.runtime.allocation_hot_spot import AllocationHotSpot
    from aegis_cli.rules.runtime.collector_pressure import CollectorPressure
    from aegis_cli.rules.runtime.connection_leak import ConnectionLeak
    from aegis_cli.rules.runtime.construction_in_loop import ConstructionInLoop
    from aegis_cli.rules.runtime.cpu_work_in_threads import CpuWorkInThreads
    from aegis_cli.rules.runtime.event_loop_blocked import EventLoopBlocked
    from aegis_cli.rules.runtime.growing_allocation_site import GrowingAllocationSite
    from aegis_cli.rules.runtime.hot_function import HotFunction
    from aegis_cli.rules.runtime.hot_line import HotLine
    from aegis_cli.rules.runtime.quadratic_building import QuadraticBuilding
    from aegis_cli.rules.runtime.reference_cycle import ReferenceCycle
    from aegis_cli.rules.runtime.sequential_await import SequentialAwait
    from aegis_cli.rules.runtime.unbounded_cache import UnboundedCache

    return (
        HotFunction,
        HotLine,
        EventLoopBlocked,
        SequentialAwait,
        CpuWorkInThreads,
        ConnectionLeak,
        ConstructionInLoop,
        QuadraticBuilding,
        AllocationHotSpot,
        UnboundedCache,
        ReferenceCycle,
        GrowingAllocationSite,
        CollectorPressure,
    )
