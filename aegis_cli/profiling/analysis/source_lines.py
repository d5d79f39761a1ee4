"""Read the lines of source that a recording names."""

from pathlib import Path

from aegis_cli.model.location import CodeLocation

_MAX_BYTES = 5_000_000
_MAX_CHARS = 200


class SourceLines:
    """Reads each file once; what cannot be read has no lines."""

    def __init__(self, folder: Path) -> None:
        """Take relative paths as relative to a folder."""
        self._folder = folder
        self._files: dict[str, tuple[str, ...]] = {}

    def line(self, place: CodeLocation | None) -> str:
        """Return the text of a line without the space around it; empty if nobody knows."""
        if place is None or place.line is None:
            return ""
        lines = self.lines(place.path)
        return lines[place.line - 1].strip()[:_MAX_CHARS] if place.line <= len(lines) else ""

    def lines(self, path: str) -> tuple[str, ...]:
        """Return the lines of a file."""
        if path not in self._files:
            self._files[path] = _read(self._folder / path)
        return self._files[path]


def _read(path: Path) -> tuple[str, ...]:
    try:
        if not path.is_file() or path.stat().st_size > _MAX_BYTES:
            return ()
        return tuple(path.read_text(encoding="utf-8", errors="replace").splitlines())
    except OSError:  # it was there when the program ran
        return ()
