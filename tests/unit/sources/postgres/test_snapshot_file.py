"""A snapshot survives its file exactly, and other files are refused with a hint."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aegis_cli.model.errors import OutputError, SourceError, SourceUnavailable
from aegis_cli.model.facts.catalog import (
    Constraint,
    ConstraintKind,
    ExistingIndex,
    Table,
    TableActivity,
    TableColumn,
    TableKind,
)
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, TableName
from aegis_cli.model.facts.snapshot import (
    ObjectKind,
    SchemaObject,
    Setting,
    Snapshot,
    SnapshotLack,
)
from aegis_cli.model.facts.statistics import ColumnStatistics, ExtendedStatistics, StatisticSlot
from aegis_cli.sources.postgres.snapshot_file import read_snapshot, write_snapshot

ORDERS = TableName(schema="shop", name="orders")
SNAPSHOT = Snapshot(
    server="db:5432/shop",
    version=150_018,
    taken_at="2026-05-06T07:08:09Z",
    statistics_since=None,
    is_standby=False,
    replicas=2,
    has_c_collation=True,
    encoding="UTF8",
    search_path=("public",),
    settings=(Setting(name="work_mem", value="4MB"),),
    objects=(
        SchemaObject(kind=ObjectKind.VIEW, schema="shop", name="v", ddl="…", reads=(ORDERS,)),
    ),
    tables=(
        Table(
            name=ORDERS,
            kind=TableKind.TABLE,
            columns=(
                TableColumn(
                    name="id", number=1, type_name="bigint", type_length=8, type_alignment=8
                ),
            ),
            constraints=(
                Constraint(
                    name="k",
                    kind=ConstraintKind.FOREIGN_KEY,
                    columns=("id",),
                    definition="FOREIGN KEY …",
                    referenced_table=ORDERS,
                ),
            ),
            indexes=(
                ExistingIndex(
                    name="i",
                    definition=IndexDefinition(
                        table=ORDERS, keys=(IndexKey(text="id", descending=True),)
                    ),
                    ddl="CREATE INDEX …",
                    scans=3,
                ),
            ),
            rows=17.0,
            activity=TableActivity(
                sequential_scans=1,
                index_scans=2,
                rows_inserted=3,
                rows_updated=4,
                rows_updated_hot=5,
                rows_deleted=6,
                live_rows=7,
                dead_rows=8,
                modified_since_analyze=9,
            ),
        ),
    ),
    statistics=(),
    extended_statistics=(ExtendedStatistics(table=ORDERS, name="s", ddl="…", distinct="{}"),),
    lacks=(SnapshotLack(subject="a", reason="b", hint="c"),),
)

_texts = st.text(st.characters(codec="utf-8"), max_size=20)
_numbers = st.floats(allow_nan=False)
_slots = st.builds(
    StatisticSlot,
    kind=st.integers(1, 200),
    numbers=st.none() | st.lists(_numbers, max_size=3).map(tuple),
    values=st.none() | _texts,
    operator=st.none() | _texts,
    collation=st.none() | _texts,
    value_type=st.none() | _texts,
)
_statistics = st.builds(
    ColumnStatistics,
    table=st.builds(TableName, schema=_texts, name=_texts),
    column=_texts,
    inherited=st.booleans(),
    null_fraction=_numbers,
    average_width=st.integers(0),
    distinct=_numbers,
    slots=st.lists(_slots, max_size=3).map(tuple),
)
_snapshots = st.builds(
    Snapshot,
    server=_texts,
    version=st.integers(130_000, 190_000),
    taken_at=_texts,
    statistics_since=st.none() | _texts,
    is_standby=st.booleans(),
    replicas=st.none() | st.integers(0, 9),
    has_c_collation=st.booleans(),
    encoding=_texts,
    search_path=st.lists(_texts, max_size=2).map(tuple),
    settings=st.lists(st.builds(Setting, name=_texts, value=_texts), max_size=2).map(tuple),
    objects=st.just(SNAPSHOT.objects) | st.just(()),
    tables=st.just(SNAPSHOT.tables) | st.just(()),
    statistics=st.lists(_statistics, max_size=3).map(tuple),
    extended_statistics=st.just(()),
    is_redacted=st.booleans(),
    lacks=st.just(()),
)


def saved(path: Path) -> Path:
    """Write the snapshot and return where."""
    write_snapshot(path, SNAPSHOT)
    return path


@pytest.mark.parametrize("name", ["shop.json", "shop.json.gz", "shop"])
def test_what_was_written_is_read(tmp_path: Path, name: str) -> None:
    assert read_snapshot(saved(tmp_path / name)) == SNAPSHOT


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(snapshot=_snapshots)
def test_every_snapshot_survives(tmp_path: Path, snapshot: Snapshot) -> None:
    write_snapshot(tmp_path / "any.json", snapshot)

    assert read_snapshot(tmp_path / "any.json") == snapshot


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "shop.json"
    path.write_text("{}", "utf-8")
    path.chmod(0o666)

    assert saved(path).stat().st_mode & 0o777 == 0o600


def test_it_says_inside_what_it_holds(tmp_path: Path) -> None:
    document = json.loads(saved(tmp_path / "shop.json").read_text("utf-8"))

    assert document["schema"] == "aegis.snapshot/1"
    assert "confidential" in document["notice"]


def test_a_packed_file_is_the_same_each_time(tmp_path: Path) -> None:
    first = saved(tmp_path / "shop.json.gz").read_bytes()

    assert first.startswith(b"\x1f\x8b")
    assert saved(tmp_path / "shop.json.gz").read_bytes() == first


def test_a_packed_file_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "shop.json"
    path.write_bytes(gzip.compress(saved(tmp_path / "plain.json").read_bytes()))

    assert read_snapshot(path) == SNAPSHOT


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    taken = tmp_path / "shop.json"
    taken.mkdir()

    with pytest.raises(OutputError, match="cannot be written"):
        saved(taken)

    assert [*tmp_path.iterdir()] == [taken]


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No such file"):
        saved(tmp_path / "nosuch" / "shop.json")


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="No such file"):
        read_snapshot(tmp_path / "nosuch.json")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"SELECT 1;",
        b"\xff\xfe\x00",
        b'{"schema": "aegis.report/1"}',
        b'{"schema": 7}',
        b"[" * 100_000,
        b"\x1f\x8b\x08\x00 not gzip at all",
    ],
)
def test_another_file_is_refused_with_a_hint(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)

    with pytest.raises(SourceError) as caught:
        read_snapshot(path)

    assert caught.value.subject == str(path)
    assert "--save-snapshot" in caught.value.hint


@pytest.mark.parametrize("name", ["shop.json", "shop.json.gz"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, name: str, share: float) -> None:
    path = saved(tmp_path / name)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])

    with pytest.raises(SourceError):
        read_snapshot(path)


def test_a_later_format_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "later.json"
    path.write_text('{"schema": "aegis.snapshot/2"}', "utf-8")

    with pytest.raises(SourceError, match=r"aegis\.snapshot/2"):
        read_snapshot(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": "15"}, r"snapshot\.version is not of the right type"),
        ({"version": True}, r"snapshot\.version is not of the right type"),
        ({"tables": {}}, r"snapshot\.tables is no list"),
        ({"tables": [7]}, r"snapshot\.tables\[0\] is no object"),
        ({"objects": [{"kind": "sculpture"}]}, "sculpture"),
        ({"tables": [{}]}, "missing"),
    ],
)
def test_damage_is_located(tmp_path: Path, change: dict[str, object], message: str) -> None:
    path = saved(tmp_path / "shop.json")
    document = json.loads(path.read_text("utf-8"))
    document["snapshot"].update(change)
    path.write_text(json.dumps(document), "utf-8")

    with pytest.raises(SourceError, match=message):
        read_snapshot(path)


def test_fields_of_a_later_version_are_passed_over(tmp_path: Path) -> None:
    path = saved(tmp_path / "shop.json")
    document = json.loads(path.read_text("utf-8"))
    document["snapshot"]["weather"] = "fine"
    path.write_text(json.dumps(document), "utf-8")

    assert read_snapshot(path) == SNAPSHOT
