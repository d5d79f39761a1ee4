"""Have chosen functions decorated where they are defined, below all decorators of their own.

A source file is compiled once more with one decorator added to each chosen function; line numbers
stay as they are. The decorator enters the code as a constant, so no name appears anywhere.
Modules are met when they are imported, the script by the runner before it runs.
"""

import ast
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType
    from typing import Any

MAIN = "__main__"
_MARK = "<aegis decorates this function>"
_LOCALS = ".<locals>"


class Wanted:
    """Functions to decorate, by module or by the path of their file."""

    def __init__(self, names: "Sequence[Sequence[str]]") -> None:
        """Take pairs of a module or an absolute path, and a qualified name or a class."""
        self._names: dict[str, dict[str, str]] = {}
        for place, name in names:
            self._names.setdefault(place, {})[name.replace(_LOCALS, "")] = name
        self.found: set[tuple[str, str]] = set()

    def of(self, module: str, path: str | None) -> "dict[str, list[tuple[str, str]]]":
        """Return the names wanted in a module, each with all words that it was asked for by."""
        found: dict[str, list[tuple[str, str]]] = {}
        for place in (module, path or "", *_main_names(module)):
            for name, asked in self._names.get(place, {}).items():
                found.setdefault(name, []).append((place, asked))
        return found

    def is_module(self, name: str) -> bool:
        """Tell whether a module may hold any; one that is named by a path may be any module."""
        if name == MAIN or any("/" in each for each in self._names):
            return True
        return name in self._names or any(each in self._names for each in _main_names(name))


class Decorating:
    """Adds a decorator to functions of modules and of the script."""

    def __init__(self, wanted: Wanted, decorate: "Callable[[Any], Any]") -> None:
        """Remember which functions, and what makes another function of each."""
        self._wanted = wanted
        self._decorate = decorate
        self._looking: set[str] = set()

    def start(self) -> None:
        """Follow what is imported from now on."""
        sys.meta_path.insert(0, self)

    def stop(self) -> None:
        """Follow no further imports."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def prepare(self, code: "CodeType") -> "CodeType":
        """Return the code of the script with its functions decorated."""
        path = code.co_filename
        names = self._wanted.of(MAIN, os.path.abspath(path))  # noqa: PTH100  # pathlib costs start-up
        if not names or not os.path.isfile(path):  # noqa: PTH113  # see above
            return code
        with open(path, "rb") as file:  # noqa: PTH123  # see above
            return self.compiled(file.read(), path, names) or code

    def find_spec(
        self,
        name: str,
        path: "Sequence[str] | None" = None,
        target: "ModuleType | None" = None,
    ) -> "ModuleSpec | None":
        """Let the other finders find a module, and follow how its code is got."""
        if name in self._looking or not self._wanted.is_module(name):
            return None
        self._looking.add(name)
        try:
            spec = self._find(name, path, target)
        finally:
            self._looking.discard(name)
        names = self._wanted.of(name, spec.origin) if spec is not None else {}
        if spec is not None and names:
            self._follow(spec.loader, names)
        return spec

    def compiled(
        self, source: bytes, path: str, names: "dict[str, list[tuple[str, str]]]"
    ) -> "CodeType | None":
        """Compile a source with these functions decorated; None if it has none of them."""
        try:
            tree = ast.parse(source, path)
        except (SyntaxError, ValueError):  # the program itself shall say so
            return None
        found = {name for name in names if _mark(tree, name)}
        if not found:
            return None
        for name in found:
            self._wanted.found.update(names[name])
        code = compile(tree, path, "exec", dont_inherit=True)
        return _with_constant(code, self._decorate)

    def _find(
        self, name: str, path: "Sequence[str] | None", target: "ModuleType | None"
    ) -> "ModuleSpec | None":
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            if finder is self or find is None:
                continue
            spec: ModuleSpec | None = find(name, path, target)
            if spec is not None:
                return spec
        return None

    def _follow(self, loader: "Any", names: "dict[str, list[tuple[str, str]]]") -> None:
        """Replace the loader's way to get code, on the object, not its class."""
        real = getattr(loader, "get_code", None)
        read = getattr(loader, "get_source", None)
        locate = getattr(loader, "get_filename", None)
        if real is None or read is None or locate is None:
            return

        def get_code(name: str) -> "CodeType | None":
            text = read(name)
            if text is not None:
                ours = self.compiled(text.encode(), locate(name), names)
                if ours is not None:
                    return ours
            found: CodeType | None = real(name)
            return found

        try:
            loader.__dict__["get_code"] = get_code
        except AttributeError:  # a loader without attributes of its own
            return


def _main_names(module: str) -> "Iterator[str]":
    """Yield by what else the functions of a module may be known: that of `-m` is `__main__`."""
    options = sys.orig_argv
    if "-m" not in options:
        return
    started = options[options.index("-m") + 1 :][:1]
    if started and module in {started[0], f"{started[0]}.{MAIN}"}:
        yield MAIN
    elif started and module == MAIN:
        yield started[0]


def _mark(tree: "ast.Module", name: str) -> bool:
    """Add the decorator to all functions of a qualified name, or the methods of such a class."""
    is_found = False
    for qualified, node in _definitions(tree, ""):
        owner = qualified.rpartition(".")[0]
        if name not in {qualified, owner} or isinstance(node, ast.ClassDef):
            continue
        if name == owner and not _is_method(tree, owner):
            continue
        mark = ast.Constant(_MARK)
        node.decorator_list.append(ast.copy_location(mark, node))
        is_found = True
    return is_found


def _is_method(tree: "ast.Module", owner: str) -> bool:
    return any(
        qualified == owner and isinstance(node, ast.ClassDef)
        for qualified, node in _definitions(tree, "")
    )


def _definitions(
    node: "ast.AST", prefix: str
) -> "Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]":
    """Yield functions and classes with their qualified names, those of functions included."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield prefix + child.name, child
            yield from _definitions(child, f"{prefix}{child.name}.")
        else:
            yield from _definitions(child, prefix)


def _with_constant(code: "CodeType", decorate: "Callable[[Any], Any]") -> "CodeType":
    """Put the decorator where its mark stands, in this code and in all that it defines."""
    constants = tuple(
        _with_constant(each, decorate)
        if isinstance(each, type(code))
        else decorate
        if each == _MARK
        else each
        for each in code.co_consts
    )
    return code.replace(co_consts=constants)
