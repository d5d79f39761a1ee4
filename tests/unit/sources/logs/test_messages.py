"""What messages mean is the same in every format: executions, their steps, plans, errors."""

import pytest

from tests.unit.sources.logs.log_writer import WRITERS, Entry
from tests.unit.sources.logs.pipeline import SPLITTERS, Gathered, read

ONE = "SELECT 1 FROM t WHERE id = 1"
ONE_NORMALIZED = "SELECT ? FROM t WHERE id = ?"
PLAN = """duration: 3.000 ms  plan:
Query Text: SELECT 1 FROM t WHERE id = 1
Seq Scan on t  (cost=0.00..1.00 rows=1 width=4) (actual time=0.010..0.020 rows=1 loops=1)
  Filter: (id = 1)"""
JSON_PLAN = """duration: 3.000 ms  plan:
{
  "Query Text": "SELECT 1 FROM t WHERE id = 1",
  "Plan": {
    "Node Type": "Seq Scan",
    "Relation Name": "t",
    "Startup Cost": 0.00,
    "Total Cost": 1.00,
    "Plan Rows": 1,
    "Plan Width": 4
  }
}"""

pytestmark = pytest.mark.parametrize("log_format", sorted(WRITERS))


def gathered(log_format: str, *entries: Entry | str, size: int = 1 << 20) -> Gathered:
    """Write messages in a format and read them; a text is a LOG message of one session."""
    whole = [
        each if isinstance(each, Entry) else Entry(message=each, ms=number)
        for number, each in enumerate(entries)
    ]
    return read(WRITERS[log_format](whole), SPLITTERS[log_format], sizes=[size])


def test_a_duration_with_a_statement_is_an_execution(log_format: str) -> None:
    found = gathered(log_format, f"duration: 1.234 ms  statement: {ONE}")

    assert found.times() == {ONE_NORMALIZED: (1, 1234)}
    assert found.absorber.digest.total_us == 1234


@pytest.mark.parametrize("name", ["<unnamed>", "S_1", "a: b", "fetch from C_1", "p1/portal"])
def test_parse_and_bind_are_no_executions_and_execute_is(log_format: str, name: str) -> None:
    plain = name.partition(":")[0]
    found = gathered(
        log_format,
        f"duration: 0.100 ms  parse {plain}: {ONE}",
        f"duration: 0.200 ms  bind {plain}: {ONE}",
        f"duration: 0.300 ms  execute {plain}: {ONE}",
    )

    assert found.times() == {ONE_NORMALIZED: (1, 300)}


def test_a_statement_and_the_duration_behind_it_are_one_execution(log_format: str) -> None:
    found = gathered(log_format, f"statement: {ONE}", "duration: 2.500 ms")

    assert found.times() == {ONE_NORMALIZED: (1, 2500)}


@pytest.mark.parametrize("size", [40, 150, 333, 1 << 20])
def test_a_duration_finds_its_statement_across_chunks_and_sessions(
    log_format: str, size: int
) -> None:
    found = gathered(
        log_format,
        Entry(message="statement: SELECT a FROM x", ms=1, pid=1),
        Entry(message="statement: SELECT b FROM y", ms=2, pid=2),
        Entry(message="duration: 1.000 ms", ms=3, pid=2),
        Entry(message="duration: 2.000 ms", ms=4, pid=1),
        size=size,
    )

    assert found.times() == {"SELECT a FROM x": (1, 2000), "SELECT b FROM y": (1, 1000)}


def test_a_statement_that_never_got_its_duration_does_not_inherit_one(log_format: str) -> None:
    found = gathered(
        log_format,
        "statement: SELECT a FROM x",
        "statement: SELECT b FROM y",
        "duration: 1.000 ms",
        "duration: 9.000 ms",
    )

    assert found.times() == {"SELECT b FROM y": (1, 1000), "SELECT a FROM x": (0, 0)}


def test_a_failed_statement_does_not_take_the_duration_of_the_next_step(log_format: str) -> None:
    found = gathered(
        log_format,
        "statement: SELECT a FROM x",
        Entry(message="division by zero", severity="ERROR", statement="SELECT a FROM x", ms=1),
        "duration: 1.000 ms",
        "execute <unnamed>: SELECT b FROM y",
        "duration: 3.000 ms",
    )

    assert found.times() == {"SELECT b FROM y": (1, 3000), "SELECT a FROM x": (0, 0)}


def test_a_statement_still_waiting_at_the_end_of_the_log_is_an_execution(log_format: str) -> None:
    found = gathered(log_format, f"statement: {ONE}")

    assert found.times() == {ONE_NORMALIZED: (0, 0)}


def test_durations_without_any_statement_are_no_executions(log_format: str) -> None:
    found = gathered(log_format, "duration: 1.000 ms", "duration: 2.000 ms")

    assert found.times() == {}


