"""What a format does to messages is undone, and done again in the same way."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.sources.logs.entries import Escaping
from aegis_cli.sources.logs.escapes import clean, spell

_TEXTS = st.text(st.sampled_from("a1 \"\\'\n\t\r\b\f\x01/é東"), max_size=12).map(str.encode)


@pytest.mark.parametrize("escaping", Escaping)
@given(texts=st.lists(_TEXTS, max_size=6))
def test_what_was_spelled_is_read_again(escaping: Escaping, texts: list[bytes]) -> None:
    spelled = [spell(each, escaping) for each in texts]

    assert clean(spelled, escaping) == texts


@given(_TEXTS)
def test_json_is_spelled_as_json_is(text: bytes) -> None:
    assert json.loads(b'"' + spell(text, Escaping.JSON) + b'"') == text.decode()


def test_each_format_has_its_own_spelling() -> None:
    text = b'SELECT "a"\n\tFROM t'

    found = {each.name: spell(text, each) for each in Escaping}

    assert found == {
        "NONE": text,
        "TABBED": b'SELECT "a"\n\t\tFROM t',
        "CSV": b'SELECT ""a""\n\tFROM t',
        "JSON": b'SELECT \\"a\\"\\n\\tFROM t',
    }
