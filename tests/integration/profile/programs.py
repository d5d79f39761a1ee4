"""Programs that notice when they are not run as by themselves.

Each prints only what is the same in every run, so that two runs can be compared byte by byte.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

MAIN = "program.py"
ARGUMENTS = ("one", "--two")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program, its command line behind the interpreter, and what it finds when it starts."""

    files: Mapping[str, str]
    """Texts by path; `{version}` in a path is that of the interpreter, as in `3.12`."""
    words: tuple[str, ...] = (MAIN, *ARGUMENTS)
    variables: Mapping[str, str] = field(default_factory=dict)
    """Environment variables that it has beside the usual ones; `{folder}` is where it runs."""
    stdin: bytes = b"some words"
    needs: str = "sys"
    """A module without which it cannot run."""
    is_unread: bool = False
    """Nobody reads its standard output."""


def _read(text: str) -> Mapping[str, Program]:
    """Read programs of one file each, which stand behind lines with their names."""
    _, *parts = re.split(r"^#: (\w+)\n", _HEADLINE.sub("", text), flags=re.MULTILINE)
    named = zip(parts[::2], parts[1::2], strict=True)
    return {name: Program(files={MAIN: body.strip() + "\n"}) for name, body in named}


_HEADLINE = re.compile(r"^## .*\n", re.MULTILINE)
_PLAIN = _read(Path(__file__).with_name("programs.txt").read_text("utf-8"))
_TOLD = "import sys; print(__name__, __package__, sys.argv, sys.path[0], sys.flags)\n"
_PACKAGE = {f"package/{name}.py": _TOLD for name in ("__init__", "__main__", "inner")}
_FLAGS = {
    "isolated": ("-I",),
    "without_environment": ("-E",),
    "without_site": ("-S",),
    "optimized": ("-OO",),
    "development_mode": ("-X", "dev"),
    "warnings_are_errors": ("-W", "error"),
    "unbuffered": ("-u",),
    "safe_path": ("-P",),
}
_SEES_ALL = (
    '"""Text."""\nimport os, sys\n'
    "print(__name__, __doc__, __file__, sorted(globals()), sys.argv, sys.orig_argv[1:], sys.path)\n"
    "print(sys.flags, sorted(os.environ), sys.stdin.read())\n"
    "def f():\n    raise ValueError('no')\nf()\n"
)
_GREENLETS = (
    "from gevent import monkey\nmonkey.patch_all()\n"
    "import gevent, subprocess, sys, threading, time\n"
    "def f(n):\n    time.sleep(0.01 * n)\n    print(n)\n"
    "gevent.joinall([gevent.spawn(f, n) for n in (3, 1, 2)])\n"
    "thread = threading.Thread(target=f, args=(4,))\nthread.start()\nthread.join()\n"
    "print(subprocess.check_output([sys.executable, '-c', 'print(1)']))\n"
)
_UVLOOP = (
    "import asyncio, uvloop\nasync def f():\n    await asyncio.sleep(0.01)\n"
    "    return type(asyncio.get_running_loop()).__module__\n"
    "with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:\n"
    "    print(runner.run(f()))\n"
)
_MAPPER = (
    "import sqlalchemy as sa\nfrom sqlalchemy.orm import DeclarativeBase, Session, mapped_column\n"
    "engine = sa.create_engine('sqlite://', echo=False, pool_pre_ping=True, hide_parameters=True)\n"
    "class Base(DeclarativeBase):\n    pass\nclass A(Base):\n    __tablename__ = 'a'\n"
    "    id = mapped_column(sa.Integer, primary_key=True)\nBase.metadata.create_all(engine)\n"
    "with Session(engine) as session:\n    session.add_all([A(), A()])\n    session.commit()\n"
    "    print([a.id for a in session.scalars(sa.select(A))])\n"
    "sa.create_engine('sqlite://', no_such=1)\n"
)

PROGRAMS: Mapping[str, Program] = {
    **_PLAIN,
    "options": Program(files=_PLAIN["arguments"].files, words=(MAIN, "-m", "--output", "-c", "--")),
    **{
        name: Program(files={MAIN: _SEES_ALL}, words=(*flags, MAIN, *ARGUMENTS))
        for name, flags in _FLAGS.items()
    },
    "code": Program(files={}, words=("-c", "import sys; print(sys.argv)\n1/0", "a", "-m")),
    "code_isolated": Program(files={}, words=("-Ic", "import sys; print(sys.argv)\n1/0", "a")),
    "stdin_program": Program(files={}, words=("-", "a"), stdin=b"import sys; print(sys.argv)"),
    "module": Program(files=_PACKAGE, words=("-m", "package", "-x")),
    "module_inner": Program(files=_PACKAGE, words=("-m", "package.inner", "-x")),
    "module_deaf": Program(files=_PACKAGE, words=("-E", "-m", "package", "-x")),
    "module_missing": Program(files={}, words=("-m", "no_such_module")),
    "script_missing": Program(files={}, words=("no_such_script.py",)),
    "folder": Program(files={"app/__main__.py": _SEES_ALL}, words=("app", "x")),
    "folder_isolated": Program(files={"app/__main__.py": _SEES_ALL}, words=("-I", "app", "x")),
    "archive": Program(files={"app.pyz/__main__.py": _TOLD}, words=("app.pyz", "x")),
    "archive_isolated": Program(files={"app.pyz/__main__.py": _TOLD}, words=("-I", "app.pyz")),
    "broken_pipe": Program(files={MAIN: "for n in range(10**5):\n    print(n)"}, is_unread=True),
    "own_sitecustomize": Program(
        files={
            MAIN: "import sys\nprint(sys.modules['sitecustomize'].__file__, sys.path, sys.told)",
            "site/sitecustomize.py": "import sys, threading\nsys.told = []\n"
            "thread = threading.Thread(target=sys.told.append, args=('from a thread',))\n"
            "thread.start()\nthread.join()",
        },
        variables={"PYTHONPATH": "{folder}/site"},
    ),
    "own_usercustomize": Program(
        files={
            MAIN: "import sys\nprint(getattr(sys, 'told', None), sys.path)",
            "base/lib/python{version}/site-packages/usercustomize.py": "import sys\n"
            "sys.told = 'custom'",
        },
        variables={"PYTHONUSERBASE": "{folder}/base"},
    ),
    "empty_path": Program(files={MAIN: _PLAIN["path"].files[MAIN]}, variables={"PYTHONPATH": ""}),
    "warning_variables": Program(
        files={MAIN: "import sys; print(sys.warnoptions, hash('a'))"},
        variables={"PYTHONWARNINGS": "error", "PYTHONHASHSEED": "5"},
    ),
    "mapper": Program(files={MAIN: _MAPPER}, needs="sqlalchemy"),
    "greenlets": Program(files={MAIN: _GREENLETS}, needs="gevent"),
    "uvloop": Program(files={MAIN: _UVLOOP}, needs="uvloop"),
    "coverage": Program(
        files={MAIN: "def f(n):\n    if n:\n        return 1\n    return 2\nprint(f(1))"},
        words=("-m", "coverage", "run", "--branch", "--data-file=coverage.data", MAIN),
        needs="coverage",
    ),
}
