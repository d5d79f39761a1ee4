"""AEG3206: threads that compute at the same time, though one interpreter serves them all."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from aegis_cli.engine.detector import Detector, Options, RunContext
from aegis_cli.engine.options import narrow
from aegis_cli.model.code_origin import CodeOrigin
from aegis_cli.model.evidence import measured
from aegis_cli.model.facts.samples import StackTime
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.location import CodeLocation
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration
from aegis_cli.model.text import Text
from aegis_cli.rules.runtime._code import lines, ms, spoken, stable_name

RULE = Rule(
    code="AEG3206",
    name="cpu-work-in-threads",
    section="3.2",
    title=Text(en="Threads that compute share one interpreter", ko="스레드로 나눈 CPU 작업"),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
)

_COMPUTING_SHARE = 0.1
"""A stack that has less of the processor waits for something else than the interpreter."""
_LINES = 2
"""Python code is seen on several lines; a call into C, which may run beside others, on one."""
_ONE_INTERPRETER = 1.25
"""Processor time / time of several threads that take turns, with room for inexact clocks."""

_Function = tuple[str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuWorkInThreadsOptions(Options):
    """When threads are in each other's way."""

    min_threads: int = 2
    """Threads of a process that compute the same."""
    min_cpu_ms: float = 500.0
    """Processor time of these threads together."""
    min_waiting_share: float = 0.3
    """Time in which they were ready and did not run / time in which they computed or were ready."""


@dataclass(slots=True)
class _Work:
    threads: set[str] = field(default_factory=set)
    lines: set[int] = field(default_factory=set)
    cpu_us: int = 0
    wall_us: int = 0
    longest_us: dict[str, int] = field(default_factory=dict)


class CpuWorkInThreads(Detector[StackTime]):
    """Listen for a function in which several threads run at once, each only part of the time."""

    rule = RULE
    consumes = StackTime
    options_type = CpuWorkInThreadsOptions

    def __init__(self, options: Options, context: RunContext) -> None:
        """Start without work; memory is bounded by the program's functions and threads."""
        super().__init__(options, context)
        self._work: dict[tuple[int, _Function], _Work] = {}

    def observe(self, fact: StackTime) -> Iterator[Finding]:
        """Add a stack in which a thread computed to the innermost function of the user's."""
        user = [each for each in fact.frames if each.function.origin is CodeOrigin.USER]
        time = fact.time
        busy_us = time.wall_us - time.resting_us
        if user and time.cpu_us >= _COMPUTING_SHARE * busy_us:
            frame = user[-1]
            key = frame.function.path, frame.function.name, frame.function.first_line
            work = self._work.setdefault((fact.pid, key), _Work())
            work.threads.add(fact.thread)
            work.lines.add(frame.line)
            work.cpu_us += time.cpu_us
            work.wall_us += busy_us
            spent = work.longest_us.get(fact.thread, 0)
            work.longest_us[fact.thread] = spent + busy_us
        yield from ()

    def finish(self) -> Iterator[Finding]:
        """Report functions whose threads together had about one processor."""
        options = narrow(self._options, CpuWorkInThreadsOptions)
        for (_, function), work in self._work.items():
            if len(work.threads) < options.min_threads or ms(work.cpu_us) < options.min_cpu_ms:
                continue
            if len(work.lines) < _LINES:
                continue
            waiting = 1 - work.cpu_us / work.wall_us
            is_shared = work.cpu_us <= _ONE_INTERPRETER * max(work.longest_us.values())
            if waiting >= options.min_waiting_share and is_shared:
                yield self._report(function, work, waiting)

    def _report(self, function: _Function, work: _Work, waiting: float) -> Finding:
        path, name, line = function
        place = CodeLocation(path=path, line=line, function=name)
        cpu, waited = duration(ms(work.cpu_us)), duration(ms(work.wall_us - work.cpu_us))
        count = len(work.threads)
        return self.finding(
            message=Text(
                en=f"{count} threads compute in {name} ({spoken(place)}) at once: {cpu} of "
                f"processor time in all, and {waited} waiting for each other's interpreter",
                ko=f"스레드 {count}개가 {name}({spoken(place)})에서 동시에 계산합니다. CPU 시간은 "
                f"모두 {cpu}이고 인터프리터를 서로 기다린 시간이 {waited}입니다",
            ),
            identity=stable_name(place),
            locations=(place,),
            evidence=(
                measured("threads", count, Unit.COUNT),
                measured("cpu", ms(work.cpu_us), Unit.MS, "of all of them"),
                measured("time", ms(work.wall_us), Unit.MS, "of all of them, running or ready"),
                measured("waiting_share", waiting, Unit.RATIO, "ready, but not running"),
            ),
            impact=Impact(
                basis=Basis.HEURISTIC,
                time_saved_ms=ms(max(work.longest_us.values())) * (1 - 1 / count),
            ),
            fix=Fix(
                summary=Text(
                    en="Compute in processes: threads of one interpreter take turns.",
                    ko="프로세스로 나눠 계산합니다. 한 인터프리터의 스레드는 번갈아 실행됩니다.",
                ),
                kind=FixKind.ADVICE,
                text=lines(
                    "with ProcessPoolExecutor() as pool:  # instead of ThreadPoolExecutor",
                    f"    results = pool.map({name.rpartition('.')[2]}, items, chunksize=16)",
                    "# threads help where code waits, or computes in C without the interpreter",
                    "# (numpy, zlib, hashlib), and on a free-threaded build of Python",
                ),
                recheck=self.context.recheck,
            ),
        )
