"""Note what runs through psycopg 3, which is Python where it matters: its methods are replaced.

Rows that `stream` and COPY carry are not noted; a cursor of the server is noted as its query.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from aegis_cli.profiling.probe.sqlcapture import Capture

_BEGAN, _FAILED, _MANY, _COMMIT, _ROLLBACK, _SCRIPT = 1, 2, 4, 8, 16, 32
"""As in `sqlcapture`."""
_IDLE, _ACTIVE = 0, 1
"""Of libpq's PQtransactionStatus: connected, and outside a transaction."""
_FRAMES = 3
"""From what notes to the program: it, the replaced method, and its caller."""


def install(module: "ModuleType", capture: "Capture") -> None:
    """Replace the methods that send statements, of plain and of asynchronous classes."""
    for name in ("Cursor", "ServerCursor", "AsyncCursor", "AsyncServerCursor"):
        owner = getattr(module, name)
        watched = _watched_async if name.startswith("Async") else _watched
        for method, what in (("execute", 0), ("executemany", _MANY)):
            if method in vars(owner):
                _replace(owner, method, watched(vars(owner)[method], _Statement(capture, what)))
    for owner, ended in ((module.Connection, _watched), (module.AsyncConnection, _watched_async)):
        for method, what in (("commit", _COMMIT), ("rollback", _ROLLBACK)):
            _replace(owner, method, ended(vars(owner)[method], _Ending(capture, what)))
        _replace(owner, "close", ended(vars(owner)["close"], _Closing(capture)))
    for owner, entered in (
        (module.Transaction, _watched),
        (module.AsyncTransaction, _watched_async),
    ):
        prefix = "__a" if entered is _watched_async else "__"
        enter, leave = f"{prefix}enter__", f"{prefix}exit__"
        _replace(owner, enter, entered(vars(owner)[enter], _Entering(capture)))
        _replace(owner, leave, entered(vars(owner)[leave], _Leaving(capture)))


class _Statement:
    """Notes a call of `execute` or `executemany` of a cursor."""

    def __init__(self, capture: "Capture", what: int) -> None:
        self._capture = capture
        self._what = what
        self.clock = capture.clock

    def before(self, cursor: "Any") -> "Any":
        """Return what is known before; None where nothing can be noted."""
        connection = cursor._conn  # noqa: SLF001  # the property of this name refuses when closed
        number = _number(connection, self._capture)
        is_outside = _status(connection) == _IDLE and not connection.autocommit
        return number, _BEGAN if is_outside else 0

    def after(
        self, state: "Any", cursor: "Any", args: "Any", start: int, error: "Any" = None
    ) -> None:
        """Note the call; what failed without a code of the server's never reached it."""
        number, began = state
        if number is None or (error is not None and getattr(error, "sqlstate", None) is None):
            return
        values = args[1] if len(args) > 1 and not self._what else None
        what = self._what | began | (_FAILED if error is not None else 0)
        rows = cursor.rowcount if error is None else -1
        text = _text(args[0], cursor) if args else ""
        times = len(args[1]) if self._what and len(args) > 1 and hasattr(args[1], "__len__") else 1
        self._capture.note(number, text, values, start, rows, what, times, frames=_FRAMES)


class _Ending:
    """Notes a commit or a rollback that ends a transaction."""

    def __init__(self, capture: "Capture", what: int) -> None:
        self._capture = capture
        self._what = what
        self.clock = capture.clock

    def before(self, connection: "Any") -> "Any":
        """Return the connection's number; None outside a transaction."""
        is_inside = _status(connection) > _ACTIVE
        return _number(connection, self._capture) if is_inside else None

    def after(
        self, state: "Any", connection: "Any", args: "Any", start: int, error: "Any" = None
    ) -> None:
        """Note the end."""
        if state is not None and error is None:
            text = "COMMIT" if self._what == _COMMIT else "ROLLBACK"
            self._capture.note(state, text, None, start, -1, self._what, frames=_FRAMES)


