"""Run rules over source code kept in Markdown: each case is a small project with marked lines.

    ## reports a task that is dropped

    ```python shop/views.py
    asyncio.create_task(work())  # finds: AEG3205
    ```

A line that a rule must find ends with its code, in templates as `{# finds: AEG1105 #}`;
`# finds: AEG1103 low` wants low confidence, and any other finding must have more than that.
Several codes are parted by commas.
Lines without a mark, and cases without any, say that every rule stays quiet.
A block of TOML sets thresholds by code: `AEG3102 = {min_seconds = 5}`.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from aegis_cli.codebase.detector import SourceDetector
from aegis_cli.codebase.extract import extract_any
from aegis_cli.codebase.facts import project_facts
from aegis_cli.codebase.file_kinds import TEMPLATE_ENDINGS, FileKind, file_kind
from aegis_cli.codebase.records import ModuleRecord
from aegis_cli.codebase.templates import template_name
from aegis_cli.codebase.visitors import audiences
from aegis_cli.engine.detector import AnyDetector, RunContext
from aegis_cli.engine.pipeline import run
from aegis_cli.model.finding import Finding
from aegis_cli.model.location import CodeLocation
from aegis_cli.model.severity import Confidence
from aegis_cli.testing.table import CaseError

RECHECK = "aegis lint ."
_DEFAULT_PATH = "app.py"
_BLOCK = re.compile(r"^```(\w+)[ \t]*(\S*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_MARK = re.compile(r"# finds: ([^#]*?)\s*(?:#\})?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A finding that a case expects."""

    rule: str
    path: str
    line: int
    is_low: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCase:
    """Files of a small project, and the findings that are expected in them."""

    path: Path
    name: str
    files: Mapping[str, str]
    marks: tuple[Mark, ...]
    options: Mapping[str, Mapping[str, object]]

    def __str__(self) -> str:
        """Return the name that a test shows."""
        return f"{self.path.parent.name}/{self.path.stem}: {self.name}"


def load_source_cases(folder: Path) -> tuple[SourceCase, ...]:
    """Read every case of the Markdown files below a folder.

    Raises:
        CaseError: A block is no Python or TOML, or a case has no file.
    """
    return tuple(case for path in sorted(folder.rglob("*.md")) for case in _cases_of(path))


def source_findings(
    case: SourceCase, detectors: Iterable[type[AnyDetector]]
) -> tuple[Finding, ...]:
    """Return what rules find in the files of a case.

    Raises:
        CaseError: A rule failed on it.
    """
    made = [_made(each, case) for each in detectors]
    modules = records_of(case.files, made)
    outcome = run(project_facts(modules, _lines_of(case.files)), made)
    failures = [failure for each in modules for failure in each.failures]
    failures.extend(f"{each.subject}: {each.reason.en}" for each in outcome.skipped)
    if failures:
        raise CaseError(f"{case}: {failures}")
    return outcome.findings


def source_differences(case: SourceCase, detectors: Sequence[type[AnyDetector]]) -> tuple[str, ...]:
    """Compare what rules find with the marks of a case; empty means they agree.

    Hints of rules that the case is not about do not count.
    """
    findings = source_findings(case, detectors)
    names = {each.rule.code: each.rule.name for each in detectors}
    missing = list(case.marks)
    unexpected: list[str] = []
    for finding in findings:
        marks = [each for each in missing if each in _marks_of(finding)]
        for each in marks:
            missing.remove(each)
        if not marks and _counts(finding, case, names):
            unexpected.append(f"unexpected {_told(_mark_of(finding))}: {finding.message.en}")
    return (*unexpected, *(f"missing {_told(each)}" for each in missing))


def _counts(finding: Finding, case: SourceCase, names: Mapping[str, str]) -> bool:
    code = finding.rule.code
    is_meant = names[code] == case.path.parent.name or any(each.rule == code for each in case.marks)
    return is_meant or finding.confidence is not Confidence.LOW


def records_of(
    files: Mapping[str, str], detectors: Iterable[AnyDetector]
) -> tuple[ModuleRecord, ...]:
    """Return the record of each Python file, as a run over a folder with them would."""
    visitors = [each.visitor() for each in detectors if isinstance(each, SourceDetector)]
    listening = audiences(visitors)
    return tuple(
        extract_any(
            path, _module_name(path), file_kind(path), text.encode(), listening[file_kind(path)]
        )
        for path, text in sorted(files.items())
        if path.endswith((".py", *TEMPLATE_ENDINGS))
    )


def _cases_of(path: Path) -> Iterator[SourceCase]:
    text = path.read_text(encoding="utf-8")
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        name, _, body = part.partition("\n")
        yield _case(path, name.strip(), body)


def _case(path: Path, name: str, body: str) -> SourceCase:
    files: dict[str, str] = {}
    options: Mapping[str, Mapping[str, object]] = {}
    for language, file, text in _BLOCK.findall(body):
        if language == "toml" and not file:
            options = _options(path, text)
        else:
            files[file or _DEFAULT_PATH] = text
    if not files:
        raise CaseError(f"{path}: {name}: no block of code")
    marks = tuple(mark for file, text in files.items() for mark in _marks(path, file, text))
    return SourceCase(path=path, name=name, files=files, marks=marks, options=options)


def _options(path: Path, text: str) -> Mapping[str, Mapping[str, object]]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CaseError(f"{path}: {error}") from error


def _marks(case: Path, file: str, text: str) -> Iterator[Mark]:
    for number, line in enumerate(text.splitlines(), 1):
        found = _MARK.search(line)
        for each in found[1].split(",") if found is not None else ():
            code, _, level = each.strip().partition(" ")
            if level not in {"", "low"} or not re.fullmatch(r"[A-Z]+\d+", code):
                raise CaseError(f"{case}: {file}:{number}: cannot read {each!r}")
            yield Mark(rule=code, path=file, line=number, is_low=level == "low")


def _made(detector: type[AnyDetector], case: SourceCase) -> AnyDetector:
    options = detector.options_type(**case.options.get(detector.rule.code, {}))
    return detector(options, RunContext(recheck=RECHECK))


def _lines_of(files: Mapping[str, str]) -> Callable[[str], Sequence[str]]:
    return lambda path: files.get(path, "").splitlines()


def _module_name(path: str) -> str:
    if file_kind(path) is FileKind.TEMPLATE:
        return template_name(path)
    dotted = ".".join(PurePosixPath(path).with_suffix("").parts)
    return dotted.removesuffix(".__init__")


def _mark_of(finding: Finding) -> Mark:
    primary = finding.locations[0]
    assert isinstance(primary, CodeLocation)
    return Mark(
        rule=finding.rule.code,
        path=primary.path,
        line=primary.line or 0,
        is_low=finding.confidence is Confidence.LOW,
    )


def _marks_of(finding: Finding) -> frozenset[Mark]:
    """Return a mark for each place of a finding; one finding may answer several marks."""
    return frozenset(
        Mark(
            rule=finding.rule.code,
            path=each.path,
            line=each.line or 0,
            is_low=finding.confidence is Confidence.LOW,
        )
        for each in finding.locations
        if isinstance(each, CodeLocation)
    )


def _told(mark: Mark) -> str:
    return f"{mark.rule}{' low' if mark.is_low else ''} at {mark.path}:{mark.line}"
