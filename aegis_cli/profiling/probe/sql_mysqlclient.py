"""Note what runs through mysqlclient: its cursor is Python, its connection C below Python.

`executemany` and `callproc` call `execute` for everything they send. The client library does not
tell whether a transaction is open, so that is followed here: without autocommit, the first
statement after a commit begins one.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from aegis_cli.profiling.probe.sqlcapture import Capture

_BEGAN, _FAILED, _COMMIT, _ROLLBACK = 1, 2, 8, 16
"""As in `sqlcapture`."""
_UNKNOWN_ROWS = 1 << 63
_FIRST_ERROR = 1000


def install(module: "ModuleType", capture: "Capture") -> None:
    """Replace the methods that send statements; `connections` has imported `cursors`."""
    connection, cursor = module.Connection, module.cursors.BaseCursor
    _replace(cursor, "execute", _execute(cursor.execute, capture, module.Error))
    _replace(connection, "__init__", _connect(connection.__init__, capture))
    for name, text, what in (
        ("begin", "BEGIN", 0),
        ("commit", "COMMIT", _COMMIT),
        ("rollback", "ROLLBACK", _ROLLBACK),
    ):
        _replace(connection, name, _control(getattr(connection, name), text, what, capture))
    _replace(connection, "close", _close(connection.close, capture))


def _execute(run: "Any", capture: "Capture", failure: type[Exception]) -> "Any":
    clock, note = capture.clock, capture.note
    failures = AttributeError, failure

    def execute(self: "Any", query: "Any", args: "Any" = None) -> "Any":
        connection = self.connection
        number, began = _state(connection, failures)
        start = clock()
        try:
            result = run(self, query, args)
        except BaseException as error:
            if number is not None and _is_of_server(error):
                note(number, _text(query), args, start, -1, _FAILED)
            _hide(error)
            raise
        if number is not None:
            connection._aegis_is_open = began or connection._aegis_is_open  # noqa: SLF001  # ours
            # An unbuffered cursor says 2^64 - 1 where it does not know.
            rows = self.rowcount if self.rowcount < _UNKNOWN_ROWS else -1
            note(number, _text(query), args, start, rows, _BEGAN if began else 0)
        return result

    return execute


def _connect(run: "Any", capture: "Capture") -> "Any":
    clock = capture.clock

    def __init__(self: "Any", *args: "Any", **kwargs: "Any") -> None:  # noqa: N807  # of a class
        start = clock()
        try:
            run(self, *args, **kwargs)
        except BaseException as error:
            _hide(error)
            raise
        name = kwargs.get("database", kwargs.get("db", ""))
        self._aegis_is_open = False
        self._aegis_number = capture.connection("mysqlclient", name, start)

    return __init__


def _control(run: "Any", text: str, what: int, capture: "Capture") -> "Any":
    clock, note = capture.clock, capture.note

    def control(self: "Any") -> "Any":
        number = vars(self).get("_aegis_number")
        start = clock()
        try:
            result = run(self)
        except BaseException as error:
            _hide(error)
            raise
        if number is not None:
            self._aegis_is_open = not what
            note(number, text, None, start, -1, what)
        return result

    return control


def _close(run: "Any", capture: "Capture") -> "Any":
    def close(self: "Any") -> "Any":
        try:
            result = run(self)
        except BaseException as error:
            _hide(error)
            raise
        number = vars(self).get("_aegis_number")
        if number is not None:
            capture.closed(number)
        return result

    return close


def _state(connection: "Any", failures: "Any") -> "tuple[int | None, bool]":
    """Return the connection's number, and whether a statement now begins a transaction."""
    try:
        number = connection._aegis_number  # noqa: SLF001  # ours
        is_outside = not connection._aegis_is_open and not connection.get_autocommit()  # noqa: SLF001  # ours
    except failures:  # closed; the call itself says what is wrong
        return None, False
    return number, is_outside


def _is_of_server(error: BaseException) -> bool:
    """Tell whether an error carries a number of the server's; those begin at 1000."""
    code = error.args[0] if error.args else None
    return isinstance(code, int) and code >= _FIRST_ERROR


def _text(query: "Any") -> "Any":
    """Return a statement as something that can be a key; `executemany` builds byte arrays."""
    return bytes(query) if isinstance(query, bytearray) else query


def _hide(error: BaseException) -> None:
    """Take the frame that handles an error out of its traceback, which then reads as without us."""
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next


def _replace(owner: type, name: str, method: "Any") -> None:
    original = getattr(owner, name)
    for attribute in ("__name__", "__qualname__", "__doc__"):
        setattr(method, attribute, getattr(original, attribute))
    method.__module__ = owner.__module__
    setattr(owner, name, method)
