"""Find where an application declares its tables: models of Django and SQLAlchemy.

The source is parsed and never imported or run.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from aegis_cli.model.location import CodeLocation
from aegis_cli.model.report import Skipped
from aegis_cli.model.text import Text

_DJANGO_BASE = "Model"
_TABLE_CALL = "Table"
_SKIPPED_FOLDERS = frozenset(("migrations", "node_modules", "__pycache__", "site-packages"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredTables:
    """Where tables are declared, by unqualified name, and the files that could not be read."""

    places: Mapping[str, CodeLocation]
    skipped: tuple[Skipped, ...]


def declared_tables(paths: Iterable[str]) -> DeclaredTables:
    """Return where Python files, or the files of folders, declare tables; the first one counts.

    A model of Django without `db_table` gets the name Django gives it: the application's label,
    which is taken to be the folder of its `models.py`, and the class's name in small letters.
    """
    places: dict[str, CodeLocation] = {}
    skipped: list[Skipped] = []
    for path in paths:
        for file in _files(Path(path), skipped):
            for table, location in _tables_in(file, skipped):
                places.setdefault(table, location)
    return DeclaredTables(places=places, skipped=tuple(skipped))


def _files(path: Path, skipped: list[Skipped]) -> Iterator[Path]:
    if path.is_dir():
        for each in sorted(path.rglob("*.py")):
            folders = each.relative_to(path).parts[:-1]
            is_hidden = any(part.startswith(".") for part in folders)
            if not is_hidden and _SKIPPED_FOLDERS.isdisjoint(folders):
                yield each
    elif path.exists():
        yield path
    else:
        skipped.append(_skipped(str(path), "no such file or folder", "파일이나 폴더가 없습니다"))


def _tables_in(path: Path, skipped: list[Skipped]) -> Iterator[tuple[str, CodeLocation]]:
    try:
        tree = ast.parse(path.read_bytes(), filename=str(path))
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = f"{type(error).__name__}: {error}"
        skipped.append(_skipped(str(path), f"cannot be parsed: {reason}", f"해석 실패: {reason}"))
        return
    for each in ast.walk(tree):
        found = _declaration(each, path)
        if found is not None:
            table, line, name = found
            yield table, CodeLocation(path=str(path), line=line, function=name)


def _declaration(each: ast.AST, path: Path) -> tuple[str, int, str | None] | None:
    """Return table, line and class of a declaration; None for anything else."""
    if isinstance(each, ast.ClassDef):
        table = _table_of_class(each, path)
        return None if table is None else (_bare(table), each.lineno, each.name)
    if isinstance(each, ast.Call) and _last_name(each.func) == _TABLE_CALL and each.args:
        table = _string(each.args[0])
        return None if table is None else (_bare(table), each.lineno, None)
    return None


def _table_of_class(each: ast.ClassDef, path: Path) -> str | None:
    named = _assigned(each.body, "__tablename__")
    if named is not None:
        return _string(named)
    # Applications derive their own bases: BaseModel, TimeStampedModel.
    if not any(_last_name(base).endswith(_DJANGO_BASE) for base in each.bases):
        meta = _meta(each)
        return None if meta is None else _string(_assigned(meta.body, "db_table"))
    return _django_table(each, path)


def _django_table(each: ast.ClassDef, path: Path) -> str | None:
    meta = _meta(each)
    body = meta.body if meta is not None else []
    abstract = _assigned(body, "abstract")
    if isinstance(abstract, ast.Constant) and abstract.value is True:
        return None
    label = _string(_assigned(body, "app_label")) or _application(path)
    return _string(_assigned(body, "db_table")) or f"{label}_{each.name.lower()}"


def _application(path: Path) -> str:
    """Return the application's label: the folder of `models.py`, or that of its package."""
    folder = path.resolve().parent
    return folder.parent.name if folder.name == "models" else folder.name


def _meta(each: ast.ClassDef) -> ast.ClassDef | None:
    inner = (node for node in each.body if isinstance(node, ast.ClassDef))
    return next((node for node in inner if node.name == "Meta"), None)


def _assigned(body: Iterable[ast.stmt], name: str) -> ast.expr | None:
    """Return what a class assigns to a name, with or without an annotation."""
    for each in body:
        if isinstance(each, ast.Assign) and any(_is_name(one, name) for one in each.targets):
            return each.value
        if isinstance(each, ast.AnnAssign) and _is_name(each.target, name):
            return each.value
    return None


def _is_name(target: ast.expr, name: str) -> bool:
    return isinstance(target, ast.Name) and target.id == name


def _last_name(value: ast.expr) -> str:
    if isinstance(value, ast.Attribute):
        return value.attr
    return value.id if isinstance(value, ast.Name) else ""


def _string(value: ast.expr | None) -> str | None:
    found = value.value if isinstance(value, ast.Constant) else None
    return found if isinstance(found, str) else None


def _bare(table: str) -> str:
    """Return a table's name without the schema and quotes that some applications put there."""
    return table.rpartition(".")[2].strip('"')


def _skipped(subject: str, reason: str, reason_ko: str) -> Skipped:
    return Skipped(
        subject=subject,
        reason=Text(en=reason, ko=reason_ko),
        hint=Text(
            en="Findings name the table only, not the model.",
            ko="모델 위치 없이 테이블만 표시합니다.",
        ),
    )
