#!/usr/bin/env python3
"""Get the Debian packages of real servers that tests and benchmarks run against.

As root the packages are installed, without starting their services. Otherwise they and what
they depend on are downloaded and unpacked below a cache folder, from where they run as well.
Whatever is there already is left alone, so a second run takes no time.

Python's standard library is all it needs.
"""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "debian"

# Package -> the file that proves it is there, relative to the root of its tree.
PACKAGES: Mapping[str, str] = {
    "postgresql-15": "usr/lib/postgresql/15/bin/postgres",
    "postgresql-15-hypopg": "usr/lib/postgresql/15/lib/hypopg.so",
    "pgbadger": "usr/bin/pgbadger",
    "redis-server": "usr/bin/redis-server",
    "mariadb-server": "usr/sbin/mariadbd",
    "pgbouncer": "usr/sbin/pgbouncer",
    "rabbitmq-server": "usr/lib/rabbitmq/bin/rabbitmq-server",
    "nginx-light": "usr/sbin/nginx",
}
DEFAULT = ("postgresql-15", "postgresql-15-hypopg", "pgbadger", "mariadb-server")

_APT_GET = "/usr/bin/apt-get"
_DPKG_DEB = "/usr/bin/dpkg-deb"
_POLICY = Path("/usr/sbin/policy-rc.d")
_NO_SERVICES = "#!/bin/sh\nexit 101\n"


@dataclass(frozen=True)
class Program:
    """A file of a Debian package and the environment in which it runs."""

    path: Path
    root: Path

    @property
    def library_path(self) -> tuple[Path, ...]:
        """Directories of shared libraries; none for a package that is installed."""
        if self.root == Path("/"):
            return ()
        found = (*self.root.glob("usr/lib/*-linux-gnu*"), *self.root.glob("lib/*-linux-gnu*"))
        # Some packages keep private libraries one level down, as libblas does.
        inner = (path.parent for directory in found for path in directory.glob("*/*.so.*"))
        return (*found, *dict.fromkeys(inner))

    def environment(self) -> dict[str, str]:
        """Return variables to add to the environment of the program."""
        if self.root == Path("/"):
            return {}
        perl = (*self.root.glob("usr/share/perl5"), *self.root.glob("usr/lib/*/perl5/*"))
        return {
            "LD_LIBRARY_PATH": _joined(self.library_path),
            "PATH": _joined(self.root / place for place in ("usr/sbin", "usr/bin", "bin"))
            + ":/usr/sbin:/usr/bin:/sbin:/bin",
            "PERL5LIB": _joined(perl),
        }


def find_program(package: str, cache: Path = CACHE) -> Program | None:
    """Return a package's program where it is installed or unpacked, or None."""
    for root in (Path("/"), cache / "root"):
        path = root / PACKAGES[package]
        if path.exists():
            return Program(path=path, root=root)
    return None


def fetch(packages: Sequence[str], cache: Path) -> None:
    """Install or unpack the packages that are missing."""
    missing = [name for name in packages if find_program(name, cache) is None]
    if not missing:
        return
    if shutil.which(_APT_GET) is None:
        print("not a Debian system: apt-get is missing", file=sys.stderr)
        return
    if os.geteuid() == 0 and _install(missing):
        return
    with _locked(cache):
        _unpack([name for name in missing if find_program(name, cache) is None], cache)


def _install(packages: Sequence[str]) -> bool:
    """Install packages as root and say whether that worked."""
    with _services_stay_off():
        arguments = ("install", "--yes", "--no-install-recommends", *packages)
        if _apt(*arguments):
            return True
        # A fresh container has no package lists, and an old one has outdated ones.
        return _apt("update") and _apt(*arguments)


@contextlib.contextmanager
def _services_stay_off() -> Iterator[None]:
    """Keep packages from starting their services, as invoke-rc.d(8) provides."""
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text(_NO_SERVICES)
    try:
        _POLICY.chmod(0o755)
        yield
    finally:
        _POLICY.unlink(missing_ok=True)


