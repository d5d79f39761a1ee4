"""Who brought a rule or a plugin, so that a failure can name its owner."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aegis_cli import __version__

DISTRIBUTION = "aegis-perf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A plugin's name, its distribution and the version of that distribution."""

    plugin: str
    distribution: str
    version: str

    def __str__(self) -> str:
        """Return `plugin (distribution version)`."""
        return f"{self.plugin} ({self.distribution} {self.version})"


BUILT_IN = Origin(plugin="aegis", distribution=DISTRIBUTION, version=__version__)

NO_ORIGINS: Mapping[str, Origin] = MappingProxyType({})
"""No owner known for any rule code; the built-in distribution is assumed."""
