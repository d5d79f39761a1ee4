"""A block, a function or a coroutine is profiled where it runs."""

import asyncio
import io
import sqlite3
import threading
from collections.abc import Iterator

import pytest

from aegis_cli.api import Block, UsageError, profile, watch

watch()


@pytest.fixture
def shop() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.execute("CREATE TABLE users (id int)")
    connection.executemany("INSERT INTO users VALUES (?)", [(each,) for each in range(8)])
    yield connection
    connection.close()


def one_by_one(shop: sqlite3.Connection) -> int:
    rows = shop.execute("SELECT id FROM users").fetchall()
    for (user,) in rows:
        shop.execute("SELECT id FROM users WHERE id = ?", (user,)).fetchone()
    return len(rows)


def test_a_block_counts_its_statements_and_finds_the_loop(shop: sqlite3.Connection) -> None:
    with profile("loop") as block:
        one_by_one(shop)

    assert block.queries == 9
    assert "AEG1101" in {each.rule.code for each in block.findings}
    assert block.elapsed_s > 0
    assert block.cpu_s >= 0
    assert block.query_ms >= 0


def test_what_runs_outside_does_not_count(shop: sqlite3.Connection) -> None:
    one_by_one(shop)
    with profile("nothing") as block:
        pass
    one_by_one(shop)

    assert block.queries == 0
    assert block.findings == ()


def test_blocks_one_after_another_know_their_statements(shop: sqlite3.Connection) -> None:
    blocks = []
    for _ in range(3):
        with profile("again") as block:
            one_by_one(shop)
        blocks.append(block)

    assert [each.queries for each in blocks] == [9, 9, 9]
    statements = {
        frozenset(row[2] for section in each.report.sections for row in section.rows)
        for each in blocks
    }
    assert statements == {frozenset(("SELECT id FROM users", "SELECT id FROM users WHERE id = ?"))}


def test_an_inner_block_is_part_of_the_outer(shop: sqlite3.Connection) -> None:
    with profile("outer") as outer:
        one_by_one(shop)
        with profile("inner") as inner:
            one_by_one(shop)
        shop.execute("SELECT 1")

    assert inner.queries == 9
    assert outer.queries == 19


def test_other_threads_count(shop: sqlite3.Connection) -> None:
    with profile("thread") as block:
        thread = threading.Thread(target=one_by_one, args=(shop,))
        thread.start()
        thread.join()

    assert block.queries == 9


def test_an_exception_passes_and_the_block_still_tells(shop: sqlite3.Connection) -> None:
    block = profile("fails")

    def fail() -> None:
        with block:
            one_by_one(shop)
            shop.execute("SELECT nothing FROM nowhere")

    with pytest.raises(sqlite3.OperationalError):
        fail()

    assert block.queries >= 9


def test_a_decorated_function_reports_each_call(shop: sqlite3.Connection) -> None:
    blocks: list[Block] = []

    @profile("named", on_report=blocks.append)
    def work(times: int) -> int:
        return sum(one_by_one(shop) for _ in range(times))

    assert work(1) == 8
    assert work(times=2) == 16
    assert [each.queries for each in blocks] == [9, 18]
    assert [each.name for each in blocks] == ["named", "named"]
    assert work.__name__ == "work"


def test_a_plain_decorator_shows_the_report_on_stderr(
    shop: sqlite3.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    @profile
    def work() -> int:
        return one_by_one(shop)

    work()

    captured = capsys.readouterr()
    assert captured.out == ""
    assert "n-plus-one" in captured.err
    assert "work" in captured.err
    assert "profiling.py" not in captured.err


def test_a_coroutine_is_profiled_until_it_ends(shop: sqlite3.Connection) -> None:
    blocks: list[Block] = []

    @profile(on_report=blocks.append)
    async def work() -> int:
        await asyncio.to_thread(threading.get_ident)
        found = one_by_one(shop)
        await asyncio.to_thread(threading.get_ident)
        return found

    assert asyncio.run(work()) == 8
    assert [each.queries for each in blocks] == [9]


def test_a_block_is_shown_where_it_is_asked_to(shop: sqlite3.Connection) -> None:
    with profile("shown") as block:
        one_by_one(shop)
    stream = io.StringIO()

    block.show(stream)

    assert "AEG1101" in stream.getvalue()


def test_a_block_that_runs_has_no_report_yet() -> None:
    with profile("early") as block, pytest.raises(UsageError, match="has not ended"):
        assert block.queries


def test_a_block_runs_once() -> None:
    block = profile("twice")
    with block:
        pass

    with pytest.raises(UsageError, match="begun before"):
        block.__enter__()
