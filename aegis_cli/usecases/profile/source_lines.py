"""Lines of the program's source for tables, and paths as people would type them."""

import tokenize

from aegis_cli.engine.masking import mask_passwords
from aegis_cli.profiling.recording.paths import shown_path

_LONGEST = 200
_LONGEST_FILE = 4 * 1024 * 1024


class SourceLines:
    """Reads source files once; a line that cannot be read is unknown."""

    def __init__(self, folder: str) -> None:
        """Show paths below this folder relative to it."""
        self._folder = folder
        self._files: dict[str, tuple[str, ...]] = {}

    def shown(self, path: str) -> str:
        """Return a path as people would type it."""
        return shown_path(path, self._folder)

    def text(self, path: str, number: int) -> str | None:
        """Return a line without the blanks around it, shortened."""
        lines = self._files.get(path)
        if lines is None:
            lines = self._files[path] = _read(path)
        if not 0 < number <= len(lines):
            return None
        return mask_passwords(lines[number - 1].strip()[:_LONGEST])


def _read(path: str) -> tuple[str, ...]:
    try:
        with tokenize.open(path) as file:
            return tuple(file.read(_LONGEST_FILE).splitlines())
    except (OSError, SyntaxError, UnicodeError):
        return ()
