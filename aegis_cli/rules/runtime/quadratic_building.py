"""AEG4203: something built in a loop by copying it in each round."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.engine.detector import Detector, Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.evidence import CodeSnippet, measured
from aegis_cli.model.facts.hot_spots import LineTime
from aegis_cli.model.finding import Finding, Fix, FixKind, Impact
from aegis_cli.model.location import CodeLocation
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.spoken_numbers import duration, percent
from aegis_cli.model.text import Text
from aegis_cli.rules.runtime._code import lines, ms, spoken
from aegis_cli.rules.runtime._growth_by_copy import Building, Built, building

RULE = Rule(
    code="AEG4203",
    name="quadratic-building",
    section="4.2",
    title=Text(en="Built by copying in each round", ko="반복할 때마다 복사해 만드는 값"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuadraticBuildingOptions(Options):
    """How much of the processor time the line must take."""

    min_share: float = 0.1
    """Of the run's processor time."""
    min_cpu_ms: float = 100.0
    """Some twenty looks: with fewer the share is a guess."""


class QuadraticBuilding(Detector[LineTime]):
    """Listen for hot lines whose form proves that they copy what they add to."""

    rule = RULE
    consumes = LineTime
    options_type = QuadraticBuildingOptions

    def observe(self, fact: LineTime) -> Iterator[Finding]:
        """Report a line that is hot and copies, or a loop whose body does."""
        options = narrow(self._options, QuadraticBuildingOptions)
        cpu_ms = ms(fact.charged_time.cpu_us)
        if fact.cpu_share < options.min_share or cpu_ms < options.min_cpu_ms:
            return
        found = building(fact)
        if found is None:
            return
        line = fact.line + found.line_in_function - fact.line_in_function
        place = CodeLocation(path=fact.function.path, line=line, function=fact.function.name)
        yield self.finding(
            message=_message(fact, found, place),
            identity=(place.path, fact.function.name, found.name),
            locations=(place,),
            evidence=(
                measured("cpu", cpu_ms, Unit.MS, "of the line, by sampling"),
                measured("cpu_share", fact.cpu_share, Unit.RATIO, "of the run's processor time"),
                CodeSnippet(title=spoken(place), language="python", text=found.statement),
            ),
            impact=Impact(basis=Basis.HEURISTIC, time_saved_ms=cpu_ms),
            fix=Fix(
                summary=Text(
                    en="Collect the parts, and put them together once after the loop.",
                    ko="조각을 모아 두었다가 반복문 뒤에서 한 번에 합칩니다.",
                ),
                kind=FixKind.ADVICE,
                text=_REMEDIES[found.what],
                recheck=self.context.recheck,
            ),
            # A loop's own line carries the time of all its lines without calls.
            confidence=Confidence.MEDIUM,
        )


def _message(fact: LineTime, found: Building, place: CodeLocation) -> Text:
    spent = duration(ms(fact.charged_time.cpu_us))
    share = percent(fact.cpu_share)
    return Text(
        en=f"{spoken(place)} copies the {found.what} {found.name} in each round of a loop: "
        f"{spent}, {share} of the processor time, and twice the rounds take four times as long",
        ko=f"{spoken(place)}에서 반복할 때마다 {found.name}({found.what})을 복사합니다. "
        f"CPU 시간의 {share}인 {spent}가 걸렸고, 반복이 두 배가 되면 네 배가 걸립니다",
    )


_REMEDIES = {
    Built.LIST: lines(
        "items.append(item)        # instead of items = items + [item]",
        "items.extend(more)        # instead of items = items + more",
    ),
    Built.TUPLE: lines("parts.append(item)        # a list; tuple(parts) after the loop"),
    Built.TEXT: lines(
        "parts.append(text)        # a list, or io.StringIO().write(text)",
        'result = "".join(parts)   # after the loop',
    ),
    Built.BYTES: lines(
        "buffer = bytearray()      # grows where it is",
        "buffer += chunk",
    ),
    Built.DICT: lines(
        "mapping[key] = value      # or mapping.update(more)",
    ),
    Built.ARRAY: lines(
        "parts.append(part)        # a list",
        "array = np.concatenate(parts)  # once, after the loop; pd.concat(parts) for frames",
    ),
}
