"""What a named profiler could not see, why, and what to do about it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from aegis_cli.model.facts.engine_results import Engine
from aegis_cli.model.facts.profiles import Ending
from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text
from aegis_cli.profiling.recording.engines import EngineNote, read_calls, read_notes
from aegis_cli.profiling.recording.run import Recording
from aegis_cli.profiling.recording.tracked_memory import unread_files
from aegis_cli.usecases.profile.engines import EngineRequest

_THREAD_START = "Thread._bootstrap_inner"

_NOT_DEFINED = Text(
    en="no such function was defined from Python source while the engine ran",
    ko="엔진이 실행되는 동안 이 이름의 함수가 Python 소스에서 정의되지 않았습니다",
)
_NOT_DEFINED_HINT = Text(
    en="Name it MODULE:QUALNAME as it is imported, __main__:NAME for the script; "
    "code given with -c cannot be watched.",
    ko="가져오는 이름대로 MODULE:QUALNAME으로, 스크립트는 __main__:NAME으로 지정하세요. "
    "-c로 준 코드는 볼 수 없습니다.",
)
_EXHAUSTED = Text(
    en="called more often than it was watched; the numbers are of the first calls",
    ko="관찰 한도보다 많이 호출되어 처음 호출들의 수치만 있습니다",
)
_EXHAUSTED_HINT = Text(
    en="Name it with --engine line --function to watch all of its calls.",
    ko="모든 호출을 보려면 --engine line --function으로 지정하세요.",
)
_MISSING_HINT = Text(
    en="Install the profiler for that interpreter.",
    ko="그 인터프리터에 프로파일러를 설치하세요.",
)
_ENDED_EARLY = Text(
    en="the program itself stopped it; what came afterwards is not in the report",
    ko="프로그램이 직접 중지하여 이후 내용은 보고서에 없습니다",
)
_ENDED_EARLY_HINT = Text(
    en="Profile the program without its own use of the same profiler.",
    ko="프로그램이 같은 프로파일러를 사용하지 않게 하고 실행하세요.",
)
_MIXED = Text(
    en="there were several threads, and this interpreter's cProfile keeps one stack for all of "
    "them: calls are counted, times of threads that take turns are mixed",
    ko="여러 스레드가 있었고 이 인터프리터의 cProfile은 스택 하나를 공유합니다. "
    "호출 수는 맞지만 번갈아 실행된 스레드의 시간은 섞입니다",
)
_MIXED_HINT = Text(en="--engine yappi parts threads.", ko="--engine yappi는 스레드를 구분합니다.")
_UNREAD = Text(
    en="memray cannot read what it wrote about this process",
    ko="memray가 이 프로세스에 대해 쓴 파일을 읽지 못했습니다",
)
_UNREAD_HINT = Text(
    en="Let processes come to their own end; the files of some that fork are damaged, too.",
    ko="프로세스가 스스로 끝나게 하세요. fork하는 프로세스의 파일이 손상되는 경우도 있습니다.",
)
_KILLED = Text(
    en="ended without a farewell, so its last numbers are missing: up to half of its time, and "
    "with yappi, or cprofile from Python 3.12 on, all",
    ko="정상 종료되지 않아 마지막 수치가 없습니다. 실행 시간의 절반까지, yappi와 Python 3.12 "
    "이상의 cprofile은 전부 빠질 수 있습니다",
)
_KILLED_HINT = Text(
    en="Let the process end by itself; a pool by close() and join() before it is terminated.",
    ko="프로세스가 스스로 끝나게 하세요. 풀은 terminate 전에 close()와 join()을 호출하세요.",
)
_ALWAYS_TOLD = frozenset({Engine.AUTO, Engine.SAMPLE, Engine.MEMRAY})
"""Engines whose results are kept all the time."""
_RESIDENT = Text(
    en="memory_profiler reads the resident memory of the whole process after each line: memory "
    "that is freed and used again does not show, other threads do, and a function called by a "
    "watched function counts for its line",
    ko="memory_profiler는 줄마다 프로세스 전체의 상주 메모리를 읽습니다. 해제 후 재사용된 메모리는 "
    "보이지 않고, 다른 스레드의 변화가 섞이며, 호출된 함수의 몫은 호출한 줄에 포함됩니다",
)
_RESIDENT_HINT = Text(
    en="--engine memray or tracemalloc counts the allocations themselves.",
    ko="--engine memray 또는 tracemalloc은 할당 자체를 셉니다.",
)


def engine_lacks(recording: Recording, request: EngineRequest) -> Iterator[Skipped]:
    """Yield what is missing in the results of an engine.

    Raises:
        SourceError: A recording cannot be read.
    """
    read = (read_notes(each) for each in recording.processes)
    notes = [each for each in read if each is not None]
    for note in notes:
        yield from _of_process(note)
    yield from _killed(recording, request)
    if any(note.missing is None for note in notes):
        yield from _not_defined(notes, request)
    yield from _unread(notes)
    if request.engine is Engine.MEMORY and notes:
        yield Skipped(subject="memory_profiler", reason=_RESIDENT, hint=_RESIDENT_HINT)
    if any(note.mixes_threads for note in notes) and _had_threads(recording):
        yield Skipped(subject="cprofile", reason=_MIXED, hint=_MIXED_HINT)


def _killed(recording: Recording, request: EngineRequest) -> Iterator[Skipped]:
    for each in recording.processes:
        if each.process.ending is Ending.UNTOLD and request.engine not in _ALWAYS_TOLD:
            subject = f"process {each.process.pid}: {request.engine}"
            yield Skipped(subject=subject, reason=_KILLED, hint=_KILLED_HINT)


def _not_defined(notes: Sequence[EngineNote], request: EngineRequest) -> Iterator[Skipped]:
    found = {each for note in notes for each in note.found}
    for place, name in request.functions:
        if (place, name) not in found:
            subject = f"{place}:{name}"
            yield Skipped(subject=subject, reason=_NOT_DEFINED, hint=_NOT_DEFINED_HINT)


def _unread(notes: Sequence[EngineNote]) -> Iterator[Skipped]:
    for folder in {Path(note.file).parent for note in notes if note.file is not None}:
        for path in unread_files(folder):
            yield Skipped(subject=path.name, reason=_UNREAD, hint=_UNREAD_HINT)


def _of_process(note: EngineNote) -> Iterator[Skipped]:
    subject = f"process {note.pid}: {note.engine}"
    if note.missing is not None:
        yield Skipped(subject=subject, reason=_missing(note), hint=_MISSING_HINT)
    if note.ended_early:
        yield Skipped(subject=subject, reason=_ENDED_EARLY, hint=_ENDED_EARLY_HINT)
    if note.nested:
        yield Skipped(subject=subject, reason=_nested(note.nested), hint=_ENDED_EARLY_HINT)
    for name in note.exhausted:
        yield Skipped(subject=name, reason=_EXHAUSTED, hint=_EXHAUSTED_HINT)


def _had_threads(recording: Recording) -> bool:
    return any(
        fact.function.name == _THREAD_START
        for each in recording.processes
        for fact in read_calls(each)
    )


def _missing(note: EngineNote) -> Text:
    return Text(
        en=f"{note.executable} cannot import it: {note.missing}",
        ko=f"{note.executable}에서 가져올 수 없습니다: {note.missing}",
    )


def _nested(times: int) -> Text:
    return Text(
        en=f"the program profiled itself {times} times; what it did meanwhile is not in the report",
        ko=f"프로그램이 스스로 {times}번 프로파일링했고, 그동안의 내용은 보고서에 없습니다",
    )
