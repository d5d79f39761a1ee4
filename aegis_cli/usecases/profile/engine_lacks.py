"""What a named profiler could not see, why, and what to do about it."""

from collections.abc import Iterator

from aegis_cli.model.facts.engine_results import Engine
from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text
from aegis_cli.profiling.recording.engines import EngineNote, read_calls, read_notes
from aegis_cli.profiling.recording.run import Recording
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
    if any(note.missing is None for note in notes):
        found = {each for note in notes for each in note.found}
        for place, name in request.functions:
            if (place, name) not in found:
                yield Skipped(
                    subject=f"{place}:{name}", reason=_NOT_DEFINED, hint=_NOT_DEFINED_HINT
                )
    if request.engine is Engine.MEMORY and notes:
        yield Skipped(subject="memory_profiler", reason=_RESIDENT, hint=_RESIDENT_HINT)
    if any(note.mixes_threads for note in notes) and _had_threads(recording):
        yield Skipped(subject="cprofile", reason=_MIXED, hint=_MIXED_HINT)


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
