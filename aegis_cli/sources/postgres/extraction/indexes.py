"""Indexes of tables, taken apart into definitions."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from aegis_cli.model.facts.catalog import ExistingIndex
from aegis_cli.model.facts.indexes import (
    PAGE_BYTES,
    IndexDefinition,
    IndexKey,
    IndexMethod,
    TableName,
)
from aegis_cli.sources.postgres.extraction.chunks import query_chunks
from aegis_cli.sources.postgres.record import Record
from aegis_cli.sources.postgres.session import ReadOnlySession

_DESCENDING, _NULLS_FIRST = 1, 2
_METHODS = {each.value for each in IndexMethod}
_CATALOG = "pg_catalog"


class IndexReader:
    """Reads the indexes of tables whose names and sizes are known."""

    def __init__(
        self,
        *,
        names: Mapping[int, TableName],
        sizes: Mapping[int, int],
        search_path: Collection[str],
    ) -> None:
        """Remember what indexes refer to, all by the server's numbers."""
        self._names = names
        self._sizes = sizes
        self._visible = frozenset({_CATALOG, *search_path})

    def read(
        self, session: ReadOnlySession, oids: Sequence[int]
    ) -> Mapping[int, list[ExistingIndex]]:
        """Return the indexes of each table, by name."""
        columns: dict[int, list[Record]] = defaultdict(list)
        for each in query_chunks(session, "index_keys", oids):
            columns[each.integer("oid")].append(each)
        found: dict[int, list[ExistingIndex]] = defaultdict(list)
        for each in query_chunks(session, "indexes", oids):
            # An index made between the two queries has no columns yet.
            if each.integer("oid") in columns:
                index = self._index(each, columns[each.integer("oid")])
                found[each.integer("table_oid")].append(index)
        return found

    def _index(self, row: Record, columns: Sequence[Record]) -> ExistingIndex:
        return ExistingIndex(
            name=row.text("name"),
            definition=self._definition(row, columns),
            ddl=row.text("ddl"),
            constraint=row.optional_text("constraint"),
            is_valid=row.flag("is_valid"),
            is_replica_identity=row.flag("is_replica_identity"),
            is_clustered=row.flag("is_clustered"),
            nulls_not_distinct=row.flag("nulls_not_distinct"),
            parent=row.optional_text("parent"),
            pages=row.integer("pages"),
            rows=row.number("rows"),
            size_bytes=self._sizes.get(row.integer("oid"), row.integer("pages") * PAGE_BYTES),
            scans=row.optional_integer("scans"),
            last_scan=row.optional_text("last_scan"),
        )

    def _definition(self, row: Record, columns: Sequence[Record]) -> IndexDefinition:
        count = row.integer("key_count")
        method = row.text("method")
        return IndexDefinition(
            table=self._names[row.integer("table_oid")],
            keys=tuple(self._keys(columns[:count], row.integers("options"))),
            include=tuple(each.text("text") for each in columns[count:]),
            predicate=row.optional_text("predicate"),
            method=IndexMethod(method) if method in _METHODS else IndexMethod.OTHER,
            is_unique=row.flag("is_unique"),
        )

    def _keys(self, columns: Iterable[Record], options: Iterable[int]) -> Iterable[IndexKey]:
        for column, option in zip(columns, options, strict=False):
            is_descending = bool(option & _DESCENDING)
            nulls_first = bool(option & _NULLS_FIRST)
            is_expression = column.flag("is_expression")
            text = column.text("text")
            yield IndexKey(
                text=_without_parentheses(text) if is_expression else text,
                is_expression=is_expression,
                descending=is_descending,
                nulls_first=None if nulls_first == is_descending else nulls_first,
                operator_class=self._operator_class(column),
                collation=column.optional_text("collation"),
            )

    def _operator_class(self, column: Record) -> str | None:
        options = column.texts("class_options")
        if column.flag("is_default_class") and not options:
            return None
        schema, name = column.text("class_schema"), column.text("operator_class")
        qualified = name if schema in self._visible else f"{schema}.{name}"
        return f"{qualified}({', '.join(options)})" if options else qualified


def _without_parentheses(expression: str) -> str:
    """Drop the pair that the server puts around whatever is no function call."""
    return expression[1:-1] if expression.startswith("(") else expression
