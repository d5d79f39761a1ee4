"""Read what a MySQL or MariaDB server counts, and say what it does not."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from aegis_cli.indexing.heuristic.numbers import ColumnNumbers
from aegis_cli.model.errors import SourceError
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.sources.mysql.catalog import IndexMeasures
from aegis_cli.sources.mysql.cells import number, text
from aegis_cli.sources.mysql.connection import Server
from aegis_cli.sources.mysql.variants import Flavor

_FIRST_WITH_HISTOGRAMS = 80_000
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Something the server does not tell us, and why."""

    subject: str
    reason: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestStatement:
    """A row of the server's summary of statements, its literals already replaced."""

    text: str
    calls: float
    total_ms: float
    rows: float


class Measures:
    """Asks for counters one after the other and keeps what could not be read."""

    def __init__(self, server: Server) -> None:
        """Prepare for a session."""
        self._server = server
        self.lacks: list[Lack] = []

    def indexes(self) -> IndexMeasures:
        """Return sizes and uses of the indexes."""
        nothing: dict[tuple[str, str], float] = {}
        pages = self._tried(
            "sizes of indexes",
            self._pages,
            nothing,
            "GRANT SELECT ON mysql.innodb_index_stats to the user; until then sizes are unknown.",
        )
        if self._server.has_performance_schema:
            uses = self._tried(
                "use of indexes",
                lambda: self._uses("index_use"),
                None,
                "GRANT SELECT ON performance_schema.* to the user.",
            )
            if uses:
                return IndexMeasures(pages=pages, uses=uses)
        if self._counts_users():
            uses = self._uses("index_use_userstat")
            return IndexMeasures(pages=pages, uses=uses, lists_only_used=True)
        if not any(each.subject == "use of indexes" for each in self.lacks):
            self.lacks.append(self._not_counted())
        return IndexMeasures(pages=pages, uses=None)

    def uptime_s(self) -> float:
        """Return how long the server has been counting."""
        rows = self._server.query("uptime")
        return number(rows[0][1]) if rows else 0.0

    def columns(self) -> dict[tuple[TableName, str], ColumnNumbers]:
        """Return what is known of the values of columns, beyond indexes."""
        if self._server.version.flavor is Flavor.MARIADB:
            return self._tried(
                "statistics of columns",
                self._frequencies,
                {},
                "GRANT SELECT ON mysql.column_stats to the user, after ANALYZE TABLE … "
                "PERSISTENT FOR ALL; until then an equality is taken to keep a tenth of the rows.",
            )
        if self._server.version.number < _FIRST_WITH_HISTOGRAMS:
            return {}
        return self._tried("statistics of columns", self._histograms, {}, "")

    def statements(self) -> list[DigestStatement]:
        """Return the statements the server has summed up."""
        if not self._server.has_performance_schema:
            self.lacks.append(
                Lack(
                    subject="statements",
                    reason="performance_schema is off, so the server sums up no statements",
                    hint="Set performance_schema=ON and restart, or give the workload as a file.",
                )
            )
            return []
        return self._tried(
            "statements",
            self._digests,
            [],
            "GRANT SELECT ON performance_schema.* to the user, or give the workload as a file.",
        )

    def _tried(
        self, subject: str, ask: Callable[[], _Found], otherwise: _Found, hint: str
    ) -> _Found:
        try:
            return ask()
        except SourceError as error:
            self.lacks.append(Lack(subject=subject, reason=error.reason, hint=hint))
            return otherwise

    def _pages(self) -> dict[tuple[str, str], float]:
        rows = self._server.query("index_sizes")
        return {(text(table), text(name)): number(pages) for table, name, pages in rows}

    def _uses(self, query: str) -> dict[tuple[str, str], int]:
        rows = self._server.query(query)
        return {(text(table), text(name)): int(number(times)) for table, name, times in rows}

    def _counts_users(self) -> bool:
        if self._server.version.flavor is not Flavor.MARIADB:
            return False
        return text(self._server.query("userstat")[0][0]) in ("1", "ON")

    def _not_counted(self) -> Lack:
        is_mariadb = self._server.version.flavor is Flavor.MARIADB
        switch = "userstat=ON" if is_mariadb else "performance_schema=ON"
        return Lack(
            subject="use of indexes",
            reason="the server does not count it, so unused indexes are not reported",
            hint=f"Set {switch} and let it count for at least a week.",
        )

    def _frequencies(self) -> dict[tuple[TableName, str], ColumnNumbers]:
        found = {}
        rows = self._server.query("column_statistics")
        for table, name, null_share, width, frequency in rows:
            place = (TableName(schema=self._server.database, name=text(table)), text(name))
            found[place] = ColumnNumbers(
                width=None if width is None else number(width),
                null_share=None if null_share is None else number(null_share),
                rows_per_value=number(frequency) or None,
            )
        return found

    def _histograms(self) -> dict[tuple[TableName, str], ColumnNumbers]:
        found = {}
        for table, name, document in self._server.query("column_statistics"):
            place = (TableName(schema=self._server.database, name=text(table)), text(name))
            found[place] = numbers_of_histogram(text(document))
        return found

    def _digests(self) -> list[DigestStatement]:
        return [
            DigestStatement(
                text=text(sql), calls=number(calls), total_ms=number(total), rows=number(rows)
            )
            for sql, calls, total, rows in self._server.query("statements")
        ]


def numbers_of_histogram(document: str) -> ColumnNumbers:
    """Read a histogram of MySQL 8 (Reference Manual, section 10.9.6); unknown ones tell nothing.

    A singleton histogram has a bucket for each value, an equi-height one says how many
    different values each bucket holds.
    """
    try:
        histogram = json.loads(document)
        buckets = histogram["buckets"]
        is_single = histogram["histogram-type"] == "singleton"
        distinct = len(buckets) if is_single else sum(each[3] for each in buckets)
        return ColumnNumbers(distinct=float(distinct), null_share=float(histogram["null-values"]))
    except (ValueError, KeyError, IndexError, TypeError):
        return ColumnNumbers()
