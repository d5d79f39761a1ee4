"""What the twin cannot be given is left out piece by piece, and said."""

from dataclasses import replace

import pytest

from aegis_cli.indexing.planner import NOTHING_CHANGED, StatementNotPlanned
from aegis_cli.model.facts.catalog import Constraint, ConstraintKind, Table, TableKind
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.model.facts.snapshot import ObjectKind, SchemaObject, Setting, Snapshot
from aegis_cli.model.facts.statistics import (
    ColumnStatistics,
    ExtendedStatistics,
    SlotKind,
    StatisticSlot,
)
from aegis_cli.sources.postgres.twin.server import start_twin
from aegis_cli.sources.postgres.twin.twin import Twin
from tests.integration.twin.handmade import column, snapshot, table, visits, with_index

PLACE = TableName(schema="public", name="place")


def place() -> Table:
    """Return a table of which the twin lacks much."""
    columns = [
        column("id", 1),
        column("shape", 2, "geo.geometry", type_length=-1),
        column("label", 4, "text", type_length=-1, collation='"xx_NOWHERE"'),
        column("doubled", 5, generated="geo.twice(id)"),
    ]
    constraints = (
        Constraint(
            name="place_pkey", kind=ConstraintKind.PRIMARY_KEY, columns=("id",),
            definition="PRIMARY KEY (id)", index="place_pkey",
        ),
        Constraint(
            name="place_valid", kind=ConstraintKind.CHECK, columns=("shape",),
            definition="CHECK (geo.is_valid(shape))",
        ),
        Constraint(
            name="place_owner", kind=ConstraintKind.FOREIGN_KEY, columns=("id",),
            definition="FOREIGN KEY (id) REFERENCES absent(id)",
        ),
    )  # fmt: skip
    plain = table("place", columns, rows=50_000, pages=400)
    return replace(
        with_index(with_index(plain, "place_id", "id", 140), "place_shape", "geo.area(shape)", 90),
        constraints=constraints,
    )


def lacking() -> Snapshot:
    """Return a snapshot with something of each kind that the twin lacks."""
    whole = table("whole", [column("id", 1)], rows=10_000, pages=50)
    far = replace(table("far", [column("id", 1)], rows=10, pages=1), kind=TableKind.FOREIGN)
    split = replace(
        table("split", [column("id", 1)], rows=10, pages=1),
        kind=TableKind.PARTITIONED,
        partition_key="RANGE (nonsense)",
    )
    objects = (
        SchemaObject(kind=ObjectKind.EXTENSION, schema="geo", name="postgis_of_elsewhere", ddl=""),
        SchemaObject(
            kind=ObjectKind.FUNCTION,
            schema="public",
            name="escape",
            ddl="CREATE FUNCTION public.escape() RETURNS int LANGUAGE c AS 'escape'",
        ),
        SchemaObject(
            kind=ObjectKind.VIEW,
            schema="public",
            name="far_view",
            ddl="CREATE VIEW public.far_view AS SELECT * FROM public.far",
        ),
        SchemaObject(
            kind=ObjectKind.VIEW,
            schema="public",
            name="whole_view",
            ddl="CREATE VIEW public.whole_view AS SELECT * FROM public.whole",
        ),
    )
    odd = ColumnStatistics(
        table=whole.name,
        column="id",
        inherited=False,
        null_fraction=0.5,
        average_width=8,
        distinct=-0.5,
        slots=(
            StatisticSlot(kind=SlotKind.MOST_COMMON, values="{1,2}", numbers=(0.3, 0.1)),
            StatisticSlot(kind=SlotKind.HISTOGRAM, values="{not,numbers}"),
        ),
    )
    extended = ExtendedStatistics(
        table=whole.name, name="whole_odd", ddl="CREATE STATISTICS whole_odd ON nonsense FROM whole"
    )
    return replace(
        snapshot(whole, place(), far, split),
        objects=objects,
        statistics=(odd,),
        extended_statistics=(extended,),
        settings=(
            Setting(name="work_mem", value="plenty"),
            Setting(name="random_page_cost", value="1.5"),
            Setting(name="session_preload_libraries", value="evil"),
        ),
    )


@pytest.fixture(scope="module")
def twin() -> object:
    """Give a twin of a snapshot that is full of holes."""
    with start_twin(lacking()) as started:
        yield started


def subjects(twin: Twin) -> set[str]:
    return {each.subject for each in twin.lacks}


