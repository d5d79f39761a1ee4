"""The door for plugins: every name it promises is there, those of facts when they are asked for."""

import importlib

import pytest

from aegis_cli import api


@pytest.mark.parametrize("name", api.__all__)
def test_every_name_that_is_promised_is_there(name: str) -> None:
    assert getattr(api, name) is not None


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("StatementProfile", "executions"),
        ("TableHealth", "index_advice"),
        ("ExistingIndex", "catalog"),
        ("PlanScan", "plan_scans"),
    ],
)
def test_a_fact_is_the_one_that_detectors_hear(name: str, module: str) -> None:
    home = importlib.import_module(f"aegis_cli.model.facts.{module}")

    assert getattr(api, name) is getattr(home, name)


def test_an_unknown_name_is_an_import_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Facts'"):
        api.Facts  # type: ignore[attr-defined]  # noqa: B018  # the point of the test
