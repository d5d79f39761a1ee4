"""What was examined of a project, and what was not."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from aegis_cli.model.facts.source_code import GivenUp
from aegis_cli.model.quantity import Unit
from aegis_cli.model.report import Section, Skipped, titled_datum
from aegis_cli.model.text import Text
from aegis_cli.sources.python_code.reading import Reading

SECTION = "coverage"


def coverage_section(reading: Reading, unsure: int) -> Section:
    """Return how much was read, and how many findings are too unsure to be reported."""
    found, count = reading.found, Unit.COUNT
    files, lines = reading.examined.files, reading.examined.lines
    return Section(
        id=SECTION,
        title=Text(en="Coverage", ko="분석 범위"),
        data=(
            titled_datum("files", "Files examined", "분석한 파일", files, count),
            titled_datum("lines", "Lines examined", "분석한 줄", lines, count),
            titled_datum(
                "from_cache", "Unchanged files", "바뀌지 않은 파일", reading.from_cache, count
            ),
            titled_datum(
                "tests_left_out", "Tests left out", "제외한 테스트", found.tests_left_out, count
            ),
            titled_datum(
                "ignored", "Left out by .gitignore", ".gitignore로 제외", found.ignored, count
            ),
            titled_datum(
                "unsure", "Findings below --confidence", "--confidence 미만 결과", unsure, count
            ),
        ),
    )


def lacks(reading: Reading) -> Iterator[Skipped]:
    """Tell what could not be examined."""
    yield from reading.found.skipped
    yield from reading.skipped
    if reading.found.notebooks:
        yield _notebooks(reading.found.notebooks)
    yield from _unfollowed(reading.examined.given_up)
    failures: defaultdict[str, list[str]] = defaultdict(list)
    for path, failure in reading.examined.failures:
        failures[failure].append(path)
    for failure, paths in sorted(failures.items()):
        yield _failed(failure, paths)


def _unfollowed(functions: Sequence[GivenUp]) -> Iterator[Skipped]:
    """Tell which functions could not be followed to their end."""
    if not functions:
        return
    first, more = functions[0], f" (+{len(functions) - 1})" if len(functions) > 1 else ""
    yield Skipped(
        subject=f"{first.path}: {first.symbol}{more}",
        reason=Text(
            en="too deep or too large to be followed through its calls",
            ko="호출을 따라가기에 너무 깊거나 큽니다",
        ),
        hint=Text(
            en="The other rules examined it. Parting it into smaller functions helps readers, too.",
            ko="다른 규칙은 검사했습니다. 더 작은 함수로 나누면 읽기에도 좋습니다.",
        ),
    )


def _notebooks(count: int) -> Skipped:
    return Skipped(
        subject="*.ipynb",
        reason=Text(en=f"{count} notebooks are not read", ko=f"노트북 {count}개는 읽지 않습니다"),
        hint=Text(
            en="Move code that runs in production into modules.",
            ko="운영에서 실행되는 코드는 모듈로 옮기세요.",
        ),
    )


def _failed(failure: str, paths: list[str]) -> Skipped:
    more = f" (+{len(paths) - 1})" if len(paths) > 1 else ""
    return Skipped(
        subject=failure.partition(":")[0],
        reason=Text(
            en=f"failed on {paths[0]}{more}: {failure}",
            ko=f"{paths[0]}{more}에서 실행 중 오류 발생: {failure}",
        ),
        hint=Text(
            en="The other rules ran. Please report this.",
            ko="다른 규칙은 정상 실행되었습니다. 이 오류를 알려 주세요.",
        ),
    )
