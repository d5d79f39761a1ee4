"""What an inverted index takes a value apart into."""

import json
import re
from collections.abc import Iterator

_WORD = re.compile(r"[^\W_]+")
_LONGEST_KEY = 125
"""Bytes of a key or value of a document that are stored; longer ones by their hash
(JGIN_MAXLENGTH)."""
_HASHED = "#" * 8
_NAMES = "names"
"""Kind of the names in documents; a path is empty or begins with a dot."""


def trigrams(text: str) -> dict[str, str]:
    """Return the trigrams of a text: of each word with two spaces before and one behind it.

    This and the others below return each entry with its kind, here the only one.
    """
    words = (f"  {each} " for each in _WORD.findall(text.lower()))
    return {word[at : at + 3]: "" for word in words for at in range(len(word) - 2)}


def document_keys(text: str) -> dict[str, str]:
    """Return the keys and values of a document, as `jsonb_ops` keeps them.

    Values are of one kind where the way to them is the same.

    Raises:
        ValueError: It is no document.
    """
    document: object = json.loads(text)
    return {_short(entry): kind for entry, kind in _keys(document, "", is_element=False)}


def document_paths(text: str) -> dict[str, str]:
    """Return the values of a document with the way there, as `jsonb_path_ops` keeps them.

    Raises:
        ValueError: It is no document.
    """
    document: object = json.loads(text)
    return {f"{path}={item!r}": path for path, item in _leaves(document, "")}


def _keys(item: object, path: str, *, is_element: bool) -> Iterator[tuple[str, str]]:
    match item:
        case dict():
            for key, value in item.items():
                yield f"k{key}", _NAMES
                yield from _keys(value, f"{path}.{key}", is_element=False)
        case list():
            for value in item:
                yield from _keys(value, path, is_element=True)
        case str():
            # A text in an array counts as a key: `?` finds both.
            yield f"k{item}" if is_element else f"s{item}", path
        case _:
            yield f"{type(item).__name__[0]}{item}", path


def _leaves(item: object, path: str) -> Iterator[tuple[str, object]]:
    match item:
        case dict():
            for key, value in item.items():
                yield from _leaves(value, f"{path}.{key}")
        case list():
            for value in item:
                yield from _leaves(value, path)
        case _:
            yield path, item


def _short(entry: str) -> str:
    return entry if len(entry.encode()) <= _LONGEST_KEY + 1 else f"{entry[0]}{_HASHED}"
