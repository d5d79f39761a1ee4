"""The files of the project, as its own tests see them."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = tuple(
    sorted(f"plugins/{each.parent.name}" for each in (ROOT / "plugins").glob("*/pyproject.toml"))
)
PLUGIN_PACKAGES = tuple(f"{each}/{Path(each).name.replace('-', '_')}" for each in PLUGINS)
PACKAGES = ("aegis_cli", *PLUGIN_PACKAGES)
TESTS = ("tests", *(f"{each}/tests" for each in PLUGINS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function, the file it stands in, and its syntax."""

    path: str
    name: str
    node: ast.FunctionDef | ast.AsyncFunctionDef

    @property
    def lines(self) -> int:
        """Return the length in lines, decorators left out."""
        return (self.node.end_lineno or self.node.lineno) - self.node.lineno + 1

    @property
    def parameters(self) -> int:
        """Return the number of parameters, `self` and `cls` left out."""
        arguments = self.node.args
        named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        return sum(each.arg not in ("self", "cls") for each in named)


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return the files that git tracks; in a tree without git, all files outside caches."""
    # The tree may belong to another user than the one who tests it.
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        names = [name for name in listed.stdout.split("\0") if name]
        return tuple(ROOT / name for name in names if (ROOT / name).is_file())
    return tuple(each for each in ROOT.rglob("*") if each.is_file() and not _is_cached(each))


def _is_cached(path: Path) -> bool:
    return any(
        part.startswith(".") or part == "__pycache__" for part in path.relative_to(ROOT).parts
    )


def python_files(*folders: str) -> tuple[Path, ...]:
    """Return the Python files below these folders."""
    return tuple(sorted(each for folder in folders for each in (ROOT / folder).rglob("*.py")))


def relative(path: Path) -> str:
    """Return a path as it reads in messages."""
    return path.relative_to(ROOT).as_posix()


def line_count(path: Path) -> int:
    """Return the number of lines of a text file."""
    return len(path.read_text(encoding="utf-8").splitlines())


@cache
def syntax(path: Path) -> ast.Module:
    """Parse a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def functions(*folders: str) -> Iterator[Function]:
    """Return every function and method below these folders."""
    for path in python_files(*folders):
        for node in ast.walk(syntax(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield Function(path=relative(path), name=node.name, node=node)
