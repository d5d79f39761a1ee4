"""Relationships that are loaded ahead are told with whether anybody reads them."""

from collections.abc import Callable
from typing import Any

import pytest

from aegis_cli.model.facts.captured_queries import EagerLoad
from aegis_cli.sources.captured.workload import CapturedWorkload

Run = Callable[..., Any]
_ASKED = {
    "sqlalchemy_ahead.py": {
        ("Author.books", "selectinload"): 4,
        ("Book.writer", "joinedload"): 4,
    },
    "django_ahead.py": {
        ("Author.books", "prefetch_related"): 4,
        ("Book.tags", "prefetch_related"): 4,
        ("Author.profile", "select_related"): 4,
        ("Book.writer", "select_related"): 4,
    },
}


def _loads(ran: Any) -> list[EagerLoad]:
    workload = CapturedWorkload()
    for _ in workload.batches(ran.captured):
        pass
    return [each for each in workload.facts() if isinstance(each, EagerLoad)]


@pytest.mark.parametrize("name", _ASKED)
def test_what_nobody_reads_is_told_with_how_often_it_was_loaded(
    name: str, run_bare: Run, run_captured: Run
) -> None:
    bare = run_bare(name)

    ran = run_captured(name)

    assert (ran.stdout, ran.stderr, ran.status) == (bare.stdout, bare.stderr, 0)
    loads = _loads(ran)
    asked = {(str(each.ahead.relationship), each.ahead.way): each.loads for each in loads}
    assert asked == _ASKED[name]
    assert not any(each.is_read for each in loads)
    assert all(each.attributions[0].code is not None for each in loads)
    has_statement = {each.ahead.way: each.total_us > 0 for each in loads}
    assert not has_statement.get("joinedload")
    assert not has_statement.get("select_related")


@pytest.mark.parametrize("name", _ASKED)
def test_what_is_read_is_known_to_be_read_and_behaves_as_without_us(
    name: str, run_bare: Run, run_captured: Run
) -> None:
    bare = run_bare(name, arguments=("read",))

    ran = run_captured(name, arguments=("read",))

    assert (ran.stdout, ran.stderr, ran.status) == (bare.stdout, bare.stderr, 0)
    loads = _loads(ran)
    assert {str(each.ahead.relationship) for each in loads} >= {"Author.books"}
    assert all(each.is_read for each in loads)
