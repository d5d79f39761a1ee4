"""Start the probe when an interpreter starts, and leave no trace that the program could see.

`site` imports the first module of this name on the path; the folder of this one is put first in
`PYTHONPATH`, so the command line of the program stays as it is.
Afterwards the path and `os.environ` are as without it, and the user's own module takes its place.
Interpreters of any version may come here, so nothing in this file is newer than Python 2.7.
"""

import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120  # pathlib costs start-up
_RUNNER = os.path.join(os.path.dirname(_HERE), "runner.py")  # noqa: PTH118, PTH120  # see _HERE
_OLDEST = (3, 11)


def _withdraw():  # type: ignore[no-untyped-def]  # Python 2 knows no annotations  # noqa: ANN202
    """Take this folder out of the import path, and this module out of the modules."""
    sys.path[:] = [each for each in sys.path if each != _HERE]
    sys.path_importer_cache.pop(_HERE, None)
    sys.modules.pop("sitecustomize", None)


def _load(name):  # type: ignore[no-untyped-def]  # see above  # noqa: ANN001, ANN202
    """Load a module of the probe by its file; it enters neither `sys.modules` nor the path."""
    from _frozen_importlib_external import SourceFileLoader  # noqa: PLC0415  # not in Python 2

    full_name = "aegis_probe_" + name
    path = os.path.join(os.path.dirname(_HERE), name + ".py")  # noqa: PTH118, PTH120  # see _HERE
    module = type(sys)(full_name)
    module.__file__ = path
    exec(SourceFileLoader(full_name, path).get_code(full_name), module.__dict__)  # type: ignore[arg-type]  # it has code  # noqa: S102
    return module


def _start():  # type: ignore[no-untyped-def]  # see above  # noqa: ANN202
    """Start the probe; whatever goes wrong with it is none of the program's business."""
    try:
        if sys.version_info < _OLDEST or sys.implementation.name != "cpython":
            return
        if getattr(sys, "argv", [""])[:1] == [_RUNNER]:  # it starts the probe itself
            return
        _load("start").start(_HERE, _load)  # type: ignore[no-untyped-call]  # see there
    except Exception:  # noqa: BLE001, S110  # the program must run, with us or without
        pass


_withdraw()  # type: ignore[no-untyped-call]  # see there
_start()  # type: ignore[no-untyped-call]  # see there
# The user's own module, if there is one; else the error that `site` expects.
import sitecustomize  # type: ignore[import-not-found]  # noqa: E402, F401  # of the user
