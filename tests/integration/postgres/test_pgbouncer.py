"""Behind a real PgBouncer in transaction mode everything is read within the same limits."""

from collections.abc import Iterator

import pytest
from psycopg2.extensions import make_dsn

from aegis_cli.embedded.session import open_session
from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.sources.postgres.connection import open_target
from tests.integration.postgres.targets import Target
from tests.servers.pgbouncer import bouncer_before

pytestmark = pytest.mark.debian("pgbouncer")


@pytest.fixture
def bounced(shop: Target) -> Iterator[Target]:
    """Give the shop as it is seen through PgBouncer."""
    with bouncer_before(shop.dsn) as dsn:
        yield Target(dsn=dsn, major=shop.major)


def test_a_snapshot_through_the_pooler_is_the_same(shop: Target, bounced: Target) -> None:
    direct, pooled = shop.snapshot(), bounced.snapshot()

    assert pooled.tables == direct.tables
    assert pooled.statistics == direct.statistics
    assert pooled.objects == direct.objects
    assert pooled.lacks == direct.lacks


def test_the_pooler_is_noticed_and_the_limits_hold_in_each_transaction(
    shop: Target, bounced: Target
) -> None:
    with bounced.session() as (session, capabilities), session.group():
        seen = shop.value(
            "SELECT state FROM pg_stat_activity WHERE application_name = 'aegis' "
            "AND datname = current_database()"
        )

        assert capabilities.is_pooled
        assert seen == "idle in transaction"


def test_nothing_is_left_behind_in_the_poolers_connections(bounced: Target) -> None:
    bounced.snapshot()

    with open_session(bounced.dsn) as session:
        found = session.execute(
            "SELECT current_setting('search_path'), current_setting('statement_timeout'), "
            "current_setting('default_transaction_read_only')"
        )

    assert found == [('"$user", public', "0", "off")]


def test_a_pooler_that_loses_its_server_is_said(bounced: Target) -> None:
    with pytest.raises(SourceUnavailable), open_target(make_dsn(bounced.dsn, dbname="nosuch")):
        pass
