"""Note what runs through sqlite3, by subclasses that take the place of its two classes.

Types written in C cannot be patched. Real subclasses under the same names serve everything that
the originals do: `factory=`, `isinstance`, row factories, pickling by name. A class of the
program's own derives from ours by itself, because it finds ours under the name.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from aegis_cli.profiling.probe.sqlcapture import Capture

_BEGAN, _FAILED, _MANY, _COMMIT, _ROLLBACK, _SCRIPT = 1, 2, 4, 8, 16, 32
"""As in `sqlcapture`."""
_FACTORY_AT = 5
"""Where `factory` stands among the positional arguments of `sqlite3.connect`."""
_NAMES = ("connect", "Connection", "Cursor")


def install(module: "ModuleType", capture: "Capture") -> None:
    """Put our classes and our `connect` in place of the driver's."""
    names = vars(module)
    old = [names[each] for each in _NAMES]
    watched = _watch(capture, names["Error"])
    derived = names["Cursor"].__subclasses__()
    cursor = _cursor_class(names["Cursor"], watched)
    _move(derived, names["Cursor"], cursor)
    connection = _connection_class(names["Connection"], cursor, watched, capture, names["Error"])
    new = _Connect(names["connect"], connection), connection, cursor
    for each in (module, sys.modules.get("sqlite3")):
        # The package repeats the names, if it was imported before us.
        for name, before, after in zip(_NAMES, old, new, strict=True):
            if each is not None and vars(each).get(name) is before:
                setattr(each, name, after)


def _move(derived: list[type], before: type, after: type) -> None:
    """Let classes that were derived before us, such as Django's cursor, derive from ours."""
    for each in derived:
        bases = tuple(after if base is before else base for base in each.__bases__)
        try:
            each.__bases__ = bases
        except TypeError:  # of another layout: what it runs is not seen
            continue


class _Connect:
    """Calls the driver's `connect` with our class as the factory of who names none.

    An object that is no function, like the original: as an attribute of a class it binds nothing.
    """

    def __init__(self, connect: "Callable[..., Any]", connection: type) -> None:
        self._connect = connect
        self._connection = connection
        self.__name__ = self.__qualname__ = "connect"
        self.__module__ = "sqlite3"
        self.__doc__ = connect.__doc__
        self.__text_signature__ = getattr(connect, "__text_signature__", None)

    def __call__(self, *args: "Any", **kwargs: "Any") -> "Any":
        if len(args) <= _FACTORY_AT and "factory" not in kwargs:
            kwargs["factory"] = self._connection
        try:
            return self._connect(*args, **kwargs)
        except BaseException as error:
            _hide(error)
            raise

    def __repr__(self) -> str:
        return repr(self._connect)

    def __reduce__(self) -> str:
        return "connect"


def _hide(error: BaseException) -> None:
    """Take the frame that handles an error out of its traceback, which then reads as without us."""
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next


def _watch(capture: "Capture", failure: type[Exception]) -> "Callable[..., Any]":
    """Return what makes a method that notes each call of another one."""
    clock, note = capture.clock, capture.note
    failures = AttributeError, failure

    def watched(run: "Any", what: int = 0, *, is_cursor: bool = False) -> "Any":
        def method(self: "Any", *args: "Any", **kwargs: "Any") -> "Any":
            connection, number, was_inside = self, None, True
            try:
                if is_cursor:
                    connection = self.connection
                number = connection._aegis_number  # noqa: SLF001  # ours
                was_inside = connection.in_transaction
            except failures:  # closed or never opened; the call itself says what is wrong
                number = None
            start = clock()
            try:
                result = run(self, *args, **kwargs)
            except BaseException as error:
                if number is not None and args:
                    note(number, args[0], None, start, -1, what | _FAILED)
                _hide(error)
                raise
            if number is not None and args:
                began = _BEGAN if not was_inside and connection.in_transaction else 0
                values = args[1] if len(args) > 1 and not what else None
                note(number, args[0], values, start, result.rowcount, what | began)
            return result

        return method

    return watched


def _cursor_class(base: "Any", watched: "Callable[..., Any]") -> type:
    return _class(
        base,
        {
            "execute": watched(base.execute, is_cursor=True),
            "executemany": watched(base.executemany, _MANY, is_cursor=True),
            "executescript": watched(base.executescript, _SCRIPT, is_cursor=True),
        },
    )


def _connection_class(
    base: "Any",
    cursor_class: type,
    watched: "Callable[..., Any]",
    capture: "Capture",
    failure: type[Exception],
) -> type:
    run_init, run_cursor = base.__init__, base.cursor

    def ending(run: "Any", what: int) -> "Any":
        return _ending(run, what, capture, failure)

    def __init__(self: "Any", *args: "Any", **kwargs: "Any") -> None:  # noqa: N807  # of a class
        start = capture.clock()
        try:
            run_init(self, *args, **kwargs)
        except BaseException as error:
            _hide(error)
            raise
        database = args[0] if args else kwargs.get("database", "")
        self._aegis_number = capture.connection("sqlite3", database, start)

    def cursor(self: "Any", *args: "Any", **kwargs: "Any") -> "Any":
        if not args and "factory" not in kwargs:
            args = (cursor_class,)
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
            "execute": watched(base.execute),
            "executemany": watched(base.executemany, _MANY),
            "executescript": watched(base.executescript, _SCRIPT),
            "commit": ending(base.commit, _COMMIT),
            "rollback": ending(base.rollback, _ROLLBACK),
            "__exit__": ending(base.__exit__, _COMMIT),
        },
        ("_aegis_number",),
    )


def _closing(run: "Any", capture: "Capture") -> "Any":
    """Return a method that notes that a connection was closed."""

    def method(self: "Any", *args: "Any", **kwargs: "Any") -> "Any":
        try:
            result = run(self, *args, **kwargs)
        except BaseException as error:
            _hide(error)
            raise
        number = getattr(self, "_aegis_number", None)
        if number is not None:
            capture.closed(number)
        return result

    return method


def _ending(run: "Any", what: int, capture: "Capture", failure: type[Exception]) -> "Any":
    """Return a method that notes the end of a transaction, where there was one to end."""
    clock, note = capture.clock, capture.note

    def method(self: "Any", *args: "Any", **kwargs: "Any") -> "Any":
        try:
            number = self._aegis_number if self.in_transaction else None
        except (AttributeError, failure):  # as above
            number = None
        start = clock()
        try:
            result = run(self, *args, **kwargs)
        except BaseException as error:
            _hide(error)
            raise
        if number is not None:
            # `with connection:` rolls back where its block failed.
            is_undone = what == _ROLLBACK or (args and args[0] is not None)
            text, kind = ("ROLLBACK", _ROLLBACK) if is_undone else ("COMMIT", _COMMIT)
            note(number, text, None, start, -1, kind)
        return result

    return method


def _class(base: type, methods: "dict[str, Any]", slots: tuple[str, ...] = ()) -> type:
    """Return a subclass that passes for its base: same name, same documentation, no new names."""
    for name, method in methods.items():
        original = getattr(base, name)
        method.__name__, method.__qualname__ = name, original.__qualname__
        method.__doc__, method.__module__ = original.__doc__, base.__module__
    names = {
        "__slots__": slots,
        "__module__": base.__module__,
        "__qualname__": base.__qualname__,
        "__doc__": base.__doc__,
    }
    return type(base.__name__, (base,), {**methods, **names})
