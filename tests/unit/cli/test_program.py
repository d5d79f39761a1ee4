"""Our options end where the program's words begin."""

import pytest

from aegis_cli.cli._program import split

WITH_VALUE = frozenset({"--output", "-o", "--python"})


@pytest.mark.parametrize(
    ("line", "own", "program"),
    [
        ("app.py", "", "app.py"),
        ("app.py --output x", "", "app.py --output x"),
        ("--output r.txt app.py -v", "--output r.txt", "app.py -v"),
        ("--output=r.txt app.py", "--output=r.txt", "app.py"),
        ("-o r.txt --quiet app.py", "-o r.txt --quiet", "app.py"),
        ("--quiet -m pkg --quiet", "--quiet", "-m pkg --quiet"),
        ("-mpkg a", "", "-m pkg a"),
        ("-c code", "", "-c code"),
        ("--quiet -- cmd -- x", "--quiet", "-- cmd -- x"),
        ("- a", "", "- a"),
        ("--help", "--help", ""),
        ("", "", ""),
    ],
)
def test_a_line_is_parted(line: str, own: str, program: str) -> None:
    found = split(line.split(), WITH_VALUE.__contains__)

    assert [list(each) for each in found] == [own.split(), program.split()]


def test_an_option_that_lacks_its_value_takes_nothing_from_the_program() -> None:
    assert split(["--output"], WITH_VALUE.__contains__) == (["--output"], [])
