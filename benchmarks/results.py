"""Judge measured numbers and keep them with the machine they come from."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A number, the bound it is held against, and whether it keeps it."""

    name: str
    value: float
    bound: str
    is_met: bool

    @property
    def verdict(self) -> str:
        """Say met or not met."""
        return "met" if self.is_met else "NOT MET"

    @classmethod
    def at_least(cls, name: str, value: float, bound: float) -> "Requirement":
        """Require a value that is not below a bound."""
        return cls(name=name, value=value, bound=f">= {bound:g}", is_met=value >= bound)

    @classmethod
    def at_most(cls, name: str, value: float, bound: float) -> "Requirement":
        """Require a value that is not above a bound."""
        return cls(name=name, value=value, bound=f"<= {bound:g}", is_met=value <= bound)


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_result(
    folder: Path,
    name: str,
    machine: Mapping[str, str],
    text: str,
    data: Mapping[str, object],
) -> None:
    """Print a result and keep it as Markdown and JSON, named by day."""
    day = datetime.now(tz=UTC).strftime("%Y-%m-%d")
    folder.mkdir(parents=True, exist_ok=True)
    described = markdown_table(("machine", ""), list(machine.items()))
    page = f"# {name}, {day}\n\n{described}\n\n{text}\n"
    (folder / f"{day}-{name}.md").write_text(page, encoding="utf-8")
    document = {"date": day, "machine": machine} | dict(data)
    dumped = json.dumps(document, indent=1, default=str)
    (folder / f"{day}-{name}.json").write_text(dumped + "\n", encoding="utf-8")
    sys.stdout.write(page)
