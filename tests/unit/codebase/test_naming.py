"""Calls are known by dotted names, with imports, aliases and instances followed."""

import ast
from collections.abc import Iterator

import pytest

from aegis_cli.codebase.context import Context
from aegis_cli.codebase.extract import extract
from aegis_cli.codebase.visitors import Audience, Piece, Visitor
from aegis_cli.model.facts.source_code import Sighting


def look(piece: Piece, context: Context) -> Iterator[Sighting]:
    """See the name of every call."""
    if isinstance(piece, ast.Call):
        yield context.sighting("X1", piece, subject=context.qualified(piece.func))


def names(source: str, name: str = "shop.views", path: str = "shop/views.py") -> list[str]:
    """Return the names of all calls of a file."""
    audience = Audience([Visitor(rule="X1", look=look, pieces=(ast.Call,))])
    record = extract(path, name, source.encode(), audience)
    assert record.failures == []
    return [each.subject for each in record.sightings]


@pytest.mark.parametrize(
    ("source", "last"),
    [
        ("import requests\nrequests.get(1)", "requests.get"),
        ("import requests as r\nr.get(1)", "requests.get"),
        ("from requests import get as g\ng(1)", "requests.get"),
        ("import os.path\nos.path.join(1)", "os.path.join"),
        ("from . import models\nmodels.load()", "shop.models.load"),
        ("from ..core import x\nx()", "core.x"),
        ("from .models import Order\nOrder.objects.all()", "shop.models.Order.objects.all"),
        ("def f():\n    pass\nf()", "shop.views.f"),
        ("unknown.call()", "shop.views.unknown.call"),
        ("def f():\n    unknown.call()", "unknown.call"),
        ("len('')", "builtins.len"),
    ],
)
def test_a_call_is_named(source: str, last: str) -> None:
    assert names(source)[-1] == last


@pytest.mark.parametrize(
    "source",
    [
        "import redis\nclient = redis.Redis()\ndef f():\n    client.keys()",
        "import redis\ndef f():\n    client = redis.Redis()\n    client.keys()",
        "import redis\ndef f(client: redis.Redis):\n    client.keys()",
        "import redis\ndef f(client: 'redis.Redis'):\n    client.keys()",
        (
            "import redis\nclass A:\n    def f(self):\n        self.client.keys()\n"
            "    def __init__(self):\n        self.client = redis.Redis()"
        ),
        "import redis\nwith redis.Redis() as client:\n    client.keys()",
    ],
)
def test_an_instance_is_named_like_its_class(source: str) -> None:
    assert "redis.Redis.keys" in names(source)


def test_a_visitor_that_raises_is_taken_off_and_told() -> None:
    def broken(piece: Piece, context: Context) -> Iterator[Sighting]:
        raise ValueError(f"{type(piece).__name__} in {context.path}")

    audience = Audience(
        [
            Visitor(rule="X1", look=look, pieces=(ast.Call,)),
            Visitor(rule="X2", look=broken, pieces=(ast.Call,)),
        ]
    )

    record = extract("a.py", "a", b"f()\ng()\n", audience)

    assert record.failures == ["X2: ValueError: Call in a.py"]
    assert [each.subject for each in record.sightings] == ["a.f", "a.g"]
