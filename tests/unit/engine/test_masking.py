"""Passwords are masked wherever they stand."""

import pytest

from aegis_cli.engine.masking import mask_passwords


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("postgresql://ann:secret@db/shop", "postgresql://ann:***@db/shop"),
        ("postgresql+psycopg2://ann:s:e@c@db", "postgresql+psycopg2://ann:***@db"),
        ("redis://:secret@cache:6379/0", "redis://:***@cache:6379/0"),
        ("host=db password=secret user=ann", "host=db password=*** user=ann"),
        ("password = 'two words' user=ann", "password = *** user=ann"),
        ("PGPASSWORD=secret psql", "PGPASSWORD=*** psql"),
        ("{'password': 'secret', 'port': 1}", "{'password': ***, 'port': 1}"),
        ("?user=ann&password=secret&port=1", "?user=ann&password=***&port=1"),
    ],
)
def test_a_password_is_masked(text: str, masked: str) -> None:
    assert mask_passwords(text) == masked


@pytest.mark.parametrize(
    "text", ["postgresql://ann@db/shop", "at 12:30@noon", "the password is wrong", "a:b@c"]
)
def test_other_text_stays(text: str) -> None:
    assert mask_passwords(text) == text
