"""Act when the program imports a database driver; import none by ourselves."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from aegis_cli.profiling.probe.sqlcapture import Capture

_DRIVERS = {
    "sqlite3.dbapi2": "sql_sqlite3",
    "psycopg2._psycopg": "sql_psycopg2",
    "psycopg": "sql_psycopg3",
    "pymysql.connections": "sql_pymysql",
    "MySQLdb.connections": "sql_mysqlclient",
    "asyncpg.protocol.protocol": "sql_asyncpg",
    "aiosqlite.core": "sql_aiosqlite",
    "asgiref.sync": "sql_asgiref",
    "sqlalchemy.orm.strategies": "eager_sqlalchemy",
    "django.db.models.query": "eager_django",
}
"""The innermost module that defines what is watched, from which everybody else takes it, and the
module beside this one that knows the driver; loaded only when the program uses the driver."""


def watch(capture: "Capture", load: "Callable[[str], ModuleType]") -> "Watcher":
    """Watch the drivers that are imported already, and those that will be."""
    watcher = Watcher(capture, load)
    for name in _DRIVERS:
        module = sys.modules.get(name)
        if module is not None:
            watcher.install(name, module)
    sys.meta_path.insert(0, watcher)
    return watcher


class Watcher:
    """Finds no module itself; has the module of a driver watched once it is executed."""

    def __init__(self, capture: "Capture", load: "Callable[[str], ModuleType]") -> None:
        """Remember where executions are noted, and how modules of ours are loaded."""
        self._capture = capture
        self._load = load
        self._looking: set[str] = set()

    def find_spec(
        self,
        name: str,
        path: "Sequence[str] | None" = None,
        target: "ModuleType | None" = None,
    ) -> "ModuleSpec | None":
        """Let the other finders find the module of a driver, and follow its execution."""
        if name not in _DRIVERS or name in self._looking:
            return None
        self._looking.add(name)
        try:
            spec = self._find(name, path, target)
            if spec is not None:
                self._follow(name, spec)
            return spec
        finally:
            self._looking.discard(name)

    def _find(
        self, name: str, path: "Sequence[str] | None", target: "ModuleType | None"
    ) -> "ModuleSpec | None":
        # Those before us were asked already; a program may have put a finder there that counts.
        place = sys.meta_path.index(self) + 1 if self in sys.meta_path else 0
        for finder in sys.meta_path[place:]:
            find = getattr(finder, "find_spec", None)
            if find is None:
                continue
            spec = find(name, path, target)
            if spec is not None:
                return spec  # type: ignore[no-any-return]  # what finders return
        return None

    def _follow(self, name: str, spec: "ModuleSpec") -> None:
        """Replace the loader's way to execute for this one time, on the object, not its class."""
        loader = spec.loader
        execute = getattr(loader, "exec_module", None)
        if loader is None or execute is None:
            return

        def exec_module(module: "ModuleType") -> None:
            loader.__dict__.pop("exec_module", None)
            execute(module)
            self.install(name, module)

        try:
            loader.__dict__["exec_module"] = exec_module
        except AttributeError:
            # A loader without attributes of its own: this driver is not watched.
            return

    def install(self, name: str, module: "ModuleType") -> None:
        """Have a driver watched; a driver that is not as we know it stays as it is."""
        try:  # noqa: SIM105  # contextlib costs start-up
            self._load(_DRIVERS[name]).install(module, self._capture)
        except Exception:  # noqa: BLE001, S110  # nothing of ours may reach the program
            pass

    def stop(self) -> None:
        """Watch no further driver."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
