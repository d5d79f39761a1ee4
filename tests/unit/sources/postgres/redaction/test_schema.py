"""Schemas lose their literals, and what that changes is noted."""

from dataclasses import replace

import pytest

from aegis_cli.model.facts.catalog import (
    Constraint,
    ConstraintKind,
    ExistingIndex,
    Table,
    TableColumn,
    TableKind,
)
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, TableName
from aegis_cli.model.facts.snapshot import ObjectKind, SchemaObject
from aegis_cli.model.facts.statistics import ExtendedStatistics
from aegis_cli.sources.postgres.redaction.notes import Notes
from aegis_cli.sources.postgres.redaction.partitions import redact_bounds
from aegis_cli.sources.postgres.redaction.schema import SchemaRedactor, enumerations_of

T = TableName(schema="shop", name="t")
TEXT = TableColumn(
    name="region", number=1, type_name="text", type_length=-1, type_alignment=4, type_category="S"
)
DAY = TableColumn(
    name="day", number=2, type_name="date", type_length=4, type_alignment=4, type_category="D"
)


def table(name: TableName = T, **changes: object) -> Table:
    """Return a table of two columns."""
    plain = Table(name=name, kind=TableKind.TABLE, columns=(TEXT, DAY))
    return replace(plain, **changes)  # type: ignore[arg-type]  # names and types are the test's


def parent(key: str) -> Table:
    """Return a partitioned table."""
    return table(kind=TableKind.PARTITIONED, partition_key=key)


def part(name: str, bound: str, of: TableName = T) -> Table:
    """Return a partition."""
    return table(TableName(schema="shop", name=name), parents=(of,), partition_bound=bound)


def redacted(item: Table) -> tuple[Table, list[str]]:
    """Redact a table and return what was noted."""
    notes = Notes()
    found = SchemaRedactor(frozenset({"shop.status"}), notes).table(item)
    return found, [each.subject for each in notes.lacks()]


def index(ddl: str, predicate: str | None = None, key: IndexKey | None = None) -> ExistingIndex:
    """Return an index."""
    definition = IndexDefinition(
        table=T, keys=(key or IndexKey(text="region"),), predicate=predicate
    )
    return ExistingIndex(name="i", definition=definition, ddl=ddl)


def test_defaults_and_generated_values_go() -> None:
    columns = (
        replace(TEXT, default="'SECRET'::text"),
        replace(DAY, generated="'2001-01-01'::date"),
    )

    found, notes = redacted(table(columns=columns))

    assert found.columns == (TEXT, DAY)
    assert notes == []


def test_a_virtual_column_keeps_its_expression_without_literals() -> None:
    column = replace(TEXT, generated="region || 'SECRET'::text", is_virtual=True)

    found, notes = redacted(table(columns=(column,)))

    assert found.columns == (replace(column, generated="region || '0'::text"),)
    assert notes == ["1 virtual columns (shop.t.region)"]


def test_checks_go_and_keys_stay() -> None:
    key = Constraint(
        name="k", kind=ConstraintKind.UNIQUE, columns=("region",), definition="UNIQUE (region)"
    )
    check = replace(
        key, name="c", kind=ConstraintKind.CHECK, definition="CHECK (region <> 'SECRET'::text)"
    )

    found, notes = redacted(table(constraints=(key, check)))

    assert found.constraints == (key,)
    assert notes == ["1 checks (shop.t.c)"]


def test_literals_in_an_index_are_replaced_everywhere_alike() -> None:
    whole = index(
        "CREATE INDEX i ON shop.t (region) WHERE region = 'SECRET'::text", "region = 'SECRET'::text"
    )

    found, notes = redacted(table(indexes=(whole,)))

    assert found.indexes == (
        index("CREATE INDEX i ON shop.t (region) WHERE region = '0'::text", "region = '0'::text"),
    )
    assert notes == ["1 indexes (shop.i)"]


def test_an_index_without_literals_stays_unsaid() -> None:
    plain = index("CREATE INDEX i ON shop.t (region) WHERE day IS NULL", "day IS NULL")

    assert redacted(table(indexes=(plain,))) == (table(indexes=(plain,)), [])


