"""SQL that is sent to the twin, one file a statement."""

from functools import cache
from importlib.resources import files


@cache
def text_of(name: str) -> str:
    """Return the text of a file, named without its extension."""
    return files(__package__).joinpath(f"{name}.sql").read_text("utf-8")
