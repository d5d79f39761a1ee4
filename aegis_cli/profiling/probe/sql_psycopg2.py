"""Note what runs through psycopg2, by subclasses that take the place of its two classes.

They stand in `psycopg2._psycopg` before anybody takes the names from there, so the classes of
`psycopg2.extras` and of the program derive from ours by themselves.
"""

from _operator import itemgetter
from itertools import count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from aegis_cli.profiling.probe.sqlcapture import Capture

_BEGAN, _FAILED, _MANY, _COMMIT, _ROLLBACK = 1, 2, 4, 8, 16
"""As in `sqlcapture`."""
_READY = 1
"""`connection.status` outside a transaction: psycopg2.extensions.STATUS_READY."""
_FIRST = itemgetter(0)
_FACTORY_AT = 1
"""Where `cursor_factory` stands among the positional arguments of `connection.cursor`."""


def install(module: "ModuleType", capture: "Capture") -> None:
    """Put our classes and our `_connect` in place of the driver's."""
    cursor = _cursor_class(module.cursor, capture)
    connection = _connection_class(module.connection, cursor, capture)
    connect = module._connect  # noqa: SLF001  # what psycopg2.connect calls

    def _connect(dsn: str, connection_factory: "Any" = None, **options: "Any") -> "Any":
        factory = connection if connection_factory is None else connection_factory
        try:
            return connect(dsn, connection_factory=factory, **options)
        except BaseException as error:
            _hide(error)
            raise

    _pass_for(_connect, "_connect", connect, module.__name__)
    vars(module).update(cursor=cursor, connection=connection, _connect=_connect)


def _hide(error: BaseException) -> None:
    """Take the frame that handles an error out of its traceback, which then reads as without us."""
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next


def _cursor_class(base: "Any", capture: "Capture") -> type:
    return _class(
        base,
        {
            "execute": _watched(base.execute, capture, _said),
            "executemany": _watched_many(base.executemany, capture),
            "callproc": _watched(base.callproc, capture, _called),
            "copy_expert": _watched(base.copy_expert, capture, _copied),
        },
    )


def _watched(run: "Any", capture: "Capture", said: "Callable[..., Any]") -> "Any":
    """Return a method that notes each call of another one; `said` reads what it was given."""
    clock, note = capture.clock, capture.note

    def method(self: "Any", *args: "Any", **kwargs: "Any") -> "Any":
        number, began = _opening(self)
        start = clock()
        try:
            result = run(self, *args, **kwargs)
        except BaseException as error:
            # What the server never saw has no code of the server's.
            if number is not None and getattr(error, "pgcode", None) is not None:
                text, values = said(self, args, kwargs)
                note(number, text, values, start, -1, began | _FAILED)
            _hide(error)
            raise
        if number is not None:
            text, values = said(self, args, kwargs)
            note(number, text, values, start, self.rowcount, began)
        return result

    return method


def _watched_many(run: "Any", capture: "Capture") -> "Any":
    """Return the same for `executemany`, which sends a statement per set of parameters."""
    clock, note = capture.clock, capture.note

    def method(self: "Any", query: "Any", vars_list: "Any") -> "Any":
        number, began = _opening(self)
        times = count()
        start = clock()
        try:
            # Built-in functions alone, so that an error in the program's iterator looks as ever.
            return run(self, query, map(_FIRST, zip(iter(vars_list), times)))  # noqa: B905  # endless
        except BaseException as error:
            _hide(error)
            raise
        finally:
            taken = next(times)
            if number is not None and taken:
                text, _ = _said(self, (query,), {})
                note(number, text, None, start, self.rowcount, began | _MANY, taken)

    return method


def _opening(cursor: "Any") -> tuple[int | None, int]:
    """Return the connection's number, and whether the driver will begin a transaction."""
    try:
        connection = cursor.connection
        is_outside = connection.status == _READY and not connection.autocommit
        number = connection._aegis_number  # noqa: SLF001  # ours
    except (AttributeError, ValueError):  # never opened; the call itself says what is wrong
        return None, 0
    return number, _BEGAN if is_outside else 0


