"""Comments tell where a statement came from."""

import dataclasses
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.sqltext.comments import StatementTags, parse_tags, stable

_TRACE = "00-5bd66ef5095369c7b0d1f8f4bd33716a-c532cb4098ac3dd2-01"
_DJANGO = (
    "controller='home',db_driver='django.db.backends.postgresql',framework='django%3A4.2',"
    f"route='%5Epolls/%24',traceparent='{_TRACE}',tracestate='congo%3Dt61rcWkgMzE'"
)
_SQLALCHEMY = "controller='index',framework='flask%3A3.0',route='/orders/%3Cint%3Aid%3E'"
_MARGINALIA = "application:Shop,controller:users,action:show,line:/app/models/user.rb:12:in `all'"
_RAILS = r"action='index',application='Shop',controller='users',source_location='app/x.rb:9'"


@pytest.mark.parametrize(
    ("comment", "tags"),
    [
        (
            _DJANGO,
            StatementTags(
                controller="home",
                db_driver="django.db.backends.postgresql",
                framework="django:4.2",
                route="^polls/$",
                trace_id="5bd66ef5095369c7b0d1f8f4bd33716a",
            ),
        ),
        (
            _SQLALCHEMY,
            StatementTags(controller="index", framework="flask:3.0", route="/orders/<int:id>"),
        ),
        (
            _MARGINALIA,
            StatementTags(
                application="Shop",
                controller="users",
                action="show",
                file="/app/models/user.rb",
                line="12",
                function="all",
            ),
        ),
        (
            _RAILS,
            StatementTags(
                action="index", application="Shop", controller="users", file="app/x.rb", line="9"
            ),
        ),
        (
            "code.filepath='shop/views.py',code.lineno='7',code.function='show'",
            StatementTags(file="shop/views.py", line="7", function="show"),
        ),
        ("filepath:shop/views.py,lineno:7", StatementTags(file="shop/views.py", line="7")),
        ("file='C:\\\\shop\\\\x.py:7'", StatementTags(file="C:\\shop\\x.py", line="7")),
        ("route='it\\'s'", StatementTags(route="it's")),
        ("request_id:abc-1,job:Mail", StatementTags(request_id="abc-1", action="Mail")),
        ("controller:a, action : b", StatementTags(controller="a", action="b")),
    ],
)
def test_reads_the_tags_of_frameworks(comment: str, tags: StatementTags) -> None:
    assert parse_tags(comment) == tags
    assert parse_tags(f"/*{comment}*/") == tags


def test_reads_several_comments() -> None:
    assert parse_tags("/*controller:a*/ /*action='b'*/") == StatementTags(
        controller="a", action="b"
    )


@pytest.mark.parametrize("comment", ["", "hello world", "TODO: fix this, please", "a='b'", "=,:"])
def test_other_comments_are_no_tags(comment: str) -> None:
    assert parse_tags(comment).is_empty


@pytest.mark.parametrize("comment", [_DJANGO, _SQLALCHEMY, _MARGINALIA, _RAILS])
def test_a_stable_comment_lacks_only_what_differs_per_request(comment: str) -> None:
    tagged = f"{comment},request_id='7f3',pid:12"

    assert parse_tags(stable(tagged)) == dataclasses.replace(
        parse_tags(comment), trace_id=None, request_id=None
    )


def test_requests_of_one_route_share_a_stable_comment() -> None:
    other = _DJANGO.replace("5bd66ef5095369c7b0d1f8f4bd33716a", "0" * 31 + "1")

    assert stable(f"/* {other} */") == stable(_DJANGO) == _DJANGO.partition(",traceparent")[0]


@pytest.mark.parametrize("comment", ["just words", "TODO: a, b", _SQLALCHEMY, _MARGINALIA])
def test_a_comment_without_request_ids_is_stable_already(comment: str) -> None:
    assert stable(comment) == comment


@given(st.text())
def test_never_raises(comment: str) -> None:
    assert stable(stable(comment)) is not None
    assert isinstance(parse_tags(comment), StatementTags)


@given(st.dictionaries(st.sampled_from(["controller", "route", "action"]), st.text(min_size=1)))
def test_reads_back_what_sqlcommenter_writes(tags: dict[str, str]) -> None:
    comment = ",".join(f"{key}='{quote(value)}'" for key, value in tags.items())

    expected = {key: value.strip() or None for key, value in tags.items()}
    assert parse_tags(comment) == StatementTags(**expected)
