"""Runs of the command that tests watch, end early, and search for remains."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

DEADLINE_S = 60.0
_POLL_S = 0.02
_PRIVATE_NAMES = "aegis-postgres-*"
_FORGED_FILES = "base/*/3?????????"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A temporary directory that one run has for itself."""

    path: Path

    def remains(self) -> list[str]:
        """Return what is left of the run: files here, and processes that know the place."""
        files = [str(each) for each in self.path.iterdir()]
        return files + [f"process {pid}: {name}" for pid, name in self._processes()]

    def is_clean(self) -> bool:
        """Tell whether nothing is left."""
        return not self.remains()

    def twin_pid(self) -> int | None:
        """Return the process of the twin once its tables have the sizes of the target's."""
        for status in self.path.glob(f"{_PRIVATE_NAMES}/data/postmaster.pid"):
            with suppress(OSError):
                if any(status.parent.glob(_FORGED_FILES)):
                    return int(status.read_text("ascii").split("\n")[0])
        return None

    def _processes(self) -> Iterator[tuple[int, str]]:
        mark = os.fsencode(self.path)
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                texts = [(folder / each).read_bytes() for each in ("cmdline", "environ")]
                if any(mark in each for each in texts) or _is_in(folder / "cwd", self.path):
                    yield int(folder.name), texts[0].replace(b"\0", b" ").decode("utf-8", "replace")


@contextmanager
def private_place() -> Iterator[Place]:
    """Give a directory that a server under another account can reach, too."""
    # pytest's own directories are private to the user of the tests.
    with tempfile.TemporaryDirectory(prefix="aegis-test-", dir="/tmp") as name:
        path = Path(name)
        path.chmod(0o755)
        yield Place(path=path)


@contextmanager
def started(
    *arguments: str | Path,
    place: Place,
    prefix: Sequence[str] = (),
    stdin: str = "",
    stderr: int = subprocess.PIPE,
) -> Iterator[subprocess.Popen[str]]:
    """Start the command with a JSON report, and end it in any case."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AEGIS_")}
    process = subprocess.Popen(
        [*prefix, sys.executable, "-m", "aegis_cli", "index-advise", "--format", "json"]
        + [str(each) for each in arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        env={**kept, "AEGIS_LANG": "en", "TMPDIR": str(place.path)},
    )
    assert process.stdin is not None
    process.stdin.write(stdin)
    process.stdin.close()
    process.stdin = None
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_until(condition: Callable[[], object]) -> bool:
    """Wait until a condition holds, and tell whether it came to that."""
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    return True


def _is_in(link: Path, path: Path) -> bool:
    return link.readlink().is_relative_to(path)
