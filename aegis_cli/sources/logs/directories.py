"""Pick the PostgreSQL logs out of a directory."""

import re
from collections.abc import Iterator
from pathlib import Path

from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text

_LOG_NAME = re.compile(
    r"(?:postgres|.*\.(?:log|csv|json|jsonl|out)(?:[.\-_][\w\-.]*)?\Z)", re.IGNORECASE
)
_COMPRESSED = re.compile(r"\.(?:gz|bz2|xz|zst)\Z", re.IGNORECASE)
_FORMAT = re.compile(r"\.(log|csv|json)(?=[.\-_]|\Z)", re.IGNORECASE)
_OTHER_PROGRAMS = re.compile(
    r"(?:access|error_log|nginx|apache|syslog|auth|kern|dpkg|alternatives|fontconfig|lastlog"
    r"|wtmp|btmp|faillog|bootstrap|daemon|mail|pgbouncer|pgbackrest|patroni|redis|mysql|mariadb)",
    re.IGNORECASE,
)


def logs_in(directory: Path, skipped: list[Skipped]) -> list[Path]:
    """Return what looks like a server's log in a directory and one level below.

    The server can write the same entries as text and as csv or json; then only one of the
    files is returned, so that nothing counts twice.

    Args:
        directory: Where to look.
        skipped: Takes what was left out, and why.

    Raises:
        OSError: The directory cannot be listed.
    """
    files: list[Path] = []
    others = 0
    for path in _files(directory, skipped):
        if _LOG_NAME.match(path.name) and not _OTHER_PROGRAMS.match(path.name):
            files.append(path)
        else:
            others += 1
    if others:
        skipped.append(_foreign(directory, others))
    return _without_doubles(files, skipped)


def _files(directory: Path, skipped: list[Skipped]) -> Iterator[Path]:
    for path in sorted(directory.iterdir()):
        if path.name.startswith("."):
            continue
        if not path.is_dir():
            yield path
            continue
        try:
            inside = sorted(path.iterdir())
        except OSError as error:
            skipped.append(_unreadable(path, error))
            continue
        yield from (each for each in inside if each.is_file() and not each.name.startswith("."))


def _without_doubles(files: list[Path], skipped: list[Skipped]) -> list[Path]:
    """Keep one format of each log, csv before json before text."""
    best: dict[Path, dict[str, list[Path]]] = {}
    for path in files:
        found = _FORMAT.search(path.name)
        stem = path.with_name(_COMPRESSED.sub("", _FORMAT.sub("", path.name)))
        format_name = found[1].lower() if found is not None else "log"
        best.setdefault(stem, {}).setdefault(format_name, []).append(path)
    kept: list[Path] = []
    for formats in best.values():
        chosen = next(name for name in ("csv", "json", "log") if name in formats)
        kept += formats.pop(chosen)
        for doubles in formats.values():
            skipped += [_double(path, chosen) for path in doubles]
    return sorted(kept)


def _foreign(directory: Path, count: int) -> Skipped:
    return Skipped(
        subject=str(directory),
        reason=Text(
            en=f"{count} files in it do not look like PostgreSQL logs",
            ko=f"파일 {count}개는 PostgreSQL 로그로 보이지 않습니다",
        ),
        hint=Text(
            en="If one of them is a log, name it.",
            ko="그중 로그가 있으면 파일 이름을 직접 지정하십시오.",
        ),
    )


def _double(path: Path, chosen: str) -> Skipped:
    return Skipped(
        subject=str(path),
        reason=Text(
            en=f"the same log is there as {chosen}, which says more",
            ko=f"같은 로그가 {chosen} 형식으로도 있으며, 그쪽에 정보가 더 많습니다",
        ),
        hint=Text(
            en="If it is another log, name the file.",
            ko="다른 로그라면 파일 이름을 직접 지정하십시오.",
        ),
    )


def _unreadable(path: Path, error: OSError) -> Skipped:
    return Skipped(
        subject=str(path),
        reason=Text(en="cannot be listed", ko="목록을 읽을 수 없습니다"),
        hint=Text.same(error.strerror or str(error)),
    )
