"""Where the configuration is: the nearest file upwards that has something to say to AEGIS."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from aegis_cli.model.errors import ConfigError

OWN_NAMES = ("aegis.toml", ".aegis.toml")
SHARED_NAME = "pyproject.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFile:
    """A file and the table in it that is ours."""

    path: Path
    table: Mapping[str, object]
    prefix: str
    """What stands before our keys in this file: `tool.aegis.` or nothing."""


def nearest_config(start: Path) -> ConfigFile | None:
    """Return the first configuration from `start` upwards, or None.

    Raises:
        ConfigError: a file that is ours, or names us, is not valid TOML.
    """
    for folder in (start, *start.parents):
        for path in _candidates(folder):
            found = _read(path)
            if found is not None:
                return found
    return None


def named_config(path: Path) -> ConfigFile:
    """Return the configuration of a file the user named.

    Raises:
        ConfigError: the file cannot be read, or has no table for us.
    """
    found = _read(path)
    if found is None:
        raise ConfigError(str(path), "no [tool.aegis] table", "Name a file that has one.")
    return found


def _candidates(folder: Path) -> Iterator[Path]:
    for name in (*OWN_NAMES, SHARED_NAME):
        path = folder / name
        if path.is_file():
            yield path


def _read(path: Path) -> ConfigFile | None:
    document = _parse(path)
    if path.name != SHARED_NAME:
        return ConfigFile(path=path, table=document, prefix="")
    tool = document.get("tool")
    table = tool.get("aegis") if isinstance(tool, dict) else None
    if table is None:
        return None
    if not isinstance(table, dict):
        raise ConfigError(str(path), "tool.aegis: expected a table")
    return ConfigFile(path=path, table=table, prefix="tool.aegis.")


def _parse(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(str(path), f"no valid TOML: {error}") from error
