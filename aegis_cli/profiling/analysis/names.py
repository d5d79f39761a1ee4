"""Name functions as one would write them in code."""

import re

from aegis_cli.model.facts.samples import CodeFunction

_LIBRARY = re.compile(r"[/\\](?:site-packages|dist-packages|python3\.\d+)[/\\](?!.*-packages)(.+)$")


def short_path(function: CodeFunction) -> str:
    """Return the path below the folder of libraries, such as `json/decoder.py`."""
    found = _LIBRARY.search(function.path)
    return found.group(1) if found else function.path


def dotted_name(function: CodeFunction) -> str:
    """Return module and qualified name, such as `json.decoder.JSONDecoder.decode`."""
    found = _LIBRARY.search(function.path)
    path = found.group(1) if found else function.path.rpartition("/")[2]
    if path.startswith("<frozen "):
        path = path.removeprefix("<frozen ").rstrip(">")
    module = path.removesuffix(".py").replace("\\", "/").removesuffix("/__init__").replace("/", ".")
    name = function.name
    return module if name == "<module>" else f"{module}.{name}"
