"""Add up what each line of code did with each statement."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from aegis_cli.model.facts.captured_queries import CallSiteUse
from aegis_cli.model.facts.executions import Attribution
from aegis_cli.sources.logs.observations import ParsedChunk
from aegis_cli.workload.catalog import StatementCatalog

_NOWHERE = ""
"""The name of the call site of what ran without any of the program's own code."""


@dataclass(slots=True)
class _Total:
    calls: int = 0
    total_us: int = 0
    max_us: int = 0


class CallSiteTotals:
    """Totals by call site and fingerprint, of all processes."""

    def __init__(self) -> None:
        """Start without executions."""
        self._totals: dict[tuple[str, str], _Total] = {}

    def of_process(self) -> "_ProcessTotals":
        """Return what adds the chunks of one process, which numbers everything by itself."""
        return _ProcessTotals(self._totals)

    def facts(
        self, catalog: StatementCatalog, sites: Mapping[str, Attribution]
    ) -> Iterator[CallSiteUse]:
        """Yield a fact per call site and statement, those with the most time first.

        What begins and ends transactions is counted in the whole, and not told by itself.
        """
        whole_us = max(1, sum(each.total_us for each in self._totals.values()))
        ordered = sorted(
            self._totals.items(), key=lambda item: (-item[1].total_us, -item[1].calls, item[0])
        )
        for (site, fingerprint), total in ordered:
            number = catalog.fingerprint_number(fingerprint)
            statement = catalog.statement(number) if number is not None else None
            if statement is None or statement.shape.is_transaction_control:
                continue
            yield CallSiteUse(
                attribution=sites.get(site, Attribution()),
                statement=statement,
                calls=total.calls,
                total_us=total.total_us,
                max_us=total.max_us,
                share=total.total_us / whole_us,
            )


class _ProcessTotals:
    """Adds chunks, whose numbers are those of their process."""

    def __init__(self, totals: dict[tuple[str, str], _Total]) -> None:
        self._totals = totals
        self._fingerprints: list[str] = []
        self._sites: list[str] = []

    def observe(self, chunk: ParsedChunk) -> None:
        """Add the executions of a chunk."""
        self._fingerprints.extend(each.fingerprint for each in chunk.new_statements)
        self._sites.extend(chunk.new_tags)
        pairs = np.stack((chunk.tag, chunk.statement), axis=1)
        unique, index = np.unique(pairs, axis=0, return_inverse=True)
        calls = np.bincount(index.ravel(), minlength=len(unique)).tolist()
        # Whole µs below 2^53 in sum: doubles add them exactly.
        total_us = np.bincount(index.ravel(), chunk.duration_us, minlength=len(unique)).tolist()
        max_us = np.zeros(len(unique), np.int64)
        np.maximum.at(max_us, index.ravel(), chunk.duration_us)
        for at, (tag, statement) in enumerate(unique.tolist()):
            site = self._sites[tag] if tag >= 0 else _NOWHERE
            total = self._totals.setdefault((site, self._fingerprints[statement]), _Total())
            total.calls += calls[at]
            total.total_us += int(total_us[at])
            total.max_us = max(total.max_us, int(max_us[at]))
