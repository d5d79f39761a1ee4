"""One walk over the facts, during which all detectors and collectors listen."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from aegis_cli.engine.detector import AnyCollector, AnyDetector
from aegis_cli.engine.merge import merge, rank
from aegis_cli.engine.origin import BUILT_IN, NO_ORIGINS, Origin
from aegis_cli.model.finding import Finding
from aegis_cli.model.report import Section, Skipped
from aegis_cli.model.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What all listeners had to say about one stream of facts."""

    findings: tuple[Finding, ...]
    sections: tuple[Section, ...]
    skipped: tuple[Skipped, ...]
    is_interrupted: bool = False
    """The user stopped the walk; findings and sections tell what was seen until then."""


def run(
    facts: Iterable[object],
    detectors: Sequence[AnyDetector] = (),
    collectors: Sequence[AnyCollector] = (),
    *,
    origins: Mapping[str, Origin] = NO_ORIGINS,
) -> Outcome:
    """Show every fact to those that consume its type, then ask all of them to finish.

    A listener that raises hears no more and becomes a `Skipped`; the others go on.
    `origins` names the owner of each rule code for that case.
    Errors of the facts themselves belong to their source and are not caught here.
    """
    findings: list[Finding] = []
    sections: list[Section] = []
    listeners = [
        *(_of_detector(each, findings, origins) for each in detectors),
        *(_of_collector(each, sections) for each in collectors),
    ]
    is_interrupted = _walk(facts, listeners)
    for listener in listeners:
        listener.attempt(listener.end)
    return Outcome(
        findings=_merged(findings),
        sections=tuple(sections),
        skipped=tuple(each.failure for each in listeners if each.failure is not None),
        is_interrupted=is_interrupted,
    )


@dataclass(slots=True, kw_only=True)
class _Listener:
    """A detector or collector behind a wall: its failure ends only itself."""

    subject: str
    consumes: type[object]
    hear: Callable[[object], None]
    end: Callable[[], None]
    failure: Skipped | None = None

    def attempt(self, action: Callable[[], None]) -> None:
        """Do it unless an earlier attempt failed."""
        if self.failure is not None:
            return
        try:
            action()
        except Exception as error:  # noqa: BLE001  # isolates a detector: one of three such places
            self.failure = _skipped(self.subject, error)


def _of_detector(
    detector: AnyDetector, findings: list[Finding], origins: Mapping[str, Origin]
) -> _Listener:
    rule = detector.rule
    return _Listener(
        subject=f"{rule.code} ({rule.name}) of {origins.get(rule.code, BUILT_IN)}",
        consumes=detector.consumes,
        hear=lambda fact: findings.extend(detector.observe(fact)),  # type: ignore[arg-type]  # _walk compared the type
        end=lambda: findings.extend(detector.finish()),
    )


def _of_collector(collector: AnyCollector, sections: list[Section]) -> _Listener:
    return _Listener(
        subject=type(collector).__name__,
        consumes=collector.consumes,
        hear=collector.observe,  # type: ignore[arg-type]  # _walk compared the type
        end=lambda: sections.extend(collector.finish()),
    )


def _walk(facts: Iterable[object], listeners: Sequence[_Listener]) -> bool:
    """Show each fact to its listeners; tell whether the user interrupted the walk."""
    by_type: defaultdict[type[object], list[_Listener]] = defaultdict(list)
    for listener in listeners:
        by_type[listener.consumes].append(listener)
    try:
        for fact in facts:
            for listener in by_type.get(type(fact), ()):
                listener.attempt(partial(listener.hear, fact))
    except KeyboardInterrupt:
        return True
    return False


def _skipped(subject: str, error: Exception) -> Skipped:
    cause = f"{type(error).__name__}: {error}"
    return Skipped(
        subject=subject,
        reason=Text(en=f"failed with {cause}", ko=f"실행 중 오류 발생: {cause}"),
        hint=Text(
            en="The other rules ran. Please report this to the distribution named.",
            ko="다른 규칙은 정상 실행되었습니다. 이 오류를 해당 배포판에 알려 주세요.",
        ),
    )


def _merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    by_identity: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_identity[finding.identity].append(finding)
    return tuple(sorted((merge(same) for same in by_identity.values()), key=rank))
