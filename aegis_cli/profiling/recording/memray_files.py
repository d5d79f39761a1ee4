"""Add up what files of memray hold, in a process of its own: `python -m … FILE…`.

memray reads in C++, where a file that was cut off can end the whole process.
Beside each file, its sums are written as JSON; a file without them could not be read.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import memray

SUMS = ".sums"
"""Ending of the files with the sums."""
OUTSIDE = ("(outside of Python)", "~", 0)
"""Name, path and line of what no Python code allocated."""


def main(paths: Sequence[str]) -> None:
    """Read the files one after the other; each is left as it is."""
    for path in paths:
        try:
            sums = sums_of(path)
        except (OSError, ValueError) as error:
            sys.stderr.write(f"{path}: {error}\n")
            continue
        Path(path + SUMS).write_text(json.dumps(sums), encoding="utf-8")
    # What ends after this has nothing more to tell, but may still fail in C++.
    os._exit(0)


def sums_of(path: str) -> dict[str, object]:
    """Return the totals, and what each line held at the high-water mark: bytes and blocks."""
    held: dict[tuple[str, str, int], list[int]] = {}
    with memray.FileReader(path) as reader:
        for record in reader.get_high_watermark_allocation_records(merge_threads=True):
            stack = record.stack_trace(max_stacks=1)
            sums = held.setdefault(stack[0] if stack else OUTSIDE, [0, 0])
            sums[0] += record.size
            sums[1] += record.n_allocations
        # The totals are known when the records have been read.
        metadata = reader.metadata
    return {
        "pid": metadata.pid,
        "peak_bytes": metadata.peak_memory,
        "allocations": metadata.total_allocations,
        "lines": [[*place, *sums] for place, sums in held.items()],
    }


if __name__ == "__main__":
    main(sys.argv[1:])
