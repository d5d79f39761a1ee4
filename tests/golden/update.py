"""Compare outputs with kept ones; `pytest --update-golden` rewrites those that differ."""

from collections.abc import Callable
from pathlib import Path

import pytest

Golden = Callable[[Path, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that rewrites kept outputs."""
    parser.getgroup("golden").addoption(
        "--update-golden", action="store_true", help="rewrite the kept outputs of commands"
    )


@pytest.fixture
def golden(pytestconfig: pytest.Config) -> Golden:
    """Return a function that compares an output with a kept file."""
    is_update = bool(pytestconfig.getoption("--update-golden"))

    def compare(path: Path, output: str) -> None:
        if is_update:
            path.write_text(output, encoding="utf-8")
        kept = path.read_text(encoding="utf-8") if path.exists() else ""
        assert output == kept, f"{path.name} differs; --update-golden rewrites it"

    return compare
