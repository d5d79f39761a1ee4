"""Which files of a project are read: its own Python, not what was installed or generated."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from aegis_cli.codebase.file_kinds import (
    TEMPLATE_ENDINGS,
    FileKind,
    file_kind,
    is_template_path,
)
from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text
from aegis_cli.sources.python_code.gitignore import IgnoreFile, is_ignored, read_ignore_file

_FOREIGN_FOLDERS = frozenset(
    (
        "__pycache__",
        "node_modules",
        "site-packages",
        "dist-packages",
        "bower_components",
        "__pypackages__",
        "venv",
        "env",
        "virtualenv",
        "vendor",
        "_vendor",
        "third_party",
        "build",
        "dist",
    )
)
_ENVIRONMENT_MARK = "pyvenv.cfg"
_MOST_BYTES = 2_000_000
"""Longer files are data or generated; the longest hand-written modules have a tenth of it."""
_GENERATED_NAMES = ("_pb2.py", "_pb2_grpc.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file to read."""

    path: str
    """As shown in reports: relative to the current folder where the user gave it so."""
    kind: FileKind


@dataclass(slots=True, kw_only=True)
class Found:
    """The files of a project, and what was left out."""

    files: list[SourceFile]
    skipped: list[Skipped]
    tests_left_out: int = 0
    ignored: int = 0
    """Files and folders that .gitignore excludes."""
    notebooks: int = 0


def find_files(paths: Iterable[str], *, with_tests: bool = False) -> Found:
    """Return the Python files below paths; a file that is named itself is always read.

    Raises:
        SourceUnavailable: A path does not exist.
    """
    found = Found(files=[], skipped=[])
    seen: set[tuple[int, int]] = set()
    for path in paths:
        start = Path(path)
        if start.is_dir():
            walk = _Walk(found=found, seen=seen, root=str(start), with_tests=with_tests)
            walk.folder(start, _outer_ignores(start))
        elif start.exists():
            kind = file_kind(start.name)
            _add(found, seen, str(start), FileKind.PRODUCT if kind is FileKind.TEST else kind)
        else:
            raise SourceUnavailable(path, "no such file or folder", "Name files or folders.")
    return found


@dataclass(slots=True, kw_only=True)
class _Walk:
    """The walk below one folder that the user named."""

    found: Found
    seen: set[tuple[int, int]]
    root: str
    with_tests: bool

    def folder(self, folder: Path, ignores: tuple[IgnoreFile, ...]) -> None:
        """Take in the files of a folder and below; links to folders are not followed."""
        own = read_ignore_file(folder)
        known = (*ignores, own) if own is not None else ignores
        for entry in _entries(folder, self.found):
            is_folder = entry.is_dir(follow_symlinks=False)
            if known and is_ignored(entry.path, is_folder=is_folder, files=known):
                self.found.ignored += 1
            elif is_folder:
                if not _is_foreign(entry):
                    self.folder(Path(entry.path), known)
            else:
                self.file(entry)

    def file(self, entry: "os.DirEntry[str]") -> None:
        """Take in a file if it is Python, and a test only where these are wanted."""
        if entry.name.endswith(".ipynb"):
            self.found.notebooks += 1
        is_template = entry.name.endswith(TEMPLATE_ENDINGS) and is_template_path(entry.path)
        if not (entry.name.endswith(".py") or is_template) or not entry.is_file():
            return
        kind = file_kind(os.path.relpath(entry.path, self.root))
        if kind is FileKind.TEST and not self.with_tests:
            self.found.tests_left_out += 1
            return
        _add(self.found, self.seen, entry.path, kind)


def _entries(folder: Path, found: Found) -> "Iterator[os.DirEntry[str]]":
    try:
        with os.scandir(folder) as entries:
            yield from sorted(entries, key=lambda each: each.name)
    except OSError as error:
        found.skipped.append(_unreadable(str(folder), error))


def _is_foreign(entry: "os.DirEntry[str]") -> bool:
    return (
        entry.name in _FOREIGN_FOLDERS
        or entry.name.startswith(".")
        or (Path(entry.path) / _ENVIRONMENT_MARK).exists()
    )


def _outer_ignores(start: Path) -> tuple[IgnoreFile, ...]:
    """Return the .gitignore files above a folder, outermost first, if a repository holds it."""
    folder = start.absolute()
    above: list[Path] = []
    while not (folder / ".git").exists():
        if folder == folder.parent:
            return ()
        folder = folder.parent
        above.append(folder)
    files = (read_ignore_file(each) for each in reversed(above))
    return tuple(each for each in files if each is not None)


def _add(found: Found, seen: set[tuple[int, int]], path: str, kind: FileKind) -> None:
    try:
        status = os.stat(path)  # noqa: PTH116  # a Path per file costs more than the call
    except OSError as error:
        found.skipped.append(_unreadable(path, error))
        return
    if not stat.S_ISREG(status.st_mode) or (status.st_dev, status.st_ino) in seen:
        return
    seen.add((status.st_dev, status.st_ino))
    if path.endswith(_GENERATED_NAMES):
        return
    if status.st_size > _MOST_BYTES:
        found.skipped.append(_too_large(path, status.st_size))
        return
    found.files.append(SourceFile(path=os.path.normpath(path), kind=kind))


def _too_large(path: str, size: int) -> Skipped:
    return Skipped(
        subject=path,
        reason=Text(en=f"{size:,} bytes, more than is read", ko=f"{size:,}바이트로 너무 큽니다"),
        hint=Text(
            en="Data belongs in data files; exclude it with .gitignore if it is generated.",
            ko="데이터는 데이터 파일에 두고, 생성된 파일이면 .gitignore로 제외하세요.",
        ),
    )


def _unreadable(path: str, error: OSError) -> Skipped:
    reason = error.strerror or str(error)
    return Skipped(
        subject=path,
        reason=Text(en=f"cannot be read: {reason}", ko=f"읽을 수 없습니다: {reason}"),
        hint=Text(en="Check its permissions.", ko="권한을 확인하세요."),
    )