def test_an_index_on_a_literal_of_an_unknown_type_goes() -> None:
    key = IndexKey(text="place <-> '(1,2)'::point", is_expression=True)
    odd = index("CREATE INDEX i ON shop.t ((place <-> '(1,2)'::point))", key=key)

    found, notes = redacted(table(indexes=(odd,)))

    assert found.indexes == ()
    assert notes == ["1 indexes (shop.i)"]


def test_enumerations_are_found_by_their_statement() -> None:
    objects = [
        SchemaObject(kind=ObjectKind.TYPE, schema="shop", name="status", ddl=ddl)
        for ddl in (
            "CREATE TYPE shop.status AS ENUM ('open')",
            "CREATE TYPE shop.pair AS (a integer)",
        )
    ]

    assert enumerations_of(objects) == {"shop.status"}


def test_a_function_without_a_bare_form_goes_with_all_that_read_it() -> None:
    notes = Notes()
    view = SchemaObject(
        kind=ObjectKind.VIEW,
        schema="shop",
        name="v",
        ddl="CREATE VIEW shop.v AS SELECT '(1,2)'::point AS p",
    )
    reader = SchemaObject(
        kind=ObjectKind.VIEW,
        schema="shop",
        name="w",
        ddl="CREATE VIEW shop.w AS SELECT v.p FROM shop.v",
        reads=(TableName(schema="shop", name="v"),),
    )

    assert [*SchemaRedactor(frozenset(), notes).objects([view, reader])] == []
    assert [each.subject for each in notes.lacks()] == ["2 views (shop.v, shop.w)"]


def test_extended_statistics_lose_their_combinations() -> None:
    notes = Notes()
    extended = ExtendedStatistics(
        table=T, name="s", ddl="CREATE STATISTICS …", dependencies="{}", most_common="c251"
    )

    found = SchemaRedactor(frozenset(), notes).extended(extended)

    assert found == replace(extended, most_common=None)
    assert [each.subject for each in notes.lacks()] == ["1 extended statistics (shop.t.s)"]


def test_many_of_a_kind_are_summed_up() -> None:
    notes = Notes()
    for number in range(12):
        notes.add("views", f"v{number:02d}", "gone")

    (lack,) = notes.lacks()

    assert lack.subject.startswith("12 views (v00, ")
    assert lack.subject.endswith("v09, …)")


@pytest.mark.parametrize(
    ("key", "bounds", "expected"),
    [
        ("HASH (region)", ["FOR VALUES WITH (modulus 2, remainder 0)"], None),
        ("RANGE (day)", ["FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')"], None),
        (
            "LIST (region)",
            ["FOR VALUES IN ('b', 'c')", "FOR VALUES IN ('a')", "DEFAULT"],
            ["FOR VALUES IN ('1', '2')", "FOR VALUES IN ('0')", "DEFAULT"],
        ),
        (
            "RANGE (region)",
            ["FOR VALUES FROM (MINVALUE) TO ('m')", "FOR VALUES FROM ('m') TO ('z')"],
            ["FOR VALUES FROM (MINVALUE) TO ('0')", "FOR VALUES FROM ('0') TO ('1')"],
        ),
    ],
)
def test_bounds_keep_their_sense(key: str, bounds: list[str], expected: list[str] | None) -> None:
    parts = [part(f"p{at}", bound) for at, bound in enumerate(bounds)]

    found = redact_bounds([parent(key), *parts], frozenset(), Notes())

    assert [each.partition_bound for each in found[1:]] == (expected or bounds)


@pytest.mark.parametrize("key", ["RANGE (region, day)", "LIST (lower(region))"])
def test_partitions_whose_bounds_cannot_be_replaced_go_with_their_own(key: str) -> None:
    notes = Notes()
    first = part("p", "FOR VALUES FROM ('SECRET', '2024-01-01') TO ('x', '2025-01-01')")
    below = part("q", "FOR VALUES WITH (modulus 2, remainder 0)", of=first.name)

    found = redact_bounds([parent(key), first, below], frozenset(), notes)

    assert [each.name for each in found] == [T]
    assert [each.subject for each in notes.lacks()] == ["2 partitions (shop.p, shop.q)"]
