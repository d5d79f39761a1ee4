"""The top of what each profiler left in its output file, as text."""

import json
import marshal
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

_INSTALLED = re.compile(r"(?:/[\w.+-]+)+/(?=site-packages/|lib/python|benchmarks/|microblog/)")
"""Where things are on the machine of the measurement."""
_TOP = 6
_PYINSTRUMENT_LINES = 26


def saying(profiler: str, output: Path) -> str:
    """Return an excerpt of a profiler's result as Markdown."""
    read = _READERS.get(profiler)
    found = output if output.exists() else output.with_suffix(".json")  # scalene names it so
    if read is None or not found.exists():
        return "Nothing."
    return _INSTALLED.sub("", read(found))


def _aegis(output: Path) -> str:
    """Quote every finding with the first line of its change."""
    findings = json.loads(output.read_text("utf-8"))["findings"]
    lines = []
    for each in findings:
        rule = each["rule"] if isinstance(each["rule"], str) else each["rule"]["code"]
        lines.append(f"- `{rule}` {each['message']}\n  *{each['fix']['summary']}*")
    return "\n".join(lines)


def _stats(output: Path) -> str:
    """Quote the functions with the most own time of a file that `pstats` reads."""
    table = marshal.loads(output.read_bytes())  # noqa: S302  # we have just written it
    rows = ((entry[2], f"{path}:{line} {name}") for (path, line, name), entry in table.items())
    return _table(rows, "s")


def _lines(output: Path) -> str:
    """Quote the lines with the most time of line_profiler."""
    code = (
        "import json, sys, line_profiler\n"
        "stats = line_profiler.load_stats(sys.argv[1])\n"
        "print(json.dumps([[time * stats.unit, f'{place[0]}:{line}']\n"
        "    for place, lines in stats.timings.items() for line, _, time in lines]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(output)], check=True, capture_output=True, text=True
    )
    return _table(((seconds, place) for seconds, place in json.loads(done.stdout)), "s")


def _text(output: Path) -> str:
    text = output.read_text("utf-8").strip().splitlines()
    return _quoted(line.rstrip() for line in text[:_PYINSTRUMENT_LINES])


def _scalene(output: Path) -> str:
    """Quote the lines with the greatest share of processor time, and of memory."""
    files: Mapping[str, Mapping[str, list[Mapping[str, float]]]] = json.loads(
        output.read_text("utf-8")
    )["files"]
    rows = [
        (
            line["n_cpu_percent_python"] + line["n_cpu_percent_c"] + line["n_sys_percent"],
            f"{path}:{line['lineno']:g}",
        )
        for path, each in files.items()
        for line in each["lines"]
    ]
    return _table(rows, "%")


def _memray(output: Path) -> str:
    command = [sys.executable, "-m", "memray", "stats", "-n", str(_TOP), str(output)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    start = next((n for n, line in enumerate(lines) if "largest allocating" in line), 0)
    return _quoted(line for line in lines[start : start + _TOP + 1])


def _collapsed(output: Path) -> str:
    """Quote the innermost frames that were seen most."""
    counted: Counter[str] = Counter()
    for line in output.read_text("utf-8").splitlines():
        stack, _, count = line.rpartition(" ")
        counted[stack.rpartition(";")[2]] += int(count)
    return _table(((float(count), frame) for frame, count in counted.items()), "samples")


def _table(rows: Iterable[tuple[float, str]], unit: str) -> str:
    top = sorted(rows, reverse=True)[:_TOP]
    return _quoted(f"{value:8.3g} {unit}  {what}" for value, what in top)


def _quoted(lines: Iterable[str]) -> str:
    return "\n".join(("```text", *lines, "```"))


_READERS: Mapping[str, Callable[[Path], str]] = {
    "aegis profile": _aegis,
    "cProfile": _stats,
    "kernprof": _lines,
    "yappi": _stats,
    "pyinstrument": _text,
    "scalene": _scalene,
    "memray": _memray,
    "py-spy": _collapsed,
}
