"""AEG5301: a function that takes much of the program's processor time."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.code_origin import CodeOrigin
from aegis_cli.model.evidence import Evidence, measured
from aegis_cli.model.facts.hot_spots import FunctionTime
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.location import CodeLocation
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration, percent
from aegis_cli.model.text import Text
from aegis_cli.rules.runtime._code import ms

RULE = Rule(
    code="AEG5301",
    name="hot-function",
    section="5.3",
    title=Text(
        en="A function that takes much of the processor time", ko="CPU 시간을 많이 쓰는 함수"
    ),
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HotFunctionOptions(Options):
    """How much of the processor time a function must take."""

    min_share: float = 0.25
    """Of the run's processor time, with the library code that it calls."""
    min_cpu_ms: float = 200.0
    """Some forty looks: with fewer the share is a guess."""
    max_line_share: float = 0.6
    """Of the function; where one line takes more, AEG5302 speaks of that line."""
    medium_share: float = 0.5
    """From here on the severity is medium."""


class HotFunction(Detector[FunctionTime]):
    """Listen for functions of the program's own code."""

    rule = RULE
    consumes = FunctionTime
    options_type = HotFunctionOptions

    def observe(self, fact: FunctionTime) -> Iterator[Finding]:
        """Report a function whose time is spread over its lines."""
        options = narrow(self._options, HotFunctionOptions)
        cpu_ms = ms(fact.charged_time.cpu_us)
        is_own = fact.function.origin is CodeOrigin.USER
        is_spread = fact.hottest_line_share <= options.max_line_share
        if not is_own or not is_spread or cpu_ms < options.min_cpu_ms:
            return
        if fact.cpu_share < options.min_share:
            return
        function = fact.function
        place = CodeLocation(path=function.path, line=function.first_line, function=function.name)
        hottest = f"{function.path}:{fact.hottest_line}"
        where = f"{hottest}  # {percent(fact.hottest_line_share)} of {function.name}"
        yield self.finding(
            message=_message(fact),
            identity=(function.path, function.name),
            locations=(place,),
            evidence=_evidence(fact),
            # How much less it could take, nobody has measured.
            impact=Impact(basis=Basis.HEURISTIC),
            fix=Fix(
                summary=_summary(fact),
                kind=FixKind.ADVICE,
                text=where,
                recheck=self.context.recheck,
            ),
            severity=Severity.MEDIUM if fact.cpu_share >= options.medium_share else Severity.LOW,
        )


def _message(fact: FunctionTime) -> Text:
    cpu, share = duration(ms(fact.charged_time.cpu_us)), percent(fact.cpu_share)
    own, name = duration(ms(fact.self_time.cpu_us)), fact.function.name
    return Text(
        en=f"{name} takes {share} of the processor time, {cpu}: {own} in its own lines, the rest "
        "in libraries that they call",
        ko=f"{name}이(가) CPU 시간의 {share}, {cpu}를 씁니다(자체 코드 {own}, 나머지는 호출한 "
        "라이브러리)",
    )


def _summary(fact: FunctionTime) -> Text:
    place = f"{fact.function.path}:{fact.hottest_line}"
    share = percent(fact.hottest_line_share)
    return Text(
        en=f"Start at {place}, which takes {share} of the function; `hot-lines` lists the others.",
        ko=f"함수의 {share}를 쓰는 {place}부터 봅니다. 나머지 줄은 `hot-lines`에 있습니다.",
    )


def _evidence(fact: FunctionTime) -> tuple[Evidence, ...]:
    return (
        measured("cpu", ms(fact.charged_time.cpu_us), Unit.MS, "with the libraries it calls"),
        measured("cpu_share", fact.cpu_share, Unit.RATIO, "of the run"),
        measured("own_cpu", ms(fact.self_time.cpu_us), Unit.MS, "in its own lines"),
        measured("total_cpu", ms(fact.total_time.cpu_us), Unit.MS, "with everything it calls"),
        measured("waiting", ms(fact.charged_time.waiting_us), Unit.MS),
        measured("looks", fact.charged_time.looks, Unit.COUNT, "at which it was at work"),
    )
