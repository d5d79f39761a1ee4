"""The interpreters of this machine that programs can be profiled with."""

import subprocess
import sys
from functools import cache
from pathlib import Path
from shutil import which

OLDEST, NEWEST = 11, 14
_VERSION = "import sys; print(sys.implementation.name, '%d.%d' % sys.version_info[:2])"


@cache
def pythons() -> dict[str, str]:
    """Return one interpreter per version, the one that runs the tests first among them."""
    found = {f"3.{sys.version_info.minor}": sys.executable}
    for minor in range(OLDEST, NEWEST + 1):
        for candidate in _candidates(minor):
            if f"3.{minor}" not in found and _tells(candidate) == f"cpython 3.{minor}":
                found[f"3.{minor}"] = candidate
    return found


def _candidates(minor: int) -> list[str]:
    on_path = which(f"python3.{minor}")
    managed = Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python3.{minor}")
    return [*map(str, sorted(managed)), *([on_path] if on_path else [])]


def _tells(python: str) -> str:
    done = subprocess.run([python, "-c", _VERSION], check=False, capture_output=True, text=True)
    return done.stdout.strip()
