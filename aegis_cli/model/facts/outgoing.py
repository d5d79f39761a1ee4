"""Facts about what a program asks of other services, and what it makes to do so."""

from dataclasses import dataclass

from aegis_cli.model.location import CodeLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingCalls:
    """Calls of one kind from one line of code; times are the caller's."""

    pid: int
    places: tuple[CodeLocation, ...]
    """The innermost user frames; none where none was on the stack."""
    source: str
    target: str
    """Such as `GET api.example.com/users/*` or `redis GET user:*`."""
    count: int
    total_us: int
    longest_us: int
    failures: int
    """Calls that raised an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constructions:
    """Objects of one kind that one line of code made."""

    pid: int
    places: tuple[CodeLocation, ...]
    source: str
    what: str
    """As people call it, such as `httpx.Client` or `re.compile`."""
    count: int
    total_us: int
    longest_us: int
