"""Sources become one weighted workload of statements that a planner can be asked about."""

import pytest

from aegis_cli.model.facts.index_workload import ConstantsOrigin, IndexWorkload, WorkloadStatement
from aegis_cli.model.facts.shapes import StatementKind
from aegis_cli.usecases.index_advise.workload.build import BuiltWorkload, build_workload
from aegis_cli.usecases.index_advise.workload.raw import (
    KnownExecution,
    RawStatement,
    RawWorkload,
)
from tests.unit.indexing.shop_snapshot import a_shop


def _raw(
    text: str,
    *,
    calls: float = 1.0,
    source: str = "a.log",
    total_ms: float | None = None,
    rows: float | None = None,
    known: tuple[KnownExecution, ...] = (),
    databases: tuple[str, ...] = (),
    has_folded_lists: bool = False,
) -> RawStatement:
    return RawStatement(
        text=text,
        calls=calls,
        source=source,
        total_ms=total_ms,
        rows=rows,
        known=known,
        databases=databases,
        has_folded_lists=has_folded_lists,
    )


def _literal(text: str, *, calls: float = 1.0) -> RawStatement:
    return _raw(text, calls=calls, known=(KnownExecution(text=text),))


def _built(*raws: RawStatement) -> BuiltWorkload:
    return build_workload([RawWorkload(statements=raws)], a_shop())


def _only(*raws: RawStatement) -> WorkloadStatement:
    (statement,) = _built(*raws).workload.statements
    return statement


def _texts(statement: WorkloadStatement) -> list[tuple[str, float, ConstantsOrigin]]:
    return [(each.text, round(each.share, 3), each.constants) for each in statement.texts]


def test_nothing_gives_an_empty_workload() -> None:
    assert build_workload([], a_shop()) == BuiltWorkload(workload=IndexWorkload(statements=()))


def test_a_statement_keeps_its_weight_source_and_masked_text() -> None:
    statement = _only(
        _raw("SELECT id FROM orders WHERE id = $1", calls=40, total_ms=80.0, rows=40.0)
    )

    assert statement.normalized == "SELECT id FROM orders WHERE id = ?"
    assert statement.kind is StatementKind.SELECT
    assert (statement.calls, statement.total_ms, statement.rows) == (40, 80.0, 40.0)
    assert statement.source == "a.log"
    assert [each.table for each in statement.access.tables] == ["orders"]


def test_sources_of_one_structure_are_merged() -> None:
    statement = _only(
        _raw("SELECT id FROM orders WHERE id = $1", calls=100, total_ms=5.0, source="counters"),
        _raw("SELECT id FROM orders WHERE id = 7", calls=20, total_ms=3.0, source="a.log"),
        _raw("select id from orders where id = ?", calls=3, total_ms=1.0, source="r.json"),
    )

    assert (statement.calls, statement.total_ms) == (123, 9.0)
    assert statement.source == "counters, a.log, r.json"


def test_what_one_source_does_not_tell_is_unknown_for_all() -> None:
    statement = _only(
        _raw("SELECT id FROM orders WHERE id = $1", total_ms=5.0, rows=1.0),
        _raw("SELECT id FROM orders WHERE id = 7", rows=2.0),
    )

    assert (statement.total_ms, statement.rows) == (None, 3.0)


def test_known_executions_stand_for_the_calls_of_all_sources() -> None:
    text = "SELECT id FROM orders WHERE status = $1"
    known = (
        KnownExecution(text=text, values=("open",)),
        KnownExecution(text=text, values=("open",)),
        KnownExecution(text=text, values=("done",)),
    )

    statement = _only(_raw(text, calls=9000, source="counters"), _raw(text, calls=3, known=known))

    assert statement.calls == 9003
    assert _texts(statement) == [
        ("SELECT id FROM orders WHERE status = 'open'", 0.5, ConstantsOrigin.KNOWN),
        ("SELECT id FROM orders WHERE status = 'done'", 0.5, ConstantsOrigin.KNOWN),
    ]


def test_a_parameter_stays_a_parameter_for_partial_indexes() -> None:
    text = "SELECT id FROM orders WHERE status = $1"

    statement = _only(_raw(text, known=(KnownExecution(text=text, values=("open",)),)))

    (condition,) = statement.access.tables[0].conditions
    assert (condition.constant, condition.parameters) == (None, (1,))


def test_values_cut_short_by_the_server_are_sampled() -> None:
    text = "SELECT id FROM orders WHERE status = $1 AND id = $2"

    statement = _only(_raw(text, known=(KnownExecution(text=text, values=("op...", "7")),)))

    assert {each.constants for each in statement.texts} == {ConstantsOrigin.SAMPLED}
    assert all("id = '7'" in each.text for each in statement.texts)
    assert sum(each.share for each in statement.texts) == pytest.approx(1.0)


def test_literals_that_never_change_are_constants_and_others_are_not() -> None:
    known = tuple(
        KnownExecution(text=f"SELECT id FROM orders WHERE status = 'open' AND user_id = {user}")  # noqa: S608  only read
        for user in (5, 6, 7)
    )

    statement = _only(_raw(known[0].text, calls=3, known=known))

    assert [each.constant for each in statement.access.tables[0].conditions] == ["'open'", None]
    assert len(statement.texts) == 3


