"""A project's files become records: from the cache where nothing changed, else by a walk."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import assert_never

from aegis_cli import __version__
from aegis_cli.codebase.facts import project_facts
from aegis_cli.codebase.file_kinds import FileKind
from aegis_cli.codebase.records import ModuleRecord
from aegis_cli.codebase.templates import template_name
from aegis_cli.codebase.visitors import Visitor, audiences
from aegis_cli.model.facts.source_code import BlockingPath, GivenUp, RowQuery, Sighting
from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text
from aegis_cli.sources.python_code.cache import RecordCache, content_key
from aegis_cli.sources.python_code.codec import Examined, RecordCodec, UnreadableRecord
from aegis_cli.sources.python_code.discovery import Found, SourceFile, find_files
from aegis_cli.sources.python_code.module_names import ModuleNames
from aegis_cli.sources.python_code.workers import Task, without_collection, work


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """How source is read."""

    jobs: int = 1
    with_tests: bool = False
    cache_folder: Path | None = None
    """Where records of earlier runs are kept; None for nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read of a project, and what it says."""

    found: Found
    examined: Examined
    from_cache: int
    """Files that were not parsed anew."""

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Return the files that could not be examined."""
        return tuple(_skipped(path, reason) for path, reason in self.examined.unread)

    def facts(self) -> Iterator[object]:
        """Yield what detectors are shown."""
        yield from self.examined.sightings
        yield from self.examined.row_queries
        yield from self.examined.blocking_paths


def read_project(
    paths: Sequence[str], visitors: Iterable[Visitor], options: ReadOptions
) -> Reading:
    """Read the Python files below paths; of files that all are as before, only what they said.

    Raises:
        SourceError: A path does not exist, or a worker process died.
    """
    found = find_files(paths, with_tests=options.with_tests)
    listeners = tuple(visitors)
    codec = RecordCodec()
    cache = _cache(paths, listeners, options)
    tasks = _tasks(found.files)
    keys = [_key(each) for each in tasks]
    whole = blake2b(b"".join(keys), digest_size=16).digest()
    known = cache.read_examined(codec, whole) if cache is not None else None
    if known is not None:
        return Reading(found=found, examined=known, from_cache=len(tasks))
    files = _Files(codec=codec, tasks=tasks, keys=keys, cache=cache)
    with without_collection():
        records, unread = files.read(listeners, options.jobs)
        examined = _examined(records)
    examined.unread = unread
    if cache is not None:
        cache.write_examined(codec, whole, examined)
    return Reading(found=found, examined=examined, from_cache=files.from_cache)


def _examined(modules: Sequence[ModuleRecord]) -> Examined:
    examined = Examined(files=len(modules), lines=sum(each.lines for each in modules))
    for module in modules:
        examined.failures.extend((module.path, failure) for failure in module.failures)
    for fact in project_facts(modules, _read_lines):
        match fact:
            case Sighting():
                examined.sightings.append(fact)
            case RowQuery():
                examined.row_queries.append(fact)
            case BlockingPath():
                examined.blocking_paths.append(fact)
            case GivenUp():
                examined.given_up.append(fact)
            case _:
                assert_never(fact)
    return examined


def _read_lines(path: str) -> tuple[str, ...]:
    try:
        return tuple(Path(path).read_text(encoding="utf-8", errors="replace").splitlines())
    except OSError:
        return ()


@dataclass(slots=True, kw_only=True)
class _Files:
    """The files of a project on their way to records."""

    codec: RecordCodec
    tasks: Sequence[Task]
    keys: Sequence[bytes]
    cache: RecordCache | None
    from_cache: int = 0

    def read(
        self, visitors: Sequence[Visitor], jobs: int
    ) -> tuple[list[ModuleRecord], list[tuple[str, str]]]:
        """Return the records in the order of files, and what could not be read with reasons."""
        known = self.cache.read(self.codec) if self.cache is not None else {}
        records = _decoded(self.codec, self.keys, known)
        self.from_cache = len(records)
        entries = {self.keys[number]: known[self.keys[number]] for number in records}
        unread: list[tuple[str, str]] = []
        missing = [each for each in self.tasks if each.number not in records]
        for done in work(missing, audiences(visitors), jobs):
            if done.record:
                entries[self.keys[done.number]] = done.record
                records[done.number] = self.codec.decode(done.record)
            else:
                unread.append((self.tasks[done.number].path, done.reason))
        if self.cache is not None and (missing or len(entries) < len(known)):
            self.cache.write(self.codec, entries)
        return [records[number] for number in sorted(records)], sorted(unread)


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
        Task(number=number, path=each.path, name=_name(each, names), kind=each.kind)
        for number, each in enumerate(files)
    ]


def _name(file: SourceFile, names: ModuleNames) -> str:
    return template_name(file.path) if file.kind is FileKind.TEMPLATE else names.of(file.path)


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
