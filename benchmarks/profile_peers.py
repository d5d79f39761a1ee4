"""How other profilers run a program: their own command lines, output kept in files."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TypeAlias

Command: TypeAlias = tuple[str, ...]
_TARGETS = ("-m", "-c")


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A profiler, and how it is told to run a program."""

    name: str
    distribution: str
    """Whose version is stated; empty for what comes with Python."""
    command: Callable[[Command, Command, Path], Command]
    """Takes the interpreter with its options, the target with its arguments, and a file."""
    targets: frozenset[str] = frozenset({"script"})
    """What it can run beside a script: `-m`, `-c`."""

    @property
    def version(self) -> str:
        """Return the installed version."""
        return metadata.version(self.distribution) if self.distribution else sys.version.split()[0]

    def can_run(self, target: Sequence[str]) -> bool:
        """Tell whether its command line has a place for such a target."""
        return (target[0] if target[0] in _TARGETS else "script") in self.targets


def taken_apart(words: Sequence[str]) -> tuple[Command, Command]:
    """Part interpreter options from the target; `-Ic` is two words."""
    options: list[str] = []
    rest = list(words)
    while rest and rest[0].startswith("-") and rest[0] not in {"-", *_TARGETS}:
        word = rest.pop(0)
        if not word.startswith(("-X", "-W")) and word[-1] in "mc" and len(word) > len("-m"):
            options.append(word[:-1])
            rest.insert(0, f"-{word[-1]}")
            break
        options.append(word)
        if word in {"-X", "-W"}:
            options.append(rest.pop(0))
    return tuple(options), tuple(rest)


def script_of(target: Sequence[str]) -> str:
    """Return what a target runs: the script, or the name behind `-m`."""
    return target[1] if target[0] in _TARGETS else target[0]


def _aegis(python: Command, target: Command, output: Path) -> Command:
    own = (sys.executable, "-m", "aegis_cli", "profile", "--output", str(output))
    has_options = len(python) > 1 or target[0] == "-"
    return (*own, "--", *python, *target) if has_options else (*own, *target)


def _cprofile(python: Command, target: Command, output: Path) -> Command:
    return (*python, "-m", "cProfile", "-o", str(output), *target)


def _kernprof(python: Command, target: Command, output: Path) -> Command:
    what = ("-p", script_of(target)) if target[0] != "-c" else ()
    return (*python, "-m", "kernprof", "-q", "-l", *what, "-o", str(output), *target)


def _memory_profiler(python: Command, target: Command, output: Path) -> Command:
    return (*python, "-m", "memory_profiler", "-o", str(output), *target)


def _yappi(python: Command, target: Command, output: Path) -> Command:
    return (*python, "-m", "yappi", "-o", str(output), *target)


def _pyinstrument(python: Command, target: Command, output: Path) -> Command:
    return (*python, "-m", "pyinstrument", "-o", str(output), *target)


def _scalene(python: Command, target: Command, output: Path) -> Command:
    first = target[:2] if target[0] in _TARGETS else target[:1]
    rest = target[len(first) :]
    return (*python, "-m", "scalene", "run", "-o", str(output), *first, "---", *rest)


def _memray(python: Command, target: Command, output: Path) -> Command:
    return (*python, "-m", "memray", "run", "-q", "-f", "-o", str(output), *target)


def _py_spy(python: Command, target: Command, output: Path) -> Command:
    tool = str(Path(sys.executable).with_name("py-spy"))
    return (tool, "record", "-f", "raw", "-o", str(output), "--", *python, *target)


_BOTH = frozenset({"script", "-m", "-c"})
AEGIS = Peer(name="aegis profile", distribution="aegis-perf", command=_aegis, targets=_BOTH)
PEERS = (
    Peer(name="cProfile", distribution="", command=_cprofile, targets=frozenset({"script", "-m"})),
    Peer(name="kernprof", distribution="line-profiler", command=_kernprof, targets=_BOTH),
    Peer(name="memory_profiler", distribution="memory-profiler", command=_memory_profiler),
    Peer(name="yappi", distribution="yappi", command=_yappi),
    Peer(name="pyinstrument", distribution="pyinstrument", command=_pyinstrument, targets=_BOTH),
    Peer(
        name="scalene",
        distribution="scalene",
        command=_scalene,
        targets=frozenset({"script", "-m"}),
    ),
    Peer(name="memray", distribution="memray", command=_memray, targets=_BOTH),
    Peer(name="py-spy", distribution="py-spy", command=_py_spy, targets=_BOTH),
)
