"""Act when the program imports certain modules; import none of them by ourselves."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    Actions = Mapping[str, Sequence[Callable[[ModuleType], None]]]
    """What to do with a module once it is executed, by its name."""
    Attempt = Callable[[str, Callable[[], object]], object]


def watch(actions: "Actions", attempt: "Attempt") -> "LateImports":
    """Act on the modules that are imported already, and on those that will be."""
    watcher = LateImports(actions, attempt)
    for name in actions:
        module = sys.modules.get(name)
        if module is not None:
            watcher.act(name, module)
    sys.meta_path.insert(0, watcher)
    return watcher


class LateImports:
    """Finds no module itself; follows the execution of those it was told of."""

    def __init__(self, actions: "Actions", attempt: "Attempt") -> None:
        """Remember what to do with which module; `attempt` does it and survives failures."""
        self._attempt = attempt
        self._actions = actions
        self._looking: set[str] = set()

    def find_spec(
        self,
        name: str,
        path: "Sequence[str] | None" = None,
        target: "ModuleType | None" = None,
    ) -> "ModuleSpec | None":
        """Let the other finders find a module, and follow its execution."""
        if name not in self._actions or name in self._looking:
            return None
        self._looking.add(name)
        try:
            spec = self._find(name, path, target)
            if spec is not None:
                self._follow(name, spec)
            return spec
        finally:
            self._looking.discard(name)

    def _find(
        self, name: str, path: "Sequence[str] | None", target: "ModuleType | None"
    ) -> "ModuleSpec | None":
        # Those before us were asked already; a program may have put a finder there that counts.
        place = sys.meta_path.index(self) + 1 if self in sys.meta_path else 0
        for finder in sys.meta_path[place:]:
            find = getattr(finder, "find_spec", None)
            if find is None:
                continue
            spec = find(name, path, target)
            if spec is not None:
                return spec  # type: ignore[no-any-return]  # what finders return
        return None

    def _follow(self, name: str, spec: "ModuleSpec") -> None:
        """Replace the loader's way to execute for this one time, on the object, not its class."""
        loader = spec.loader
        execute = getattr(loader, "exec_module", None)
        if loader is None or execute is None:
            return

        def exec_module(module: "ModuleType") -> None:
            loader.__dict__.pop("exec_module", None)
            execute(module)
            self.act(name, module)

        try:
            loader.__dict__["exec_module"] = exec_module
        except AttributeError:  # a loader without attributes of its own
            return

    def act(self, name: str, module: "ModuleType") -> None:
        """Do what is to be done, in order; a module that is not as we know it is told of."""
        for action in self._actions[name]:
            self._attempt(f"watching {name}", lambda act=action: act(module))  # type: ignore[misc]  # a default binds it now

    def stop(self) -> None:
        """Follow no further import."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
