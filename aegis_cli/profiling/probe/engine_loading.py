"""Import the profiler that the user asked for, and leave no path behind by which it came.

The program's own installation comes first: what it imports itself must be the same module.
Only where it has none, the folder that AEGIS is installed in is searched, by the program's own
interpreter, which finds compiled modules made for it and no others.
Such modules are taken out of `sys.modules` again, since the program has none of this installed,
unless they look for themselves there (psutil does).
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from aegis_cli.profiling.probe.recorder import Recorder

KIND = "engine"
"""Records of this kind say which profiler ran here, and what kept it from doing so."""


class MissingEngine(ImportError):
    """The interpreter of the program cannot import the profiler."""


class _Lender:
    """Finds modules in one folder that is on no path."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def find_spec(
        self,
        name: str,
        path: "Sequence[str] | None" = None,
        target: "ModuleType | None" = None,
    ) -> "ModuleSpec | None":
        """Find a top-level module; what is inside of a package is found by its own path."""
        from _frozen_importlib_external import PathFinder  # noqa: PLC0415  # as the start-up hook

        if path is not None:
            return None
        found: ModuleSpec | None = PathFinder.find_spec(name, [self._folder], target)
        return found


class Lent:
    """A profiler, and the modules that came with it from the folder of AEGIS."""

    def __init__(self, module: "ModuleType", borrowed: "dict[str, ModuleType]") -> None:
        """Keep modules alive that the program does not see."""
        self.module = module
        self._borrowed = borrowed


def import_profiler(names: "Sequence[str]", folder: str, *, is_hidden: bool = True) -> Lent:
    """Import modules that make up a profiler, the first of which is the one to use.

    Modules from the folder are hidden from the program unless they could not work then.

    Raises:
        MissingEngine: Neither the program's own installation nor ours serves this interpreter.
    """
    known = set(sys.modules)
    try:
        modules = [__import__(name) for name in names]
    except ImportError:
        _forget(known, None)
    else:
        return Lent(modules[0], {})
    lender = _Lender(folder)
    sys.meta_path.append(lender)
    try:
        modules = [__import__(name) for name in names]
    except ImportError as error:
        _forget(known, None)
        raise MissingEngine(str(error)) from error
    finally:
        sys.meta_path.remove(lender)
    return Lent(modules[0], _forget(known, folder) if is_hidden else {})


def tell(recorder: "Recorder", engine: str, **facts: object) -> None:
    """Record what ran, or a peculiarity of this run."""
    recorder.write(KIND, {"engine": engine, **facts})


def version_of(module: "ModuleType") -> str:
    """Return the version that a profiler states, or nothing."""
    return str(getattr(module, "__version__", ""))


def _forget(known: "set[str]", folder: str | None) -> "dict[str, ModuleType]":
    """Take new modules out of those the program sees, all or those from one folder."""
    taken: dict[str, ModuleType] = {}
    for name in [each for each in sys.modules if each not in known]:
        path = str(getattr(sys.modules[name], "__file__", None) or "")
        if (folder is None and _is_package(path)) or (folder and path.startswith(folder + "/")):
            taken[name] = sys.modules.pop(name)
    return taken


def _is_package(path: str) -> bool:
    return "-packages/" in path