def _unpack(packages: Sequence[str], cache: Path) -> None:
    """Download packages and what they depend on, and unpack them below the cache."""
    options: tuple[str, ...] = ()
    wanted = _to_install(packages, options)
    if not wanted:
        options = _own_lists(cache)
        _apt(*options, "update")
        wanted = _to_install(packages, options)
    archives = cache / "archives"
    archives.mkdir(parents=True, exist_ok=True)
    if not wanted or not _apt(*options, "download", *wanted, cwd=archives):
        print(f"cannot download {', '.join(packages)}", file=sys.stderr)
        return
    root = cache / "root"
    for archive in sorted(archives.glob("*.deb")):
        subprocess.run([_DPKG_DEB, "--extract", archive, root], check=True)
        archive.unlink()
    _relocate_erlang(root)


def _relocate_erlang(root: Path) -> None:
    """Make the unpacked Erlang find itself: Debian's start scripts name a fixed place."""
    for script in (*root.glob("usr/lib/erlang/bin/erl"), *root.glob("usr/lib/erlang/bin/start")):
        place = f"={root}/usr/lib/erlang\n"
        script.write_text(script.read_text("utf-8").replace("=/usr/lib/erlang\n", place))


def _to_install(packages: Sequence[str], options: Sequence[str]) -> list[str]:
    """Return what an installation would bring, as apt's own solver sees it."""
    command = [_APT_GET, *options, "install", "--simulate", "--no-install-recommends", *packages]
    result = subprocess.run(
        command, capture_output=True, text=True, check=False, env=_environment()
    )
    if result.returncode != 0:
        print(result.stdout[-2000:] + result.stderr, file=sys.stderr)
    lines = (line.split() for line in result.stdout.splitlines())
    return [words[1] for words in lines if words[:1] == ["Inst"]]


def _own_lists(cache: Path) -> tuple[str, ...]:
    """Return options for package lists of our own, which need no privilege to update."""
    lists, archives = cache / "apt" / "lists", cache / "apt" / "cache"
    (lists / "partial").mkdir(parents=True, exist_ok=True)
    (archives / "archives" / "partial").mkdir(parents=True, exist_ok=True)
    return ("-o", f"Dir::State::lists={lists}", "-o", f"Dir::Cache={archives}")


def _apt(*arguments: str, cwd: Path | None = None) -> bool:
    result = subprocess.run(
        [_APT_GET, "--quiet", *arguments],
        cwd=cwd,
        check=False,
        env=_environment(),
        stdout=sys.stderr,
    )
    return result.returncode == 0


def _environment() -> dict[str, str]:
    return {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}


@contextlib.contextmanager
def _locked(cache: Path) -> Iterator[None]:
    """Let one process at a time fill the cache."""
    import fcntl  # noqa: PLC0415 - the finders above are used on systems without it

    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _joined(paths: Iterator[Path] | Sequence[Path]) -> str:
    return ":".join(str(path) for path in paths)


def main(arguments: Sequence[str]) -> int:
    """Fetch packages, print where each one is, and count what is missing as failure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "packages", nargs="*", metavar="PACKAGE", help="default: " + " ".join(DEFAULT)
    )
    parser.add_argument("--cache", type=Path, default=CACHE, help="folder to unpack below")
    parser.add_argument("--optional", action="store_true", help="succeed even if some are missing")
    options = parser.parse_args(arguments)
    packages = tuple(options.packages) or DEFAULT
    unknown = [name for name in packages if name not in PACKAGES]
    if unknown:
        parser.error(f"unknown package {unknown[0]}; known are {', '.join(PACKAGES)}")
    fetch(packages, options.cache)
    found = {name: find_program(name, options.cache) for name in packages}
    for name, program in found.items():
        print(f"{name}: {program.path if program else 'missing'}")
    return 0 if options.optional or all(found.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
