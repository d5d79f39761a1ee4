"""Run a program behind its own interpreter's flags where nothing can be injected (`-I -E -S`).

`python -I script.py` becomes `python -I runner.py script.py`.
This module is `__main__` only until the program takes its place, so everything that is still
needed then stands in another module.
"""

import sys
from _frozen_importlib_external import SourceFileLoader  # no package that the program would find


def _sibling(name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202  # types are not loaded here
    """Load a module beside this one; it enters neither `sys.modules` nor the path."""
    path = __file__[: -len("runner.py")] + name + ".py"
    module = type(sys)("aegis_probe_" + name)
    module.__file__ = path
    code = SourceFileLoader(module.__name__, path).get_code(module.__name__)
    exec(code, module.__dict__)  # type: ignore[arg-type]  # it has code  # noqa: S102
    return module


_sibling("as_main").run(globals())