def _said(cursor: "Any", args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> "tuple[Any, Any]":
    """Return the statement as the program wrote it, and its parameters."""
    text = args[0] if args else kwargs.get("query", "")
    values = args[1] if len(args) > 1 else kwargs.get("vars")
    if not isinstance(text, str | bytes):
        try:
            text = text.as_string(cursor)
        except (AttributeError, TypeError, ValueError):  # a composition of the program's own
            text = cursor.query or b""
    return text, values


def _copied(cursor: "Any", args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> "tuple[Any, Any]":
    """Return the COPY that the program wrote; what it copies are no parameters."""
    return _said(cursor, args[:1] or (kwargs.get("sql", ""),), {})[0], None


def _called(_cursor: "Any", args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> "tuple[Any, Any]":
    """Return what `callproc` sends: a SELECT from the function."""
    name = args[0] if args else kwargs.get("procname", "")
    values = args[1] if len(args) > 1 else kwargs.get("parameters")
    marks = ",".join("%s" for _ in values or ())
    return f"SELECT * FROM {name}({marks})", values  # noqa: S608  # noted, never run


def _connection_class(base: "Any", cursor_class: type, capture: "Capture") -> type:
    run_init, run_cursor = base.__init__, base.cursor

    def __init__(self: "Any", *args: "Any", **kwargs: "Any") -> None:  # noqa: N807  # of a class
        start = capture.clock()
        try:
            run_init(self, *args, **kwargs)
        except BaseException as error:
            _hide(error)
            raise
        self._aegis_number = capture.connection("psycopg2", _database(self), start)

    def cursor(self: "Any", *args: "Any", **kwargs: "Any") -> "Any":
        is_named = len(args) > _FACTORY_AT or kwargs.get("cursor_factory") is not None
        if not is_named and self.cursor_factory is None:
            kwargs["cursor_factory"] = cursor_class
        try:
            return run_cursor(self, *args, **kwargs)
        except BaseException as error:
            _hide(error)
            raise

    return _class(
        base,
        {
            "__init__": __init__,
            "close": _closing(base.close, capture),
            "cursor": cursor,
            "commit": _ending(base.commit, capture, "COMMIT", _COMMIT),
            "rollback": _ending(base.rollback, capture, "ROLLBACK", _ROLLBACK),
        },
        ("_aegis_number",),
    )


def _closing(run: "Any", capture: "Capture") -> "Any":
    """Return a method that notes that a connection was closed."""

    def method(self: "Any") -> "Any":
        try:
            result = run(self)
        except BaseException as error:
            _hide(error)
            raise
        number = getattr(self, "_aegis_number", None)
        if number is not None:
            capture.closed(number)
        return result

    return method


def _database(connection: "Any") -> str:
    try:
        return str(connection.info.dbname)
    except connection.Error:  # an asynchronous connection is not yet open
        return ""


def _ending(run: "Any", capture: "Capture", text: str, what: int) -> "Callable[..., Any]":
    """Return a method that notes the end of a transaction, where there was one to end."""
    clock, note = capture.clock, capture.note

    def method(self: "Any") -> "Any":
        try:
            number = self._aegis_number if self.status != _READY else None
        except AttributeError:  # never opened; the call itself says what is wrong
            number = None
        start = clock()
        try:
            result = run(self)
        except BaseException as error:
            _hide(error)
            raise
        if number is not None:
            note(number, text, None, start, -1, what)
        return result

    return method


def _class(base: type, methods: "dict[str, Any]", slots: tuple[str, ...] = ()) -> type:
    """Return a subclass that passes for its base: same name, same documentation, no new names."""
    for name, method in methods.items():
        _pass_for(method, name, getattr(base, name), base.__module__)
    names = {
        "__slots__": slots,
        "__module__": base.__module__,
        "__qualname__": base.__qualname__,
        "__doc__": base.__doc__,
    }
    return type(base.__name__, (base,), {**methods, **names})


def _pass_for(function: "Any", name: str, original: "Any", module: str) -> None:
    function.__name__ = name
    function.__qualname__ = getattr(original, "__qualname__", name)
    function.__doc__ = original.__doc__
    function.__module__ = module
