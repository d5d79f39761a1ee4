"""Memory that was freed serves again without asking the system for it, in large pages."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

_PROGRAM = """
import json, resource, sys
import numpy as np
from aegis_cli.cli._memory import prepare_memory

if sys.argv[1] == "prepared":
    prepare_memory()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(50):
    # A larger array first: otherwise the C library itself learns to keep this size.
    held = [np.zeros(size, np.uint8) + 1 for size in (3 << 20, 2 << 20)]
    del held
print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before))
"""


def _page_faults(mode: str) -> int:
    command = [sys.executable, "-c", _PROGRAM, mode]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return int(json.loads(output))


@pytest.mark.skipif(sys.platform != "linux", reason="the settings are those of Linux")
def test_pages_are_fetched_once_and_not_with_every_array() -> None:
    kept, usual = _page_faults("prepared"), _page_faults("usual")

    assert kept <= usual
    # Four arrays at a time of at most 3 MiB in pages of 4 KiB, and some for the rest.
    assert kept < 10_000


_ASKED = """
from pathlib import Path
from aegis_cli.cli._memory import prepare_memory

prepare_memory()
for line in Path("/proc/self/smaps").read_text().splitlines():
    if line.startswith("VmFlags:"):
        print(*line.split()[1:])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the settings are those of Linux")
def test_the_heap_asks_for_large_pages() -> None:
    if not Path("/sys/kernel/mm/transparent_hugepage").exists():
        pytest.skip("this kernel has no transparent large pages")

    command = [sys.executable, "-c", _ASKED]
    flags = subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert any("hg" in each.split() for each in flags.splitlines())
