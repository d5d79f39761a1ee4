"""What a generated log contains: executions of each statement and planted bursts."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pglast


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """A kind of fault that was planted; `children` are the statements it repeats."""

    name: str
    rule: str
    unit: str
    children: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Truth:
    """Everything known about a log before anybody reads it.

    `bursts` counts, for each plant, how often a burst of each size was planted; the size is
    the number of child executions in it. `executions` counts by fingerprint.
    """

    plants: dict[str, Plant] = field(default_factory=dict)
    bursts: dict[str, Counter[int]] = field(default_factory=dict)
    executions: Counter[str] = field(default_factory=Counter)
    samples: dict[str, str] = field(default_factory=dict)

    def executed(self, statement: str, times: int = 1) -> str:
        """Count executions of a statement and return its fingerprint."""
        fingerprint = fingerprint_of(statement)
        self.samples.setdefault(fingerprint, statement)
        self.executions[fingerprint] += times
        return fingerprint

    def planted(self, plant: Plant, size: int, times: int = 1) -> None:
        """Count bursts of one size."""
        self.plants.setdefault(plant.name, plant)
        self.bursts.setdefault(plant.name, Counter())[size] += times

    def add(self, other: "Truth") -> None:
        """Take over what happened in another part of the run."""
        self.executions.update(other.executions)
        self.samples.update(other.samples)
        self.plants.update(other.plants)
        for name, sizes in other.bursts.items():
            self.bursts.setdefault(name, Counter()).update(sizes)

    def write(self, path: Path, **facts: str | float) -> None:
        """Write the truth, with facts about the run, as JSON."""
        document = facts | {
            "plants": [self._plant(plant) for _, plant in sorted(self.plants.items())],
            "statements": [
                {"fingerprint": key, "executions": count, "sample": self.samples[key]}
                for key, count in self.executions.most_common()
            ],
        }
        path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")

    def _plant(self, plant: Plant) -> dict[str, object]:
        sizes = self.bursts[plant.name]
        return asdict(plant) | {
            "bursts": sizes.total(),
            "child_executions": sum(size * count for size, count in sizes.items()),
            "sizes": {str(size): count for size, count in sorted(sizes.items())},
            "child_fingerprints": [fingerprint_of(child) for child in plant.children],
        }


def fingerprint_of(statement: str) -> str:
    """Give the PostgreSQL parser's own fingerprint of a statement."""
    return str(pglast.parser.fingerprint(statement))


def merged(truths: Iterable[Truth]) -> Truth:
    """Join the truths of several parts of one run."""
    total = Truth()
    for truth in truths:
        total.add(truth)
    return total