class _Closing:
    """Notes that a connection is closed, if it ever sent anything."""

    def __init__(self, capture: "Capture") -> None:
        self._capture = capture
        self.clock = capture.clock

    def before(self, connection: "Any") -> "Any":
        """Return the connection's number; None where it has none or is closed."""
        return None if connection.closed else vars(connection).get("_aegis_number")

    def after(
        self, state: "Any", connection: "Any", args: "Any", start: int, error: "Any" = None
    ) -> None:
        """Note that it was open so far."""
        if state is not None:
            self._capture.closed(state)


class _Entering:
    """Notes the begin of a block `with connection.transaction()`."""

    def __init__(self, capture: "Capture") -> None:
        self._capture = capture
        self.clock = capture.clock

    def before(self, block: "Any") -> "Any":
        """Return the connection's number, and whether the block is the outermost."""
        connection = block.connection
        return _number(connection, self._capture), _status(connection) == _IDLE

    def after(
        self, state: "Any", block: "Any", args: "Any", start: int, error: "Any" = None
    ) -> None:
        """Note BEGIN; a block inside another one is a savepoint."""
        number, is_outermost = state
        if number is not None and error is None:
            text = "BEGIN" if is_outermost else f'SAVEPOINT "{block.savepoint_name}"'
            self._capture.note(number, text, None, start, frames=_FRAMES)


class _Leaving(_Entering):
    """Notes the end of such a block."""

    def after(
        self, state: "Any", block: "Any", args: "Any", start: int, error: "Any" = None
    ) -> None:
        """Note the end of the transaction, or that a savepoint is given up."""
        number, _ = state
        is_undone = bool(args) and args[0] is not None
        if number is None or error is not None:
            return
        if _status(block.connection) == _IDLE:
            text, what = ("ROLLBACK", _ROLLBACK) if is_undone else ("COMMIT", _COMMIT)
        else:
            text, what = f'RELEASE "{block.savepoint_name}"', 0
            if is_undone:
                text, what = f'ROLLBACK TO "{block.savepoint_name}"; {text}', _SCRIPT
        self._capture.note(number, text, None, start, -1, what, frames=_FRAMES)


def _watched(run: "Any", notes: "Any") -> "Any":
    clock = notes.clock

    def method(self: "Any", *args: "Any", **kwargs: "Any") -> "Any":
        state = notes.before(self)
        start = clock()
        try:
            result = run(self, *args, **kwargs)
        except BaseException as error:
            notes.after(state, self, args, start, error)
            _hide(error)
            raise
        notes.after(state, self, args, start)
        return result

    return method


def _watched_async(run: "Any", notes: "Any") -> "Any":
    clock = notes.clock

    async def method(self: "Any", *args: "Any", **kwargs: "Any") -> "Any":
        state = notes.before(self)
        start = clock()
        try:
            result = await run(self, *args, **kwargs)
        except BaseException as error:
            notes.after(state, self, args, start, error)
            _hide(error)
            raise
        notes.after(state, self, args, start)
        return result

    return method


def _hide(error: BaseException) -> None:
    """Take the frame that handles an error out of its traceback, which then reads as without us."""
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next


def _text(query: "Any", cursor: "Any") -> "Any":
    """Return a statement as the program wrote it; a composition is written out."""
    if isinstance(query, str | bytes):
        return query
    try:
        return query.as_string(cursor)
    except (AttributeError, TypeError, ValueError):  # a template of a later version
        return str(query)


def _number(connection: "Any", capture: "Capture") -> int | None:
    number = vars(connection).get("_aegis_number")
    if number is None:
        try:
            database = connection.pgconn.db.decode()
        except (AttributeError, UnicodeDecodeError):
            database = ""
        number = capture.connection("psycopg", database)
        connection._aegis_number = number  # noqa: SLF001  # ours
    return int(number)


def _status(connection: "Any") -> int:
    return int(connection.pgconn.transaction_status)


def _replace(owner: type, name: str, method: "Any") -> None:
    original = vars(owner)[name]
    for attribute in ("__name__", "__qualname__", "__doc__", "__module__", "__annotations__"):
        setattr(method, attribute, getattr(original, attribute))
    setattr(owner, name, method)
