"""Describe the machine and the programs a result was measured with."""

import os
import platform
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path


def describe_machine() -> dict[str, str]:
    """Collect what a reader needs to judge a number, and the programs that logs are read with."""
    return {
        **describe_host(),
        "numpy": metadata.version("numpy"),
        "pglast": metadata.version("pglast"),
        "pgbadger": _output("pgbadger", "--version"),
        "perl": _output("perl", "-e", "print $^V"),
    }


def describe_host() -> dict[str, str]:
    """Collect what a reader needs to judge any number."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "load before": " ".join(f"{load:.2f}" for load in os.getloadavg()),
        "memory": _memory(),
        "system": platform.platform(),
        "python": sys.version.split()[0],
        "aegis": metadata.version("aegis-perf"),
    }


def _processor() -> str:
    found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return found[1] if found else platform.processor()


def _memory() -> str:
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return f"{pages * size / 2**30:.1f} GiB"


def _output(*command: str) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.strip()
