"""Calls that block a thread, reached from coroutines through functions of the project."""

from collections.abc import Iterator

from aegis_cli.codebase.link.modules import Class, External, Function
from aegis_cli.codebase.link.project import Project
from aegis_cli.codebase.records import FunctionFlag
from aegis_cli.model.facts.source_code import BlockingPath, Place

_DEPTH = 6
"""Functions between a coroutine and the call that blocks."""

_CALLS = frozenset(
    (
        "time.sleep",
        "os.system",
        "os.popen",
        "os.wait",
        "os.waitpid",
        "subprocess.run",
        "subprocess.call",
        "subprocess.check_call",
        "subprocess.check_output",
        "subprocess.getoutput",
        "subprocess.getstatusoutput",
        "subprocess.Popen.wait",
        "subprocess.Popen.communicate",
        "urllib.request.urlopen",
        "urllib.request.urlretrieve",
        "socket.create_connection",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
        "socket.socket.connect",
        "socket.socket.recv",
        "socket.socket.sendall",
        "socket.socket.accept",
        "psycopg2.connect",
        "psycopg.connect",
        "pymysql.connect",
        "MySQLdb.connect",
        "sqlite3.connect",
        "pymongo.MongoClient",
        "smtplib.SMTP",
        "smtplib.SMTP_SSL",
        "django.core.mail.send_mail",
        "django.core.mail.send_mass_mail",
        "django.core.mail.mail_admins",
        "django.core.mail.mail_managers",
    )
)
_HTTP_VERBS = (
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "head",
    "options",
    "request",
    "stream",
    "send",
)
_HTTP = ("requests", "requests.Session", "requests.sessions.Session", "requests.session", "httpx",
         "httpx.Client", "urllib3.PoolManager", "cloudscraper.create_scraper")  # fmt: skip
_SESSIONS = ("sqlalchemy.orm.Session", "sqlalchemy.orm.session.Session", "sqlmodel.Session",
             "sqlalchemy.orm.scoped_session", "sqlmodel.orm.session.Session")  # fmt: skip
_SESSION_VERBS = ("execute", "scalar", "scalars", "commit", "flush", "get", "get_one", "refresh",
                  "rollback", "exec", "delete", "merge", "bulk_save_objects")  # fmt: skip
_QUERY_VERBS = ("all", "first", "one", "one_or_none", "count", "scalar", "get", "delete", "update",
                "scalar_one", "scalar_one_or_none")  # fmt: skip
_CURSORS = ("psycopg2.connect", "psycopg.connect", "pymysql.connect", "sqlite3.connect")
_REDIS = ("redis.Redis", "redis.StrictRedis", "redis.from_url", "redis.client.Redis",
          "redis.Redis.from_url", "redis.cluster.RedisCluster")  # fmt: skip
_NOT_REDIS = frozenset(("pipeline", "pubsub", "register_script", "close", "from_url", "lock"))
_TO_THREADS = ("sync_to_async", "to_thread", "run_in_threadpool", "asyncify", "in_thread")


def blocks(name: str) -> bool:
    """Tell whether a call of a dotted name holds its thread while it waits."""
    if name in _CALLS:
        return True
    owner, _, verb = name.rpartition(".")
    if owner in _HTTP:
        return verb in _HTTP_VERBS
    if owner in _SESSIONS:
        return verb in _SESSION_VERBS
    if owner in _REDIS:
        return verb not in _NOT_REDIS
    if name.startswith(_CURSORS):
        return verb in {"execute", "executemany", "fetchall", "fetchone", "commit"}
    # `session.query(User).filter(…).all()` is named like its chain.
    is_query = any(name.startswith(f"{each}.query.") for each in _SESSIONS)
    return is_query and verb in _QUERY_VERBS


def is_http(name: str) -> bool:
    """Tell whether a call of a dotted name asks another server by HTTP, and waits in its thread."""
    owner, _, verb = name.rpartition(".")
    return name == "urllib.request.urlopen" or (owner in _HTTP and verb in _HTTP_VERBS)


class CallPaths:
    """Answers whether a function of the project blocks, and where; asks once per function."""

    def __init__(self, project: Project) -> None:
        """Start without any function known."""
        self._project = project
        self._known: dict[Function, tuple[str, tuple[Place, ...]] | None] = {}

    def of_coroutine(self, coroutine: Function) -> Iterator[BlockingPath]:
        """Yield each call that blocks within a coroutine, with the way that leads to it."""
        for name, line in _calls(coroutine):
            found = self._reached(name, coroutine, line, _DEPTH)
            if found is not None:
                call, places = found
                yield BlockingPath(call=call, coroutine=coroutine.record.symbol, places=places)

    def _reached(
        self, name: str, caller: Function, line: int, depth: int
    ) -> tuple[str, tuple[Place, ...]] | None:
        here = Place(path=caller.module.record.path, line=line, symbol=caller.record.symbol)
        if blocks(name):
            return name, (here,)
        callee = self._callee(name)
        if callee is None or callee is caller or depth == 0:
            return None
        inner = self._within(callee, depth - 1)
        return (inner[0], (here, *inner[1])) if inner is not None else None

    def _within(self, function: Function, depth: int) -> tuple[str, tuple[Place, ...]] | None:
        if function in self._known:
            return self._known[function]
        # A function that calls itself adds nothing to its own answer.
        self._known[function] = None
        if _is_elsewhere(function, self._project):
            return None
        found = None
        for name, line in _calls(function):
            found = self._reached(name, function, line, depth)
            if found is not None:
                break
        self._known[function] = found
        return found

    def _callee(self, name: str) -> Function | None:
        modules = self._project.modules
        target = modules.resolve(name)
        if isinstance(target, Class):
            return self._project.hierarchy.method(target, "__init__")
        if isinstance(target, External):
            owner = modules.resolve(name.rpartition(".")[0])
            if isinstance(owner, Class):
                return self._project.hierarchy.method(owner, name.rpartition(".")[2])
        return target if isinstance(target, Function) else None


def _calls(function: Function) -> Iterator[tuple[str, int]]:
    calls = function.record.calls
    for name, line, is_awaited in zip(calls.names, calls.lines, calls.awaited, strict=True):
        if not is_awaited:
            yield name, line


def _is_elsewhere(function: Function, project: Project) -> bool:
    """Tell whether calling a function runs it somewhere else, or later."""
    flags = function.record.flags
    if flags & (FunctionFlag.ASYNC | FunctionFlag.GENERATOR):
        return True
    names = (project.modules.dotted(function.module, each) for each in function.record.decorators)
    return any(each.endswith(_TO_THREADS) for each in names)


def blocking_paths(project: Project) -> Iterator[BlockingPath]:
    """Yield the calls that block within coroutines of a project, in the order of its files."""
    paths = CallPaths(project)
    for module in project.modules.modules:
        for function in module.numbered:
            if function.record.flags & FunctionFlag.ASYNC:
                yield from paths.of_coroutine(function)
