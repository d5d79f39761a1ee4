"""The configuration for a run: the file the user named, or the nearest one."""

from collections.abc import Sequence
from pathlib import Path

from aegis_cli.configuration.locate import named_config, nearest_config
from aegis_cli.configuration.parse import parse
from aegis_cli.configuration.values import Configuration


def load_configuration(named: Path | None, start: Path, commands: Sequence[str]) -> Configuration:
    """Return the configuration with every problem in it; without a file, an empty one.

    Raises:
        ConfigError: the file cannot be read at all.
    """
    file = named_config(named) if named is not None else nearest_config(start)
    return parse(file, commands) if file is not None else Configuration()
