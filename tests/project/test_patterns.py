r"""Regular expressions mean the same on every Python 3.11.

Before 3.11.5 a possessive group that holds a look-around stops at a wrong place when that fails
(gh-106052), as Debian 12 shows: `\d(?:(?<=e)-)?+` gives nothing for `1`.
"""

import re
from collections.abc import Iterator

import pytest

from tests.project.tree import PACKAGES, python_files, relative

_STEP = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?<?[!=])?|\)(?:(?:[*+?]|\{+[\d,]+\}+)\+)?"
)
_LOOKS_AROUND = re.compile(r"\(\?<?[!=]")


def misread_groups(line: str) -> Iterator[str]:
    """Yield the possessive groups of a line that hold a look-around."""
    opened: list[int] = []
    for found in _STEP.finditer(line):
        if found[0].startswith("("):
            opened.append(found.start())
        elif found[0].startswith(")") and opened:
            group = line[opened.pop() : found.end()]
            if group.endswith("+") and len(found[0]) > 1 and _LOOKS_AROUND.search(group):
                yield group


@pytest.mark.parametrize(
    ("line", "groups"),
    [
        (r"\d(?:(?<=e)-)?+", [r"(?:(?<=e)-)?+"]),
        (r"/(?:[^*/]++|\*(?!/))*+/", [r"(?:[^*/]++|\*(?!/))*+"]),
        (r"(?:(?!--)[+(]){{1,63}}+", [r"(?:(?!--)[+(]){{1,63}}+"]),
        (r"(?:(?!--)[+\-]){1,63}", []),
        (r"(?>(?:a|,(?!b))*)", []),
        (r"'(?:''[^']*+)*+(?!x)", []),
    ],
)
def test_a_look_around_in_a_possessive_group_is_seen(line: str, groups: list[str]) -> None:
    assert [*misread_groups(line)] == groups


def test_no_possessive_group_holds_a_look_around() -> None:
    found = {
        f"{relative(path)}:{number}": group
        for path in python_files(*PACKAGES)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for group in misread_groups(line)
    }

    assert found == {}
