"""Tables that PostgreSQL would not allow without quotes are tables all the same."""

import pytest

from aegis_cli.sqltext.fingerprint import fingerprint
from aegis_cli.sqltext.shape import shape_of


@pytest.mark.parametrize(
    ("sql", "read", "written"),
    [
        ("SELECT user.id, user.name FROM user WHERE user.id = ?", ("user",), ()),
        ("SELECT USER.id FROM USER WHERE USER.id = ?", ("user",), ()),
        ("UPDATE user SET last_seen=? WHERE user.id = ?", (), ("user",)),
        ("INSERT INTO user (name) VALUES (?)", (), ("user",)),
        ("DELETE FROM window WHERE window.id = ?", (), ("window",)),
    ],
)
def test_a_table_may_have_a_reserved_name(
    sql: str, read: tuple[str, ...], written: tuple[str, ...]
) -> None:
    shape = shape_of(sql)

    assert (shape.tables_read, shape.tables_written) == (read, written)


def test_a_lookup_in_such_a_table_is_a_lookup() -> None:
    shape = shape_of("SELECT user.id FROM user WHERE user.id = ?")

    assert shape.is_keyed_lookup
    assert [(each.table, each.column) for each in shape.predicates] == [("user", "id")]


def test_it_is_the_same_statement_as_with_quotes() -> None:
    plain = fingerprint("SELECT user.id FROM user WHERE user.id = ?")

    assert plain == fingerprint('SELECT "user".id FROM "user" WHERE "user".id = $1')


def test_the_name_of_the_session_stays_what_it_is() -> None:
    assert shape_of("SELECT user, id FROM t WHERE id = 3").tables_read == ("t",)
