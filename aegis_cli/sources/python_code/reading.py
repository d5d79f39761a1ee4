"""A project's files become records: from the cache where nothing changed, else by a walk."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from aegis_cli import __version__
from aegis_cli.codebase.records import ModuleRecord
from aegis_cli.codebase.visitors import Visitor, audiences
from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text
from aegis_cli.sources.python_code.cache import RecordCache, content_key
from aegis_cli.sources.python_code.codec import RecordCodec, UnreadableRecord
from aegis_cli.sources.python_code.discovery import Found, SourceFile, find_files
from aegis_cli.sources.python_code.module_names import ModuleNames
from aegis_cli.sources.python_code.workers import Task, work


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """How source is read."""

    jobs: int = 1
    with_tests: bool = False
    cache_folder: Path | None = None
    """Where records of earlier runs are kept; None for nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read of a project."""

    modules: tuple[ModuleRecord, ...]
    """In the order of their paths."""
    found: Found
    skipped: tuple[Skipped, ...]
    from_cache: int


def read_project(
    paths: Sequence[str], visitors: Iterable[Visitor], options: ReadOptions
) -> Reading:
    """Read the Python files below paths.

    Raises:
        SourceError: A path does not exist, or a worker process died.
    """
    found = find_files(paths, with_tests=options.with_tests)
    listeners = tuple(visitors)
    codec = RecordCodec()
    cache = _cache(paths, listeners, options)
    known = cache.read(codec) if cache is not None else {}
    tasks = _tasks(found.files)
    keys = [_key(each) for each in tasks]
    records = _decoded(codec, keys, known)
    from_cache = len(records)
    entries = {keys[number]: known[keys[number]] for number in records}
    skipped: list[Skipped] = []
    missing = [each for each in tasks if each.number not in records]
    for done in work(missing, audiences(listeners), options.jobs):
        if done.record:
            entries[keys[done.number]] = done.record
            records[done.number] = codec.decode(done.record)
        else:
            skipped.append(_skipped(found.files[done.number].path, done.reason))
    if cache is not None and (missing or len(entries) < len(known)):
        cache.write(codec, entries)
    return Reading(
        modules=tuple(records[number] for number in sorted(records)),
        found=found,
        skipped=tuple(sorted(skipped, key=lambda each: each.subject)),
        from_cache=from_cache,
    )


def _decoded(
    codec: RecordCodec, keys: Sequence[bytes], known: Mapping[bytes, bytes]
) -> dict[int, ModuleRecord]:
    """Return the cached record of each file that has one, by the file's number."""
    records: dict[int, ModuleRecord] = {}
    for number, key in enumerate(keys):
        data = known.get(key)
        if data is not None:
            # A damaged record is made anew.
            with suppress(UnreadableRecord):
                records[number] = codec.decode(data)
    return records


def _tasks(files: Sequence[SourceFile]) -> list[Task]:
    names = ModuleNames()
    return [
        Task(number=number, path=each.path, name=names.of(each.path), kind=each.kind)
        for number, each in enumerate(files)
    ]


def _key(task: Task) -> bytes:
    try:
        with open(task.path, "rb") as file:  # noqa: PTH123  # a Path per file costs more than this
            content = file.read()
    except OSError:
        return b""
    return content_key(task.path, f"{task.kind}\0{task.name}", content)


def _cache(
    paths: Sequence[str], visitors: Sequence[Visitor], options: ReadOptions
) -> RecordCache | None:
    if options.cache_folder is None:
        return None
    project = "\0".join(str(Path(each).absolute()) for each in paths)
    return RecordCache(options.cache_folder, project, _version(visitors))


def _version(visitors: Sequence[Visitor]) -> str:
    """Return what records depend on besides the files: our own code and the rules that look."""
    digest = blake2b(__version__.encode(), digest_size=16)
    own = Path(__file__).parents[2]
    files = {Path(each.look.__code__.co_filename) for each in visitors}
    files.update((own / "codebase").rglob("*.py"))
    files.update((own / "rules" / "python").glob("*.py"))
    for path in sorted(files):
        if path.is_file():
            digest.update(path.read_bytes())
    digest.update("\0".join(sorted(each.rule for each in visitors)).encode())
    return digest.hexdigest()


def _skipped(path: str, reason: str) -> Skipped:
    return Skipped(
        subject=path,
        reason=Text(en=f"not examined: {reason}", ko=f"분석하지 못했습니다: {reason}"),
        hint=Text(
            en="Run AEGIS with a Python at least as new as the project's, or exclude the file.",
            ko="프로젝트와 같거나 더 새로운 Python으로 AEGIS를 실행하거나, 이 파일을 제외하세요.",
        ),
    )
