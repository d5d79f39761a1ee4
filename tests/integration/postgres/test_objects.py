"""Types, functions and views come in an order in which they can be made again."""

import pytest
from psycopg2.extensions import make_dsn

from aegis_cli.embedded.session import open_session
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.model.facts.snapshot import ObjectKind, SchemaObject, Snapshot
from tests.integration.postgres.targets import Target, database


def found(snapshot: Snapshot, name: str) -> SchemaObject:
    """Return an object by name."""
    return next(each for each in snapshot.objects if each.name == name)


def test_every_object_is_there_once(snapshot: Snapshot) -> None:
    assert sorted((each.kind.value, each.name) for each in snapshot.objects) == [
        ("collation", "bytes"),
        ("domain", "email"),
        ("function", "name_of"),
        ("function", "slug"),
        ("function", "tax"),
        ("schema", "Odd Schema"),
        ("schema", "shop"),
        ("type", "floatrange"),
        ("type", "money_pair"),
        ("type", "order_status"),
        ("view", "a_taxed"),
        ("view", "open_names"),
        ("view", "open_orders"),
    ]


def test_trigger_functions_are_left_out(snapshot: Snapshot) -> None:
    assert "stamp" not in {each.name for each in snapshot.objects}


def test_what_is_needed_comes_first(snapshot: Snapshot) -> None:
    names = [each.name for each in snapshot.objects]

    for earlier, later in (
        ("shop", "order_status"),
        ("order_status", "money_pair"),
        ("tax", "a_taxed"),
        ("open_orders", "open_names"),
        ("open_orders", "name_of"),
    ):
        assert names.index(earlier) < names.index(later)


def test_views_tell_all_they_read(snapshot: Snapshot) -> None:
    assert found(snapshot, "open_names").reads == tuple(
        TableName(schema="shop", name=each) for each in ("customers", "open_orders", "orders")
    )


def test_a_function_of_a_views_rows_comes_after_the_view(snapshot: Snapshot) -> None:
    assert TableName(schema="shop", name="open_orders") in found(snapshot, "name_of").reads


def test_a_view_keeps_its_options(snapshot: Snapshot) -> None:
    assert found(snapshot, "open_orders").ddl.startswith(
        "CREATE VIEW shop.open_orders WITH (security_barrier=true) AS SELECT"
    )


def test_bare_statements_hold_no_literal(snapshot: Snapshot) -> None:
    assert found(snapshot, "email").bare_ddl == (
        'CREATE DOMAIN shop.email AS text COLLATE pg_catalog."C"'
    )
    assert found(snapshot, "tax").bare_ddl == (
        "CREATE FUNCTION shop.tax(amount numeric, rate numeric DEFAULT NULL) RETURNS numeric "
        "LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 7 "
        "AS 'BEGIN RAISE EXCEPTION ''redacted''; END'"
    )
    assert found(snapshot, "order_status").bare_ddl is None


@pytest.mark.parametrize("is_bare", [False, True])
def test_the_statements_make_the_objects_again(
    shop: Target, snapshot: Snapshot, *, is_bare: bool
) -> None:
    standalone = [each for each in snapshot.objects if not each.reads]

    with (
        database(make_dsn(shop.dsn, dbname="postgres"), "aegis_copy", shop.major, "") as copy,
        open_session(copy.dsn) as session,
    ):
        for each in standalone:
            session.execute((each.bare_ddl if is_bare else None) or each.ddl)
        labels = session.execute("SELECT enum_range(NULL::shop.order_status)::text")

    assert len(standalone) == 9
    assert labels == [("{open,paid,O'Neill}",)]


def test_views_can_be_made_again_from_their_statements(shop: Target, snapshot: Snapshot) -> None:
    views = [each for each in snapshot.objects if each.kind is ObjectKind.VIEW]

    with open_session(shop.dsn) as session, session.transaction():
        session.execute("DROP VIEW shop.open_orders CASCADE")
        session.execute("DROP VIEW shop.a_taxed")
        for each in views:
            session.execute(each.ddl)
        remade = session.execute("SELECT count(*) FROM pg_views WHERE schemaname = 'shop'")
        session.execute("ROLLBACK")

    assert remade == [(3,)]


@pytest.mark.parametrize(
    "signature",
    [
        "f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "f(integer, text) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "f(a integer, OUT b integer, INOUT c text) LANGUAGE sql AS 'SELECT 1, $2'",
        "f(VARIADIC a integer[]) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "f(\"Odd Name\" integer DEFAULT 7) RETURNS SETOF integer ROWS 5 LANGUAGE sql AS 'SELECT 1'",
        "f(a integer, b date DEFAULT now()) RETURNS TABLE (x integer) LANGUAGE sql AS 'SELECT 1'",
        "f(a anyelement) RETURNS anyarray LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "f() RETURNS void LANGUAGE plpgsql AS 'BEGIN END'",
    ],
)
def test_bare_functions_have_the_same_signature(empty: Target, signature: str) -> None:
    described = (
        "SELECT concat_ws(' ', pg_get_function_identity_arguments(oid), "
        "pg_get_function_result(oid), pronargdefaults, provolatile, prorows) "
        "FROM pg_proc WHERE proname = 'f'"
    )
    empty.run("CREATE FUNCTION " + signature)
    before = empty.value(described)

    (function,) = (each for each in empty.snapshot().objects if each.kind is ObjectKind.FUNCTION)
    assert function.bare_ddl is not None
    empty.run("DROP FUNCTION f", function.bare_ddl)

    assert empty.value(described) == before


def test_extensions_come_with_their_version(empty: Target) -> None:
    empty.run("CREATE SCHEMA ext", "CREATE EXTENSION pg_trgm SCHEMA ext")
    empty.run("CREATE TABLE t (a text); CREATE INDEX i ON t USING gin (a ext.gin_trgm_ops)")

    snapshot = empty.snapshot()
    trgm = found(snapshot, "pg_trgm")
    ((key,),) = (each.definition.keys for each in snapshot.tables[0].indexes)

    assert (trgm.kind, trgm.schema) == (ObjectKind.EXTENSION, "ext")
    assert trgm.ddl == "CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA ext CASCADE"
    assert trgm.version == empty.value(
        "SELECT extversion FROM pg_extension WHERE extname = 'pg_trgm'"
    )
    assert key.operator_class == "ext.gin_trgm_ops"
    assert [each.kind for each in snapshot.objects] == [ObjectKind.SCHEMA, ObjectKind.EXTENSION]


def test_an_operator_class_on_the_search_path_needs_no_schema(empty: Target) -> None:
    empty.run("CREATE EXTENSION pg_trgm; CREATE TABLE t (a text)")
    empty.run("CREATE INDEX i ON t USING gist (a gist_trgm_ops (siglen = 32))")

    ((key,),) = (each.definition.keys for each in empty.snapshot().tables[0].indexes)

    assert key.operator_class == "gist_trgm_ops(siglen=32)"


def test_says_what_a_copy_will_not_have(empty: Target) -> None:
    empty.run(
        "CREATE AGGREGATE last_of (anyelement) (sfunc = array_append, stype = anyarray)"
        if empty.major < 14
        else "CREATE AGGREGATE total_of (numeric) (sfunc = numeric_add, stype = numeric)",
        "CREATE FUNCTION equals(integer, integer) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "CREATE OPERATOR === (leftarg = integer, rightarg = integer, function = equals)",
    )

    assert [(each.subject, each.reason) for each in empty.snapshot().lacks] == [
        (subject, "AEGIS does not copy these; statements that use them cannot be planned")
        for subject in ("1 aggregates (public.total_of, …)", "1 operators (public.===, …)")
    ]
