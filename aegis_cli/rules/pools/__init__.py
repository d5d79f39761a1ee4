"""Rules over connections: slots, pools, who waits for whom, and what our role may not see."""

from collections.abc import Sequence

from aegis_cli.engine.detector import AnyDetector
from aegis_cli.hooks.specs import hookimpl


@hookimpl
def aegis_detectors() -> Sequence[type[AnyDetector]]:
    """Return this bundle's detectors; some rules have one for each sort of facts."""
    from aegis_cli.rules.pools.blocking_chain import BlockingChain
    from aegis_cli.rules.pools.fleet_exceeds_server import FleetExceedsServer
    from aegis_cli.rules.pools.not_visible import NotVisible
    from aegis_cli.rules.pools.pool_saturated import PoolSaturated, ServerFull
    from aegis_cli.rules.pools.pool_size_mismatch import PoolSizeMismatch

    return (
        PoolSaturated,
        ServerFull,
        FleetExceedsServer,
        PoolSizeMismatch,
        BlockingChain,
        NotVisible,
    )
