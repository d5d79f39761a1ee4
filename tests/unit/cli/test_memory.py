"""Memory that was freed serves again without asking the system for it."""

import json
import subprocess
import sys

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
