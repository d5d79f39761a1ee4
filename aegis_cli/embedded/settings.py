"""Server settings written as a PostgreSQL configuration file."""

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from aegis_cli.model.errors import UsageError

SettingValue: TypeAlias = str | int | float | bool
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*\Z")


def render_settings(settings: Mapping[str, SettingValue]) -> str:
    """Return the text of a configuration file, one quoted setting a line.

    Raises:
        UsageError: When a name or a value cannot be written in such a file.
    """
    return "".join(f"{_name(name)} = '{_value(name, settings[name])}'\n" for name in settings)


def write_settings(path: Path, settings: Mapping[str, SettingValue]) -> None:
    """Replace the file in one step, readable for the server's own account."""
    text = render_settings(settings)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix="settings-")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
        # The directory is private; the file may belong to root and be read by another.
        os.fchmod(stream.fileno(), 0o644)
    Path(temporary).replace(path)


def _name(name: str) -> str:
    if not _NAME.match(name):
        raise UsageError("server settings", f"{name!r} is not the name of a setting")
    return name


def _value(name: str, value: SettingValue) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    text = str(value)
    if "\n" in text or "\0" in text:
        raise UsageError("server settings", f"the value of {name} holds a line break or NUL")
    return text.replace("\\", "\\\\").replace("'", "''")