@pytest.mark.parametrize(
    ("text", "planned"),
    [
        ("SELECT id FROM orders WHERE note = ?", "SELECT id FROM orders WHERE note = $1"),
        ("SELECT id FROM orders WHERE note = :n", "SELECT id FROM orders WHERE note = $1"),
        ("SELECT id FROM orders WHERE note = %s;", "SELECT id FROM orders WHERE note = $1"),
        (
            "DECLARE c CURSOR FOR SELECT id FROM orders WHERE note = $1",
            "SELECT id FROM orders WHERE note = $1",
        ),
        (
            "SELECT id FROM orders WHERE note > date $1",
            "SELECT id FROM orders WHERE note > $1::date",
        ),
    ],
)
def test_texts_are_brought_into_the_form_a_server_plans(text: str, planned: str) -> None:
    statement = _only(_raw(text))

    assert _texts(statement) == [(planned, 1.0, ConstantsOrigin.GENERIC)]


def test_several_statements_in_one_text_are_taken_apart() -> None:
    built = _built(_raw("BEGIN; SELECT id FROM orders; SELECT id FROM users", total_ms=9.0))

    assert [(each.normalized, each.total_ms) for each in built.workload.statements] == [
        ("SELECT id FROM users", None),
        ("SELECT id FROM orders", None),
    ] or len(built.workload.statements) == 2
    assert built.skipped == ()


def test_a_view_is_planned_as_written_and_understood_by_its_tables() -> None:
    statement = _only(_literal("SELECT id FROM open_orders WHERE user_id = 3"))

    assert _texts(statement)[0][0] == "SELECT id FROM open_orders WHERE user_id = 3"
    (access,) = statement.access.tables
    assert access.table == "public.orders"
    assert [each.sql for each in access.conditions] == ["status = 'open'", "user_id = 3"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SELEC 1", "does not understand"),
        ("SELECT ? FROM orders WHERE id = $1", "does not understand"),
        ("VACUUM orders", "no plan"),
        ("CREATE INDEX ON orders (id)", "no plan"),
        ("SELECT relname FROM pg_class", "server's own tables"),
        ("SELECT 1", "read no table"),
        ("SELECT a FROM nosuch WHERE a = 'secret'", "none of their tables"),
    ],
)
def test_what_cannot_be_advised_on_is_said_with_a_masked_example(text: str, reason: str) -> None:
    built = _built(_raw(text, calls=5), _raw(text, calls=2))

    assert built.workload.statements == ()
    (skipped,) = built.skipped
    assert skipped.subject in {"2 statements (7 calls)", "1 statement (7 calls)"}
    assert reason in skipped.reason.en
    assert "secret" not in skipped.reason.en + skipped.reason.ko
    assert skipped.hint.en
    assert skipped.reason.ko != skipped.reason.en


@pytest.mark.parametrize("text", ["BEGIN", "COMMIT", "SET x = 1", "SHOW x", "FETCH 5 FROM c"])
def test_transaction_control_and_settings_are_not_worth_a_word(text: str) -> None:
    assert _built(_raw(text)).skipped == ()


def test_statements_of_other_databases_are_left_out() -> None:
    built = _built(
        _raw("SELECT id FROM orders", databases=("shop",)),
        _raw("SELECT id FROM users", databases=("other",)),
        _raw("SELECT id FROM users WHERE id = 1"),
    )

    assert len(built.workload.statements) == 2
    assert "other databases" in built.skipped[0].reason.en


def test_a_log_of_a_database_of_another_name_is_taken_for_ours() -> None:
    assert len(_built(_raw("SELECT id FROM orders", databases=("prod",))).workload.statements) == 1


def test_the_heaviest_statement_comes_first() -> None:
    built = _built(
        _raw("SELECT id FROM orders", calls=1, total_ms=1.0),
        _raw("SELECT id FROM users", calls=1, total_ms=9.0),
        _raw("SELECT note FROM users", calls=50),
    )

    assert [each.normalized for each in built.workload.statements] == [
        "SELECT id FROM users",
        "SELECT id FROM orders",
        "SELECT note FROM users",
    ]


@pytest.mark.parametrize(
    ("windows", "expected"), [((60.0,), 60.0), ((60.0, 90.0), 90.0), ((60.0, None), None)]
)
def test_the_window_is_the_longest_if_all_are_known(
    windows: tuple[float | None, ...], expected: float | None
) -> None:
    sources = [
        RawWorkload(statements=(_raw("SELECT id FROM orders"),), window_s=each) for each in windows
    ]

    assert build_workload([*sources, RawWorkload()], a_shop()).workload.window_s == expected


def test_long_lists_in_masked_texts_are_planned_as_lists() -> None:
    statement = _only(_raw("SELECT id FROM orders WHERE user_id IN (?)", has_folded_lists=True))

    assert statement.texts[0].text.count("::bigint") == 5
