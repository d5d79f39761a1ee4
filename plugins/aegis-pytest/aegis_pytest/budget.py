"""What a test may cost, and how a marker or a fixture says so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from aegis_cli.api import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Limits of a test or a part of one; None means there is none.

    Attributes:
        max_queries: Statements sent to databases; those that delimit transactions do not count.
        max_seconds: Elapsed time.
        max_cpu_seconds: Processor time of the process.
        max_mb: Peak of the memory that Python allocates meanwhile, in millions of bytes.
        fail_on: Mildest severity of a finding that fails the test; `never` for none. An N+1 is
            medium from five lookups on.
        ignore: Rules whose findings do not count: codes, prefixes, names or sections.
    """

    max_queries: int | None = None
    max_seconds: float | None = None
    max_cpu_seconds: float | None = None
    max_mb: float | None = None
    fail_on: str = Severity.MEDIUM.value
    ignore: tuple[str, ...] = ()


NO_BUDGET = Budget(fail_on="never")
_NEVER = "never"


class BudgetError(ValueError):
    """A budget was given in a way that means nothing."""


def budget_of(arguments: tuple[object, ...], options: Mapping[str, object]) -> Budget:
    """Return the budget that a marker's arguments state.

    Raises:
        BudgetError: An argument is unknown or of the wrong kind; every one that is, is told.
    """
    problems = list(_problems(arguments, options))
    if problems:
        raise BudgetError("aegis: " + "; ".join(problems))
    ignore = options.get("ignore", ())
    words = (ignore,) if isinstance(ignore, str) else ignore
    assert isinstance(words, tuple | list | set | frozenset)
    given: dict[str, object] = {**options, "ignore": tuple(map(str, words))}
    return Budget(**given)  # type: ignore[arg-type]  # each was checked above


def _problems(arguments: tuple[object, ...], options: Mapping[str, object]) -> Iterator[str]:
    known = [each.name for each in fields(Budget)]
    if arguments:
        yield f"limits have names, such as max_queries={arguments[0]!r}"
    for name, value in options.items():
        if name not in known:
            yield f"no limit is called {name!r} (known: {', '.join(known)})"
        elif name == "fail_on":
            if value not in (*(each.value for each in Severity), _NEVER):
                yield f"fail_on={value!r} is no severity"
        elif name == "ignore":
            if not isinstance(value, str | tuple | list | set | frozenset):
                yield f"ignore={value!r} names no rules"
        elif value is not None and not _is_limit(value):
            yield f"{name}={value!r} is no number from 0"


def _is_limit(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def counts(severity: Severity, fail_on: str) -> bool:
    """Tell whether a finding of this severity fails a test."""
    if fail_on == _NEVER:
        return False
    order = list(Severity)
    return order.index(severity) >= order.index(Severity(fail_on))
