"""Ask a planner for the cost of whole workloads, each question once."""

from collections.abc import Iterable, Mapping

from aegis_cli.indexing.planner import Configuration, StatementNotPlanned, WhatIfPlanner
from aegis_cli.model.facts.index_workload import WorkloadStatement


class WorkloadCosts:
    """Costs of statements by the indexes that matter to them.

    A statement is asked about again only when an index of one of its tables changes; and an
    index that no plan used makes no difference when it goes.
    """

    def __init__(self, planner: WhatIfPlanner, tables: Mapping[str, frozenset[str]]) -> None:
        """Prepare.

        Args:
            planner: Whom to ask.
            tables: For each index, hypothetical or existing, the names of statements
                (fingerprints) that read its table.
        """
        self._planner = planner
        self._readers = tables
        self._known: dict[tuple[str, Configuration], tuple[float, frozenset[str]]] = {}
        self.hits = 0

    def cost(
        self, statement: WorkloadStatement, configuration: Configuration
    ) -> tuple[float, frozenset[str]]:
        """Return the cost of one execution and the indexes used.

        Raises:
            StatementNotPlanned: The planner refuses one of the statement's texts.
        """
        relevant = self._relevant(statement, configuration)
        found = self._known.get((statement.fingerprint, relevant))
        if found is not None:
            self.hits += 1
            return found
        cost, used = 0.0, frozenset[str]()
        for text in statement.texts:
            estimate = self._planner.estimate(text.text, relevant)
            cost += text.share * estimate.cost
            used |= estimate.used
        self._known[statement.fingerprint, relevant] = cost, used
        # Without the indexes it did not use, its plan is the same.
        least = Configuration(visible=relevant.visible & used, hidden=relevant.hidden)
        self._known.setdefault((statement.fingerprint, least), (cost, used))
        return cost, used

    def total(self, statements: Iterable[WorkloadStatement], configuration: Configuration) -> float:
        """Return calls × cost of all statements."""
        return sum(each.calls * self.cost(each, configuration)[0] for each in statements)

    def readers(self, index: str) -> frozenset[str]:
        """Return the fingerprints of the statements that read an index's table."""
        return self._readers.get(index, frozenset())

    def plannable(
        self, statements: Iterable[WorkloadStatement]
    ) -> tuple[tuple[WorkloadStatement, ...], tuple[tuple[WorkloadStatement, str], ...]]:
        """Return the statements that can be planned, and the others with the reason."""
        good, bad = [], []
        for each in statements:
            try:
                self.cost(each, Configuration())
            except StatementNotPlanned as error:
                bad.append((each, error.reason))
            else:
                good.append(each)
        return tuple(good), tuple(bad)

    def _relevant(
        self, statement: WorkloadStatement, configuration: Configuration
    ) -> Configuration:
        name = statement.fingerprint
        return Configuration(
            visible=frozenset(each for each in configuration.visible if name in self.readers(each)),
            hidden=frozenset(each for each in configuration.hidden if name in self.readers(each)),
        )
