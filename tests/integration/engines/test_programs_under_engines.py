"""Programs print, end and see themselves under an engine as they do by themselves."""

import pytest

from tests.integration.engines.conftest import Workshop

ENGINES = {
    "sample": (),
    "cprofile": (),
    "line": ("--function", "main"),
    "memory": ("--function", "main"),
    "memray": (),
    "tracemalloc": (),
    "yappi": (),
}
PROGRAM = """
import os, sys
from subprocess import run

def main():
    print(sys.argv, sys.path, __name__, __file__, __spec__, sys.orig_argv[1:])
    print(sys.stdin.read(), sorted(os.environ), sys.getrecursionlimit())
    print(run([sys.executable, '-c', 'print(5)'], capture_output=True).stdout, flush=True)

main()
sys.stderr.write("careful\\n")
sys.exit(7)
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_a_program_runs_under_an_engine_as_by_itself(workshop: Workshop, engine: str) -> None:
    workshop.write("app.py", PROGRAM)

    bare = workshop.run("app.py", "--its", "words")
    profiled = workshop.profile("--engine", engine, *ENGINES[engine], "app.py", "--its", "words")

    assert (profiled.out, profiled.err, profiled.status) == (bare.stdout, bare.stderr, 7)
