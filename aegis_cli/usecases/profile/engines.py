"""Which profiler runs in the program, with which settings, and what came out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aegis_cli.engine.detector import AnyCollector
from aegis_cli.model.facts.engine_results import Clock, Engine
from aegis_cli.profiling.launch.engine_check import check_engine, folder_of
from aegis_cli.profiling.launch.injection import PARTS
from aegis_cli.profiling.recording.engines import (
    read_calls,
    read_lines,
    read_memory,
    read_threads,
)
from aegis_cli.profiling.recording.held_memory import read_sites
from aegis_cli.profiling.recording.pstats_file import write_pstats
from aegis_cli.profiling.recording.run import Recording
from aegis_cli.profiling.recording.tracked_memory import check_reader, read_tracked
from aegis_cli.usecases.profile.engine_sections import (
    FunctionTable,
    LineTable,
    MemoryLineTable,
    PeakTable,
    ThreadTable,
)
from aegis_cli.usecases.profile.held_memory import HeldMemoryTable
from aegis_cli.usecases.profile.source_lines import SourceLines

_FINE_INTERVAL_S = 0.001
_PART = "engines"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Package:
    """A profiler's name for pip, and the modules to import."""

    name: str
    modules: tuple[str, ...]


_PACKAGES = {
    Engine.LINE: _Package(name="line-profiler", modules=("line_profiler",)),
    Engine.MEMORY: _Package(name="memory-profiler", modules=("memory_profiler", "psutil")),
    Engine.MEMRAY: _Package(name="memray", modules=("memray",)),
    Engine.YAPPI: _Package(name="yappi", modules=("yappi", "_yappi")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRequest:
    """One engine with its settings."""

    engine: Engine = Engine.AUTO
    functions: tuple[tuple[str, str], ...] = ()
    """To watch: module, or absolute path of its file, and qualified name of function or class."""
    max_calls: int | None = None
    """Calls of each function that are watched; None for all."""
    clock: Clock = Clock.CPU
    """Of yappi; that of the others is given."""
    greenlets: bool = False
    """Let yappi part greenlets instead of threads."""
    pstats: Path | None = None
    """Where to keep what cProfile or yappi counted."""

    def check(self, command: Sequence[str]) -> None:
        """Make sure that the program's interpreter can import the engine, where it is known.

        Raises:
            SourceUnavailable: It cannot, or AEGIS itself cannot read what the engine writes.
        """
        if self.engine is Engine.MEMRAY:
            check_reader()
        package = _PACKAGES.get(self.engine)
        if package is not None:
            check_engine(command, package.modules, package.name)

    def keep(self, recording: Recording) -> None:
        """Write the file that was asked for.

        Raises:
            OutputError: The file cannot be written.
            SourceError: A recording cannot be read.
        """
        if self.pstats is not None:
            write_pstats(recording, self.pstats)

    def parts(self, folder: Path) -> Mapping[str, Mapping[str, object]]:
        """Return the parts of the probe for this engine; it alone runs, so that it is undisturbed.

        `folder` is that of the run, where an engine may put a file of its own.
        """
        match self.engine:
            case Engine.AUTO:
                return PARTS
            case Engine.SAMPLE:
                return {"sampler": {"interval_s": _FINE_INTERVAL_S}}
            case _:
                return {_PART: self._settings(folder)}

    def _settings(self, folder: Path) -> Mapping[str, object]:
        package = _PACKAGES.get(self.engine)
        return {
            "engine": self.engine.value,
            "folder": folder_of(package.modules[0]) if package is not None else "",
            "directory": str(folder),
            "functions": self.functions,
            "max_calls": self.max_calls,
            "clock": self.clock.value,
            "greenlets": self.greenlets,
        }


def engine_facts(recording: Recording, run_folder: Path, folder: str) -> Iterator[object]:
    """Yield what engines recorded; paths are relative to `folder` where facts are shown as such.

    Raises:
        SourceError: A recording cannot be read.
        SourceUnavailable: memray tracked memory, and is not installed beside AEGIS.
    """
    for each in recording.processes:
        yield from read_calls(each)
        yield from read_threads(each)
        yield from read_lines(each)
        yield from read_memory(each)
        yield from read_sites(each, folder)
    yield from read_tracked(run_folder)


def engine_collectors(folder: str) -> tuple[AnyCollector, ...]:
    """Return the tables of all engines; those without facts stay out of the report."""
    source = SourceLines(folder)
    return (
        FunctionTable(source),
        LineTable(source),
        MemoryLineTable(source),
        PeakTable(source),
        HeldMemoryTable(),
        ThreadTable(),
    )
