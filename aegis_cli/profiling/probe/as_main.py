"""Run a script, a module or code as the interpreter itself would, with the probe started before.

What differs is that two frames of ours stand below the program's first; tracebacks leave them out.
See `pymain_run_python` in Modules/main.c and `_PyRun_SimpleFile` in Python/pythonrun.c.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, ModuleType, TracebackType
    from typing import Any

_PROBE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120  # pathlib costs start-up
_INJECTED = _PROBE + "/injected"
_CODE_NAME = "<string>"
_SHOWS_CODE = (3, 13)
_DEDENTS_CODE = (3, 14)
_KEPT = ("__name__", "__doc__", "__package__", "__spec__", "__builtins__")


def run(main: "dict[str, Any]") -> None:
    """Run what the command line names in the namespace `main`, which is that of our caller.

    Errors and `SystemExit` pass through, to be dealt with by the interpreter.
    """
    if not sys.flags.safe_path:
        del sys.path[0]
    sys.path[:] = [each for each in sys.path if each != _INJECTED]  # `-S` reads PYTHONPATH
    for path in [each for each in sys.path_importer_cache if each.startswith(_PROBE)]:
        del sys.path_importer_cache[path]
    del sys.orig_argv[sys.orig_argv.index(sys.argv[0])]
    del sys.argv[0]
    loader_type = type(main["__loader__"])
    kept = {name: main[name] for name in _KEPT}
    kept.update(__doc__=None, __loader__=_builtin_importer())
    if "__annotations__" in main:
        kept["__annotations__"] = {}
    main.clear()
    main.update(kept)
    probe = _started()
    try:
        _run_words(main, loader_type, probe.prepared if probe is not None else _as_it_is)
    except BaseException:
        sys.excepthook = _without_us(sys.excepthook)
        raise


def _run_words(
    main: "dict[str, Any]",
    loader_type: "Callable[[str, str], object]",
    prepared: "Callable[[CodeType], CodeType]",
) -> None:
    first = sys.argv[0]
    path = _absolute(first)
    if first == "-m":
        _run_module(sys.argv.pop(1))
        return
    if first == "-c":
        code = _compiled_text(sys.argv.pop(1))
    elif _importer(path) is not None:
        sys.path.insert(0, path)
        _run_module("__main__", alter_argv=False)
        return
    else:
        main.update(__file__=path, __cached__=None, __loader__=loader_type("__main__", path))
        code = _compiled_script(path)
    exec(prepared(code), main)  # noqa: S102  # what we are for


def _run_module(name: str, *, alter_argv: bool = True) -> None:
    """Run a module, or `__main__` in the first folder or archive of the path."""
    import runpy  # noqa: PLC0415  # as the interpreter does, and only for this

    if alter_argv and not sys.flags.safe_path:
        sys.path.insert(0, _current_folder())
    run_module_as_main: Any = runpy._run_module_as_main  # type: ignore[attr-defined]  # noqa: SLF001  # there is no public one
    run_module_as_main(name, alter_argv=alter_argv)


def _compiled_text(text: str) -> "CodeType":
    if not sys.flags.safe_path:
        sys.path.insert(0, "")
    if sys.version_info >= _DEDENTS_CODE and text[:1].isspace():
        from textwrap import dedent  # noqa: PLC0415  # imports `re`

        text = dedent(text)
    code = compile(text + "\n", _CODE_NAME, "exec", dont_inherit=True)
    if sys.version_info >= _SHOWS_CODE:
        _show_in_tracebacks(code, text + "\n")
    return code


def _show_in_tracebacks(code: "CodeType", text: str) -> None:
    """Let tracebacks quote the code, as those of `python -c` do since 3.13."""
    import linecache  # noqa: PLC0415  # the interpreter imports it for `-c`

    register: Any = linecache._register_code  # type: ignore[attr-defined]  # noqa: SLF001  # there is no public one
    register(code if sys.version_info >= _DEDENTS_CODE else _CODE_NAME, text, _CODE_NAME)


def _compiled_script(path: str) -> "CodeType":
    if not sys.flags.safe_path:
        sys.path.insert(0, os.path.dirname(os.path.realpath(path)))  # noqa: PTH120  # see _PROBE
    with open(path, "rb") as file:  # noqa: PTH123  # see _PROBE
        source = file.read()
    return compile(source, path, "exec", dont_inherit=True)


def _started() -> "Any":
    """Start the probe; whatever goes wrong with it is none of the program's business."""
    try:
        return _load("start").start(_INJECTED, _load)
    except Exception:  # noqa: BLE001  # the program must run, with us or without
        return None


def _load(name: str) -> "ModuleType":
    """Load a module of the probe by its file, as the start-up hook does."""
    from _frozen_importlib_external import SourceFileLoader  # noqa: PLC0415  # always loaded

    full_name = "aegis_probe_" + name
    path = _PROBE + "/" + name + ".py"
    module = type(sys)(full_name)
    module.__file__ = path
    code: Any = SourceFileLoader(full_name, path).get_code(full_name)
    exec(code, module.__dict__)  # noqa: S102  # one of our own files
    return module


def _as_it_is(code: "CodeType") -> "CodeType":
    return code


def _absolute(path: str) -> str:
    """Return the path as the interpreter names it: made absolute, otherwise as it stands."""
    return path if path.startswith("/") else _current_folder() + "/" + path


def _current_folder() -> str:
    try:
        return os.getcwd()  # noqa: PTH109  # see _PROBE
    except OSError:  # it was deleted
        return ""


def _importer(path: str) -> object:
    """Return what would import from a path: a folder or an archive, but not a file."""
    for hook in sys.path_hooks:
        try:
            found = hook(path)
        except ImportError:
            continue
        return sys.path_importer_cache.setdefault(path, found)
    sys.path_importer_cache[path] = None
    return None


def _builtin_importer() -> object:
    """Return the loader that `__main__` has before anything is known about the program."""
    from _frozen_importlib import BuiltinImporter  # noqa: PLC0415  # always loaded

    return BuiltinImporter


def _without_us(hook: "Callable[..., object]") -> "Callable[..., object]":
    """Return a hook for uncaught exceptions that shows them without our frames."""

    def excepthook(
        kind: type[BaseException], value: BaseException, trace: "TracebackType | None"
    ) -> object:
        sys.excepthook = hook
        while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_PROBE):
            trace = trace.tb_next
        return hook(kind, value.with_traceback(trace), trace)

    return excepthook
