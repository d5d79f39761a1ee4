"""What a recording does not tell, why, and what to do about it."""

from collections.abc import Callable, Iterator
from shlex import join

from aegis_cli.engine.masking import mask_passwords
from aegis_cli.model.facts.profiles import Ending
from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text
from aegis_cli.profiling.probe.start import UNSEEN
from aegis_cli.profiling.recording.frames import Payload
from aegis_cli.profiling.recording.run import ProcessRecording, Recording

_NO_PYTHON = Text(
    en="no Python recorded anything: none was started, or it leaves its environment aside",
    ko="기록한 Python이 없습니다. 시작되지 않았거나 환경 변수를 무시합니다",
)
_NO_PYTHON_HINT = Text(
    en="CPython 3.11 or newer is recorded; behind a launcher not with -I, -E or -S.",
    ko="CPython 3.11 이상이 기록됩니다. 다른 프로그램이 -I, -E, -S로 시작하면 기록되지 않습니다.",
)
_RUNNING = Text(
    en="still running when the program had ended; the rest of its work is not in the report",
    ko="프로그램이 끝난 뒤에도 실행 중이어서 이후 작업은 보고서에 없습니다",
)
_RUNNING_HINT = Text(
    en="Let the program wait for its children, or end them before it ends.",
    ko="프로그램이 자식 프로세스를 기다리거나 먼저 종료하게 하세요.",
)
_KILLED = Text(
    en="ended without a farewell, by a signal or a crash; up to its last 0.3 seconds are missing",
    ko="신호나 비정상 종료로 끝나 마지막 0.3초까지의 기록이 없을 수 있습니다",
)
_KILLED_HINT = Text(
    en="A program that handles SIGTERM and exits by itself is recorded to its end.",
    ko="SIGTERM을 처리하고 스스로 종료하는 프로그램은 끝까지 기록됩니다.",
)
_TRUNCATED = Text(
    en="its recording breaks off within a record",
    ko="기록이 레코드 중간에서 끊겼습니다",
)
_TRUNCATED_HINT = Text(
    en="Make room for temporary files: TMPDIR names another folder.",
    ko="임시 파일 공간을 확보하세요. TMPDIR로 다른 폴더를 지정할 수 있습니다.",
)


_DEAF = Text(
    en="a child that leaves its environment aside (-I, -E or -S) is not examined",
    ko="환경 변수를 무시하는(-I, -E, -S) 자식 프로세스는 분석하지 않습니다",
)
_DEAF_HINT = Text(
    en="Start it without these options, or profile it by itself: aegis profile -- python -I …",
    ko="이 옵션 없이 시작하거나 따로 프로파일하세요: aegis profile -- python -I …",
)


def lacks(recording: Recording, is_running: Callable[[int], bool]) -> Iterator[Skipped]:
    """Yield what is missing in a recording; `is_running` tells whether a process still is."""
    if not recording.processes:
        yield Skipped(subject="Python", reason=_NO_PYTHON, hint=_NO_PYTHON_HINT)
    for each in recording.processes:
        yield from _of_process(each, is_running)


def _of_process(recorded: ProcessRecording, is_running: Callable[[int], bool]) -> Iterator[Skipped]:
    process = recorded.process
    subject = f"process {process.pid}"
    if process.ending is Ending.UNTOLD:
        running = is_running(process.pid)
        yield Skipped(
            subject=subject,
            reason=_RUNNING if running else _KILLED,
            hint=_RUNNING_HINT if running else _KILLED_HINT,
        )
    if process.is_truncated:
        yield Skipped(subject=subject, reason=_TRUNCATED, hint=_TRUNCATED_HINT)
    if process.dropped_records:
        yield Skipped(
            subject=subject,
            reason=_dropped(process.dropped_records),
            hint=Text(en="Profile a shorter run.", ko="더 짧은 실행을 프로파일하세요."),
        )
    for payload in recorded.payloads(UNSEEN):
        yield Skipped(subject=_command_of(payload), reason=_DEAF, hint=_DEAF_HINT)
    for failure in recorded.failures:
        yield Skipped(
            subject=f"{subject}: {failure.part}",
            reason=Text(
                en=f"this part of the probe failed: {failure.error}",
                ko=f"프로브의 이 부분이 실패했습니다: {failure.error}",
            ),
            hint=Text(
                en="The program went on; please report this.",
                ko="프로그램은 계속 실행되었습니다. 이 문제를 알려 주세요.",
            ),
        )


def _command_of(payload: Payload) -> str:
    words = payload.get("arguments")
    line = join(map(str, words)) if isinstance(words, list) else ""
    return mask_passwords(" ".join(line.split()))


def _dropped(count: int) -> Text:
    return Text(
        en=f"{count} records found no room: the recording was full",
        ko=f"기록이 가득 차서 레코드 {count}개를 저장하지 못했습니다",
    )
