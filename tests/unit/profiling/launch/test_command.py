"""What stands behind `aegis profile` becomes a command line."""

import pytest

from aegis_cli.profiling.launch.command import command_of, is_complete


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["app.py", "-x"], ("py", "app.py", "-x")),
        (["-m", "pkg", "a"], ("py", "-m", "pkg", "a")),
        (["-c", "print()"], ("py", "-c", "print()")),
        (["-"], ("py", "-")),
        (["--", "gunicorn", "app"], ("gunicorn", "app")),
    ],
)
def test_words_become_a_command(words: list[str], expected: tuple[str, ...]) -> None:
    assert is_complete(words)
    assert command_of(words, "py") == expected


@pytest.mark.parametrize("words", [[], ["-m"], ["-c"], ["--"]])
def test_words_may_name_no_program(words: list[str]) -> None:
    assert not is_complete(words)
