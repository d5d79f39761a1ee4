#!/usr/bin/env python3
"""Set up the virtual environment that a make target needs, unless it is there already.

Works with a bare Debian python, which has neither ensurepip nor a venv with pip: the environment
is made without pip, and the pip beside the interpreter installs into it. The dependency groups
are read here, because pip before 25.1 does not know them.

Python's standard library is all it needs.
"""

import argparse
import hashlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLUGINS = tuple(sorted(each.parent for each in (ROOT / "plugins").glob("*/pyproject.toml")))
LOWEST_PYTHON = (3, 11)
# The option --python came with pip 22.3.
LOWEST_PIP = (22, 3)


@dataclass(frozen=True)
class Project:
    """What pyproject.toml says about dependencies."""

    name: str
    dependencies: Sequence[str]
    groups: dict[str, Sequence[str]]

    def requirements(self, groups: Iterable[str], extras: Iterable[str]) -> list[str]:
        """Return arguments of `pip install` for the project itself and for these groups."""
        wanted = set(extras)
        others: list[str] = []
        for each in [line for group in groups for line in self.groups[group]]:
            own = re.fullmatch(rf"{re.escape(self.name)}\[(.*)\]", each)
            if own is None:
                others.append(each)
            else:
                wanted.update(name.strip() for name in own[1].split(","))
        listed = f"[{','.join(sorted(wanted))}]" if wanted else ""
        return ["--editable", f"{ROOT}{listed}", *others]

    def minimums(self) -> Iterator[str]:
        """Return a constraint that pins each run-time dependency to its lowest version."""
        for each in self.dependencies:
            found = re.match(r"([A-Za-z0-9._-]+)\s*>=\s*([0-9.]+)", each)
            if found is not None:
                yield f"{found[1]}=={found[2]}"


def read_project() -> Project:
    """Read pyproject.toml."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = document["project"]
    return Project(
        name=project["name"],
        dependencies=project["dependencies"],
        groups=document["dependency-groups"],
    )


def fingerprint(options: argparse.Namespace) -> str:
    """Return what the environment depends on, in one word."""
    digest = hashlib.sha256(repr((sys.version, sys.executable, vars(options))).encode())
    for folder in (ROOT, *PLUGINS):
        digest.update((folder / "pyproject.toml").read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()


def set_up(options: argparse.Namespace) -> None:
    """Make the environment and install into it."""
    venv: Path = options.venv
    python = venv / "bin" / "python"
    # The interpreter behind an environment may have been removed or upgraded.
    if not runs(python):
        call([sys.executable, "-m", "venv", "--clear", "--without-pip", str(venv)])
    project = read_project()
    wanted = project.requirements(options.groups, options.extras)
    if "test" in options.groups:
        wanted += [word for each in PLUGINS for word in ("--editable", str(each))]
    if options.minimums:
        constraints = venv / "minimums.txt"
        constraints.write_text("\n".join(project.minimums()), encoding="utf-8")
        wanted += ["--constraint", str(constraints)]
    install = ["install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore"]
    call([sys.executable, "-m", "pip", "--python", str(python), *install, *wanted])


def runs(python: Path) -> bool:
    """Tell whether an interpreter works and has the version of this one."""
    command = [str(python), "-c", "import sys; print(sys.version)"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return done.returncode == 0 and done.stdout.strip() == sys.version.strip()


def call(command: Sequence[str]) -> None:
    """Run a command and end with a message if it fails."""
    done = subprocess.run(command, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command[:6])} … failed with exit code {done.returncode}")


def check_interpreter() -> None:
    """End with a message if this Python or its pip is too old."""
    if sys.version_info < LOWEST_PYTHON:
        sys.exit("Python 3.11 or newer is needed; name one with make PYTHON=python3.12")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--version"], capture_output=True, text=True, check=False
    )
    version = re.match(r"pip (\d+)\.(\d+)", done.stdout)
    if version is None or (int(version[1]), int(version[2])) < LOWEST_PIP:
        sys.exit("pip 22.3 or newer is needed: apt-get install python3-pip")


def main(arguments: Sequence[str]) -> None:
    """Set up the environment unless its stamp says that nothing changed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv", help="where it is")
    parser.add_argument("--group", action="append", default=[], dest="groups", help="repeatable")
    parser.add_argument("--extra", action="append", default=[], dest="extras", help="repeatable")
    parser.add_argument("--minimums", action="store_true", help="lowest run-time dependencies")
    options = parser.parse_args(arguments)
    wanted = fingerprint(options)
    purpose = "-".join((*options.groups, *options.extras)) or "plain"
    stamp: Path = options.venv / f"stamp-{purpose}"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    check_interpreter()
    set_up(options)
    stamp.write_text(wanted, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
