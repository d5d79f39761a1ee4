"""Find out, before the program runs, whether its interpreter can import a profiler."""

import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.profiling.launch.interpreter import read_invocation
from aegis_cli.profiling.probe import engine_loading

_TRIAL = (
    "import runpy, sys; runpy.run_path(sys.argv[1])['import_profiler'](sys.argv[3:], sys.argv[2])"
)
_TIMEOUT_S = 60


def folder_of(module: str) -> str:
    """Return the folder that AEGIS itself would import a module from; empty if there is none."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        return ""
    path = Path(spec.origin)
    return str(path.parents[1] if spec.submodule_search_locations else path.parent)


def check_engine(command: Sequence[str], modules: Sequence[str], package: str) -> None:
    """Try to import a profiler as the probe will, in the interpreter that the command names.

    A command that is no interpreter starts one that nobody knows yet; the probe tells then.

    Raises:
        SourceUnavailable: It cannot be imported; says what to install, and for whom.
    """
    invocation = read_invocation(command)
    if invocation is None or not modules:
        return
    folder = folder_of(modules[0])
    python = invocation.options[0]
    if folder and python == sys.executable:
        return
    words = (*invocation.options, "-c", _TRIAL, engine_loading.__file__, folder, *modules)
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return  # the program will not start either, and says so better
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        told = last.partition(f"{engine_loading.MissingEngine.__name__}: ")[2] or last
        hint = f"Install it for that interpreter: {python} -m pip install {package}"
        raise SourceUnavailable(package, f"{python} cannot import it: {told}", hint)
