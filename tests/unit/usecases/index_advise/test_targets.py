"""A connection string tells which database it is for."""

import pytest

from aegis_cli.model.errors import UsageError
from aegis_cli.usecases.index_advise.targets import Target, target_of


@pytest.mark.parametrize(
    ("dsn", "target"),
    [
        (None, Target.NONE),
        ("postgresql://u@h/db", Target.POSTGRESQL),
        ("postgresql+psycopg2://u@h/db", Target.POSTGRESQL),
        ("host=h dbname=db", Target.POSTGRESQL),
        ("service=shop", Target.POSTGRESQL),
        ("mysql+pymysql://u@h/db", Target.MYSQL),
        ("mariadb://u@h/db", Target.MYSQL),
        ("sqlite:///shop.db", Target.SQLITE),
        ("shop.db", Target.SQLITE),
    ],
)
def test_a_target_is_recognized(dsn: str | None, target: Target) -> None:
    assert target_of(dsn) is target


@pytest.mark.parametrize(
    ("dsn", "reason"),
    [("redis://h", "no database that AEGIS advises on"), ("", "is empty"), (" ", "is empty")],
)
def test_what_is_no_target_is_refused(dsn: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        target_of(dsn)
