"""Note what runs through asyncpg: whatever it sends passes the methods of its protocol.

Connections, prepared statements, cursors, transactions and pools all call them, and a class of
Python's, empty itself, stands in front of the compiled one. What asyncpg asks on its own account,
such as how a type is written, is noted as well: the server runs it, too.
Rows that a cursor fetches later are not noted; the cursor is noted as its query.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from aegis_cli.profiling.probe.sqlcapture import Capture

_FAILED, _MANY, _COMMIT, _ROLLBACK = 2, 4, 8, 16
"""As in `sqlcapture`."""
_ENDINGS = {"COMMIT;": _COMMIT, "ROLLBACK;": _ROLLBACK}
_NUMBER = "_aegis_number"


def install(module: "ModuleType", capture: "Capture") -> None:
    """Put methods in front of those that send statements."""
    owner = module.Protocol
    base = owner.__mro__[1]
    wrapped = {
        "set_connection": _introducing(base.set_connection, capture),
        "connection_lost": _losing(base.connection_lost, capture),
        "query": _of_text(base.query, capture),
        "copy_in": _of_text(base.copy_in, capture),
        "copy_out": _of_text(base.copy_out, capture),
        "bind": _of_state(base.bind, capture, 0),
        "bind_execute": _of_state(base.bind_execute, capture, 0),
        "bind_execute_many": _of_state(base.bind_execute_many, capture, _MANY),
    }
    for name, method in wrapped.items():
        original = getattr(base, name)
        method.__name__, method.__qualname__ = name, original.__qualname__
        method.__doc__, method.__module__ = original.__doc__, module.__name__
        setattr(owner, name, method)


def _introducing(run: "Any", capture: "Capture") -> "Any":
    """Return a method that learns the name of the database, once the connection is complete."""

    def method(self: "Any", connection: "Any") -> "Any":
        result = run(self, connection)
        parameters = getattr(connection, "_params", None)
        _introduce(self, getattr(parameters, "database", None) or "", capture)
        return result

    return method


def _losing(run: "Any", capture: "Capture") -> "Any":
    """Return a method that notes that a connection is closed, by whichever end."""

    def method(self: "Any", reason: "Any") -> "Any":
        number = vars(self).get(_NUMBER)
        if number is not None:
            capture.closed(number)
        return run(self, reason)

    return method


def _of_text(run: "Any", capture: "Capture") -> "Any":
    """Return a method that notes the text it is given."""
    clock = capture.clock

    async def method(self: "Any", text: "Any", *args: "Any", **kwargs: "Any") -> "Any":
        start = clock()
        what = _ENDINGS.get(text, 0) if isinstance(text, str) else 0
        try:
            result = await run(self, text, *args, **kwargs)
        except BaseException as error:
            _failed(capture, self, text, error, start)
            raise
        capture.note(_number(self, capture), text, None, start, -1, what)
        return result

    return method


def _of_state(run: "Any", capture: "Capture", what: int) -> "Any":
    """Return a method that notes the prepared statement it is given."""
    clock = capture.clock

    async def method(
        self: "Any", state: "Any", args: "Any", *rest: "Any", **kwargs: "Any"
    ) -> "Any":
        start = clock()
        try:
            result = await run(self, state, args, *rest, **kwargs)
        except BaseException as error:
            _failed(capture, self, state.query, error, start)
            raise
        number = _number(self, capture)
        if what == _MANY:
            times = len(args) if hasattr(args, "__len__") else 1
            capture.note(number, state.query, None, start, -1, what, times)
        else:
            capture.note(number, state.query, args, start, _rows(result))
        return result

    return method


def _failed(
    capture: "Capture", protocol: "Any", text: "Any", error: BaseException, start: int
) -> None:
    """Note what the server refused or was made to give up; the rest never reached it."""
    # An error about parameters that cannot be written has the type of one that the server made.
    was_sent = getattr(error, "severity", None) is not None
    was_given_up = isinstance(error, TimeoutError) or not isinstance(error, Exception)
    if was_sent or was_given_up:
        capture.note(_number(protocol, capture), text, None, start, -1, _FAILED, frames=3)
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next


def _rows(result: "Any") -> int:
    """Return how many rows came; with them may come how the command ended."""
    records = result[0] if isinstance(result, tuple) and result else result
    return len(records) if isinstance(records, list) else -1


def _number(protocol: "Any", capture: "Capture") -> int:
    number = vars(protocol).get(_NUMBER)
    return _introduce(protocol, "", capture) if number is None else int(number)


def _introduce(protocol: "Any", database: object, capture: "Capture") -> int:
    number = capture.connection("asyncpg", database)
    setattr(protocol, _NUMBER, number)
    return number