def test_says_each_thing_that_is_missing(twin: Twin) -> None:
    assert subjects(twin) == {
        "extension postgis_of_elsewhere",
        "function public.escape",
        "view public.far_view",
        "foreign table public.far",
        "table public.split",
        "table public.place",
        "column public.place.shape",
        "constraint place_valid of public.place",
        "constraint place_owner of public.place",
        "index public.place_shape",
        "statistics of public.whole.id",
        "extended statistics public.whole_odd",
        "setting work_mem",
    }


def test_each_lack_gives_the_servers_reason(twin: Twin) -> None:
    reasons = {each.subject: each.reason for each in twin.lacks}

    assert 'schema "geo"' not in reasons["extension postgis_of_elsewhere"]
    assert "text instead" in reasons["column public.place.shape"]
    assert "permission denied for language c" in reasons["function public.escape"]
    assert "nonsense" in reasons["table public.split"]


def test_the_rest_of_a_table_is_there(twin: Twin) -> None:
    estimate = twin.estimate("SELECT shape, label FROM place WHERE id = 5", NOTHING_CHANGED)

    assert estimate.used == {"public.place_pkey"}
    assert twin.rows(PLACE, None) == 50_000


def test_statistics_that_fit_are_kept(twin: Twin) -> None:
    whole = TableName(schema="public", name="whole")

    assert twin.rows(whole, "id = 1") == pytest.approx(3000, rel=0.01)


def test_settings_that_fit_are_applied_and_others_are_not_ours(twin: Twin) -> None:
    plain = snapshot(table("whole", [column("id", 1)], rows=10_000, pages=50))
    statement = "SELECT * FROM place WHERE id = 5"
    with start_twin(replace(plain, tables=(place(),))) as usual:
        dear = usual.estimate(statement, NOTHING_CHANGED)

    assert twin.estimate(statement, NOTHING_CHANGED).cost < dear.cost


@pytest.mark.parametrize(
    "statement", ["SELECT * FROM far", "SELECT * FROM far_view", "SELECT * FROM split"]
)
def test_statements_on_what_is_missing_are_not_planned(twin: Twin, statement: str) -> None:
    with pytest.raises(StatementNotPlanned, match="does not exist"):
        twin.estimate(statement, NOTHING_CHANGED)


def test_views_on_what_is_there_are_planned(twin: Twin) -> None:
    assert twin.estimate("SELECT * FROM whole_view", NOTHING_CHANGED).cost > 0


def test_statistics_of_unknown_relations_are_no_obstacle() -> None:
    stray = replace(visits().statistics[0], table=TableName(schema="gone", name="gone"))
    with start_twin(replace(visits(), statistics=(stray,))) as started:
        assert started.lacks == ()


def test_a_snapshot_cannot_run_programs_through_the_twin() -> None:
    """A snapshot comes from elsewhere; its statements run without a superuser's rights."""
    evil = SchemaObject(
        kind=ObjectKind.TYPE,
        schema="public",
        name="evil",
        ddl="RESET ROLE; COPY (SELECT 1) TO PROGRAM 'touch evil'",
    )
    with start_twin(replace(visits(), objects=(evil,))) as started:
        written = list(started.directory.rglob("evil"))

    assert written == []
    assert [each.subject for each in started.lacks] == ["type public.evil"]
    assert "permission denied" in started.lacks[0].reason


def test_says_that_its_server_is_of_another_version() -> None:
    with start_twin(visits(version=990_000)) as started:
        (lack,) = started.lacks
        estimate = started.estimate("SELECT * FROM visit WHERE id = 5", NOTHING_CHANGED)

    assert lack.subject == "planner twin"
    assert f"PostgreSQL {started.version}, the target is 99" in lack.reason
    assert estimate.cost > 0


def test_says_what_statistics_on_expressions_lack() -> None:
    name = TableName(schema="public", name="visit")
    odd = ExtendedStatistics(
        table=name,
        name="visit_odd",
        ddl="CREATE STATISTICS public.visit_odd ON (id % 10), (place + 1) FROM public.visit",
        distinct='{"-1, -2": 12}',
    )
    with start_twin(replace(visits(), extended_statistics=(odd,))) as started:
        (lack,) = started.lacks
        grouped = "SELECT id % 10, place + 1 FROM visit GROUP BY 1, 2"
        estimate = started.estimate(grouped, NOTHING_CHANGED)

    assert lack.subject == "extended statistics public.visit_odd"
    assert "expressions" in lack.reason
    assert estimate.cost > 0
