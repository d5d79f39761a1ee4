"""Sizes on the command line: PostgreSQL's units, and a clear word for what is none."""

import pytest
import typer

from aegis_cli.cli._sizes import byte_size


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1", 1),
        ("8192", 8192),
        ("4096B", 4096),
        ("1kB", 1024),
        ("500MB", 500 * 1024**2),
        ("500 mb", 500 * 1024**2),
        ("1.5GiB", 3 * 1024**3 // 2),
        ("2T", 2 * 1024**4),
        ("  3G ", 3 * 1024**3),
    ],
)
def test_units_are_multiples_of_1024(text: str, count: int) -> None:
    assert byte_size(text).count == count


@pytest.mark.parametrize("text", ["", "MB", "0", "0MB", "-5MB", "5XB", "1,5GB", "5MBps", "nan"])
def test_what_is_no_size_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="500MB"):
        byte_size(text)