@pytest.mark.parametrize("word", ["parameters", "Parameters"])
def test_values_of_parameters_tell_executions_apart(log_format: str, word: str) -> None:
    """Five look-ups with three values are a varying loop with three distinct values."""
    values = ["'1'", "'two\nlines, and ''quotes'''", "NULL", "'1'", "NULL"]
    entries = [
        Entry(
            message="duration: 0.100 ms  execute <unnamed>: SELECT a FROM t WHERE id = $1",
            detail=f"{word}: $1 = {value}",
            ms=number,
        )
        for number, value in enumerate(values)
    ]
    found = gathered(log_format, *entries)

    (group,) = found.absorber.bursts.groups()
    (size,) = group.burst_sizes()

    assert (size.rounds, size.distinct_values, group.is_varying) == (5, 3, True)


def test_one_statement_with_other_literals_and_equal_parameters_varies(log_format: str) -> None:
    entries = [
        Entry(
            message=f"duration: 0.100 ms  execute s: TABLE t OFFSET {number} + $1",
            detail="parameters: $1 = 'x'",
        )
        for number in range(5)
    ]

    (group,) = gathered(log_format, *entries).absorber.bursts.groups()

    assert group.is_varying


@pytest.mark.parametrize("plan", [PLAN, JSON_PLAN])
def test_a_plan_beside_its_statement_is_not_counted_again(log_format: str, plan: str) -> None:
    before = gathered(log_format, plan, f"duration: 3.100 ms  statement: {ONE}")
    between = gathered(log_format, f"statement: {ONE}", plan, "duration: 3.100 ms")

    assert before.times() == {ONE_NORMALIZED: (1, 3100)}
    assert between.times() == {ONE_NORMALIZED: (1, 3100)}
    assert [each.plans for each in before.absorber.plans.observations()] == [1]


@pytest.mark.parametrize("plan", [PLAN, JSON_PLAN])
def test_a_plan_alone_is_an_execution(log_format: str, plan: str) -> None:
    found = gathered(log_format, plan, plan)

    assert found.times() == {ONE_NORMALIZED: (2, 6000)}
    assert [each.plans for each in found.absorber.plans.observations()] == [2]


def test_a_plan_of_a_nested_statement_is_no_execution(log_format: str) -> None:
    nested = Entry(message=PLAN, context="SQL statement\nPL/pgSQL function f() line 3")
    found = gathered(log_format, nested, "duration: 5.000 ms  statement: SELECT f()")

    assert found.times() == {"SELECT f()": (1, 5000)}
    assert found.absorber.nested_plans == 1


def test_messages_that_only_resemble_executions_are_none(log_format: str) -> None:
    found = gathered(
        log_format,
        "duration: x ms  statement: SELECT 1",
        "duration: 1 ms  statement: SELECT 1",
        "duration: 1.234 ms  fastpath function call: f",
        "duration: 1.234 ms  statement of accounts",
        Entry(message="statement: SELECT 1", severity="WARNING"),
        Entry(message="duration: 1.234 ms  statement: SELECT 1", severity="ERROR"),
    )

    assert found.calls() == {}
    assert found.absorber.plans.unreadable == 0


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a,\n\tb -- c: 'x'\nFROM t\n\nWHERE \"q\" = 'two\n\nlines'",
        "SELECT 'LOG:  duration: 9.000 ms  statement: SELECT 2' FROM t",
        'SELECT \'tab\tand \\ backslash and \\\\ two, "quotes" and ""\'',
        "SELECT '2026-11-23 20:00:00.000 UTC [100] alice@shop LOG:  x'",
        "SELECT 'é 東京 \U0001f600' AS größe",
        "SELECT 1,",
        'SELECT "a,"',
    ],
)
def test_the_text_of_a_statement_survives_the_format(log_format: str, sql: str) -> None:
    found = gathered(log_format, f"duration: 1.000 ms  statement: {sql}", "duration: 1.000 ms")

    slowest = found.absorber.examples.slowest(0)

    assert slowest is not None
    assert slowest.text == sql


def test_the_slowest_execution_is_the_example_and_of_equals_the_first(log_format: str) -> None:
    found = gathered(
        log_format,
        *(
            f"duration: {ms}.000 ms  statement: " + f"SELECT {ms} + {number}"
            for number, ms in enumerate((1, 7, 7, 3))
        ),
    )

    slowest = found.absorber.examples.slowest(0)

    assert slowest is not None
    assert (slowest.text, slowest.duration_us) == ("SELECT 7 + 1", 7000)


def test_who_ran_a_statement_is_told(log_format: str) -> None:
    found = gathered(log_format, f"duration: 1.000 ms  statement: {ONE}")

    application = "" if log_format == "stderr" else "web"
    assert found.absorber.actors.origins() == [("alice", "shop", application)]
