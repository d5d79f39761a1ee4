"""Note what runs through PyMySQL, which is Python throughout: its methods are replaced.

`executemany` and `callproc` call `execute` for everything they send, so one method sees all.
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
_IN_TRANSACTION = 1
"""SERVER_STATUS_IN_TRANS of the protocol, which every answer of the server carries."""


def install(module: "ModuleType", capture: "Capture") -> None:
    """Replace the methods that send statements; `connections` has imported `cursors`."""
    connection, cursor = module.Connection, module.Cursor
    _replace(cursor, "execute", _execute(cursor.execute, capture))
    _replace(connection, "connect", _connect(connection.connect, capture))
    _replace(connection, "close", _close(connection.close, capture))
    for name, text, what in (
        ("begin", "BEGIN", 0),
        ("commit", "COMMIT", _COMMIT),
        ("rollback", "ROLLBACK", _ROLLBACK),
    ):
        _replace(connection, name, _control(getattr(connection, name), text, what, capture))


def _connect(run: "Any", capture: "Capture") -> "Any":
    clock = capture.clock

    def connect(self: "Any", sock: "Any" = None) -> "Any":
        start = clock()
        try:
            result = run(self, sock)
        except BaseException as error:
            if error.__traceback__ is not None:
                error.__traceback__ = error.__traceback__.tb_next
            raise
        self._aegis_number = capture.connection("pymysql", self.db or "", start)
        return result

    return connect


def _close(run: "Any", capture: "Capture") -> "Any":
    def close(self: "Any") -> "Any":
        number = self.__dict__.get("_aegis_number") if self.open else None
        try:
            return run(self)
        except BaseException as error:
            if error.__traceback__ is not None:
                error.__traceback__ = error.__traceback__.tb_next
            raise
        finally:
            if number is not None:
                capture.closed(number)

    return close


def _execute(run: "Any", capture: "Capture") -> "Any":
    clock, note = capture.clock, capture.note

    def execute(self: "Any", query: "Any", args: "Any" = None) -> "Any":
        connection = self.connection
        number, was_inside = _state(connection, capture)
        start = clock()
        try:
            result = run(self, query, args)
        except BaseException as error:
            # What could not be written as SQL never reached the server.
            if number is not None and _is_of_server(error):
                note(number, _text(query), args, start, -1, _FAILED)
            if error.__traceback__ is not None:
                error.__traceback__ = error.__traceback__.tb_next
            raise
        if number is not None:
            is_inside = _state(connection, capture)[1]
            # An unbuffered cursor says 2^64 - 1 where it does not know.
            rows = self.rowcount if self.rowcount < _UNKNOWN_ROWS else -1
            note(number, _text(query), args, start, rows, is_inside & ~was_inside)
        return result

    return execute


def _is_of_server(error: BaseException) -> bool:
    """Tell whether an error carries a number of the server's; those begin at 1000."""
    code = error.args[0] if error.args else None
    return isinstance(code, int) and code >= _FIRST_ERROR


def _text(query: "Any") -> "Any":
    """Return a statement as something that can be a key; `executemany` builds byte arrays."""
    return bytes(query) if isinstance(query, bytearray) else query


def _control(run: "Any", text: str, what: int, capture: "Capture") -> "Any":
    clock, note = capture.clock, capture.note

    def control(self: "Any") -> "Any":
        number, _ = _state(self, capture)
        start = clock()
        try:
            result = run(self)
        except BaseException as error:
            if error.__traceback__ is not None:
                error.__traceback__ = error.__traceback__.tb_next
            raise
        if number is not None:
            note(number, text, None, start, -1, what)
        return result

    return control


def _state(connection: "Any", capture: "Capture") -> tuple[int | None, int]:
    """Return the connection's number, and 1 if it is inside a transaction."""
    try:
        status = int(connection.server_status) & _IN_TRANSACTION
        number = connection.__dict__.get("_aegis_number")
        if number is None:
            number = capture.connection("pymysql", connection.db or "")
            connection._aegis_number = number  # noqa: SLF001  # ours
    except (AttributeError, TypeError):  # closed; the call itself says what is wrong
        return None, 0
    return number, _BEGAN if status else 0


def _replace(owner: type, name: str, method: "Any") -> None:
    original = vars(owner)[name]
    for attribute in ("__name__", "__qualname__", "__doc__", "__module__"):
        setattr(method, attribute, getattr(original, attribute))
    setattr(owner, name, method)
