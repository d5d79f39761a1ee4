"""The list of the tests that cost the most."""

from collections.abc import Iterator, Mapping, Sequence


def summary(tests: Sequence[tuple[str, Mapping[str, object]]], top: int) -> Iterator[str]:
    """Yield the lines about the tests with the most queries, worst first, with findings."""
    sending = [each for each in tests if _number(each[1], "queries")]
    worst = sorted(
        sending,
        key=lambda each: (-_number(each[1], "queries"), -_number(each[1], "query_ms"), each[0]),
    )
    yield f"{len(tests)} tests measured, {len(sending)} of them send statements"
    if worst:
        yield f"{'queries':>8}  {'in them':>9}  {'CPU':>9}  test"
    for name, numbers in worst[:top]:
        queries, query_ms = _number(numbers, "queries"), _number(numbers, "query_ms")
        cpu_ms = _number(numbers, "cpu_s") * 1000
        yield f"{queries:>8.0f}  {query_ms:>6.1f} ms  {cpu_ms:>6.0f} ms  {name}"
        findings = numbers.get("findings")
        for finding in findings if isinstance(findings, list) else ():
            yield from (f"          {line}" for line in str(finding).splitlines())


def _number(numbers: Mapping[str, object], key: str) -> float:
    value = numbers.get(key)
    return value if isinstance(value, int | float) else 0
