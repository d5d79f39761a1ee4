"""Compare two commands by running them in turns, or two saved reports by what they hold."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shlex import join

from aegis_cli.engine.masking import mask_passwords
from aegis_cli.engine.progress import Progress
from aegis_cli.model.errors import SourceError
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Report, Section, Skipped
from aegis_cli.model.text import Text
from aegis_cli.usecases.compare.sections import comparison_section, findings_section, ratio_of
from aegis_cli.usecases.compare.tables import changes
from aegis_cli.usecases.compare.trials import Trial, run_once, turns
from aegis_cli.usecases.report import saved_report

COMMAND = "compare"
_JUDGED = ("elapsed_s", "cpu_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Two commands, and how often each is run.

    Attributes:
        runs: Measured runs of each command.
        warm_ups: Runs of each before these, which are not measured.
        explain: Whether each command is run once more under `aegis profile`, to say what changed.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    runs: int = 10
    warm_ups: int = 1
    explain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The report, and whether the runs were broken off by the user."""

    report: Report
    slowdown: float | None
    """By how much time grew at least, 0.05 for five percent; None where that is not shown."""
    is_interrupted: bool = False


def compare_commands(request: Request, clock: Callable[[], datetime], progress: Progress) -> Answer:
    """Run both commands in turns and tell whether the difference is real.

    Raises:
        SourceError: A command cannot be started, or fails.
    """
    started_at = clock()
    trials: tuple[list[Trial], list[Trial]] = ([], [])
    is_interrupted = _measure(request, trials, progress)
    sections = tuple(comparison_section(*trials))
    explained, lacks = _explained(request) if request.explain and not is_interrupted else ((), ())
    report = Report(
        command=COMMAND,
        inputs=tuple(mask_passwords(join(each)) for each in (request.before, request.after)),
        started_at=started_at,
        elapsed_s=(clock() - started_at).total_seconds(),
        sections=(*sections, *explained),
        skipped=lacks,
        partial=is_interrupted,
    )
    return Answer(report=report, slowdown=_slowdown(*trials), is_interrupted=is_interrupted)


def compare_reports(before: Path, after: Path, clock: Callable[[], datetime]) -> Answer:
    """Compare two reports saved as JSON; findings that only the second has are its findings.

    Raises:
        SourceError: One of them is no report.
    """
    started_at = clock()
    old, new = saved_report(before), saved_report(after)
    if old.command != new.command:
        reason = f"is a report of {new.command}, the other one of {old.command}"
        raise SourceError(str(after), reason, "Compare two reports of one command.")
    known = {each.identity for each in old.findings}
    report = Report(
        command=COMMAND,
        inputs=(str(before), str(after)),
        started_at=started_at,
        elapsed_s=(clock() - started_at).total_seconds(),
        findings=tuple(each for each in new.findings if each.identity not in known),
        sections=(*findings_section(old, new), *changes(old, new)),
        skipped=(_ONE_RUN_EACH,),
    )
    return Answer(report=report, slowdown=None)


def _measure(request: Request, trials: tuple[list[Trial], list[Trial]], progress: Progress) -> bool:
    """Make all runs; tell whether the user ended them early."""
    what = Text(en="running both", ko="두 명령 실행")
    progress.begin(what, 2 * (request.runs + request.warm_ups), Unit.COUNT)
    try:
        for _ in range(request.warm_ups):
            for command in (request.before, request.after):
                run_once(command)
                progress.advance(1)
        for is_after, run in turns(request.before, request.after, request.runs):
            trials[is_after].append(run())
            progress.advance(1)
    except KeyboardInterrupt:
        return True
    finally:
        progress.end()
    return False


def _explained(request: Request) -> tuple[tuple[Section, ...], tuple[Skipped, ...]]:
    """Run each command once under the profiler, and compare what that saw."""
    with tempfile.TemporaryDirectory(prefix="aegis-") as name:
        folder = Path(name)
        try:
            before = _profiled(request.before, folder / "before.json")
            after = _profiled(request.after, folder / "after.json")
        except SourceError as error:
            return (), (_unexplained(error),)
    return (*findings_section(before, after), *changes(before, after)), ()


def _profiled(command: Sequence[str], path: Path) -> Report:
    words = [sys.executable, "-m", "aegis_cli", "profile", "--format", "json", "--output"]
    subprocess.run(
        [*words, str(path), "--", *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return saved_report(path)


def _unexplained(error: SourceError) -> Skipped:
    return Skipped(
        subject="aegis profile",
        reason=Text(
            en=f"the commands could not be profiled: {error.reason}",
            ko=f"명령을 프로파일할 수 없습니다: {error.reason}",
        ),
        hint=Text(
            en="Run `aegis profile -- COMMAND` to see why.",
            ko="`aegis profile -- COMMAND`로 이유를 확인하세요.",
        ),
    )


def _slowdown(before: Sequence[Trial], after: Sequence[Trial]) -> float | None:
    found = [ratio_of(key, before, after) for key in _JUDGED]
    shown = [each.low - 1 for each in found if each is not None and each.is_higher]
    return max(shown, default=None)


_ONE_RUN_EACH = Skipped(
    subject="noise",
    reason=Text(
        en="each report is one run: how much such runs differ by themselves is not known",
        ko="보고서마다 실행은 한 번뿐이어서, 실행마다 얼마나 달라지는지는 알 수 없습니다",
    ),
    hint=Text(
        en="Compare the commands themselves: aegis compare -- 'BEFORE' 'AFTER'.",
        ko="명령 자체를 비교하세요: aegis compare -- 'BEFORE' 'AFTER'.",
    ),
)
