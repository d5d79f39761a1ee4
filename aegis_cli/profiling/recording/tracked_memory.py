"""Read the file that memray wrote about a process."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aegis_cli.model.errors import SourceError, SourceUnavailable
from aegis_cli.model.facts.engine_results import CountedFunction, PeakMemory, TrackedMemory
from aegis_cli.profiling.probe import engine_memray

if TYPE_CHECKING:
    import memray

_PROBE = str(Path(engine_memray.__file__).parent)
_INSTALL = "Install it beside AEGIS: pip install 'aegis-perf[memray]'."


def read_tracked(folder: Path) -> Iterator[TrackedMemory]:
    """Yield what was tracked in each process; a forked one has a file of its own.

    Raises:
        SourceError: A file is incomplete, or of another version of memray.
        SourceUnavailable: memray is not installed beside AEGIS.
    """
    paths = sorted(folder.glob(f"*{engine_memray.SUFFIX}*"))
    if not paths:
        return
    try:
        import memray  # noqa: PLC0415  # an extra, and large
    except ImportError as error:
        raise SourceUnavailable("memray", "cannot be imported by AEGIS", _INSTALL) from error
    for path in paths:
        try:
            reader = memray.FileReader(path)
            yield _tracked(reader)
        except (OSError, ValueError) as error:
            raise SourceError(path.name, f"memray cannot read what it wrote: {error}") from error


def _tracked(reader: "memray.FileReader") -> TrackedMemory:
    """Add up the blocks alive at the high-water mark by the line that allocated them."""
    sums: dict[CountedFunction, list[int]] = {}
    for record in reader.get_high_watermark_allocation_records(merge_threads=True):
        place = _place(record.stack_trace(max_stacks=1))
        if place.path.startswith(_PROBE):
            continue
        held = sums.setdefault(place, [0, 0])
        held[0] += record.size
        held[1] += record.n_allocations
    metadata = reader.metadata
    return TrackedMemory(
        pid=metadata.pid,
        peak_bytes=metadata.peak_memory,
        allocations=metadata.total_allocations,
        lines=tuple(
            PeakMemory(place=place, size_bytes=size, blocks=blocks)
            for place, (size, blocks) in sums.items()
        ),
    )


def _place(stack: Sequence[tuple[str, str, int]]) -> CountedFunction:
    """Return the innermost frame; what runs outside of Python has none."""
    if not stack:
        return CountedFunction(path="~", line=0, name="(outside of Python)")
    name, path, line = stack[0]
    return CountedFunction(path=path, line=line, name=name)
