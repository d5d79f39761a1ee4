"""Collapsed stacks: one line each, frames parted by `;`, then processor time in microseconds.

The format of Brendan Gregg's flamegraph.pl, which speedscope and inferno read as well.
"""

from collections import Counter
from collections.abc import Sequence

from aegis_cli.model.facts.samples import StackTime
from aegis_cli.profiling.exports.labels import label, thread_label


def collapsed(stacks: Sequence[StackTime]) -> bytes:
    """Return the stacks that had processor time, the same ones added up."""
    counted: Counter[str] = Counter()
    for stack in stacks:
        if stack.time.cpu_us > 0:
            names = (thread_label(stack), *(label(each.function) for each in stack.frames))
            counted[";".join(map(_clean, names))] += stack.time.cpu_us
    return "".join(f"{path} {cpu_us}\n" for path, cpu_us in sorted(counted.items())).encode()


def _clean(name: str) -> str:
    """Keep a name from being read as two frames or two lines."""
    return " ".join(name.replace(";", ",").split())
