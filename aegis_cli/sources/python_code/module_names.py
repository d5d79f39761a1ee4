"""Dotted names of modules, by the folders around a file that are packages."""

import os

_PACKAGE_MARK = "__init__.py"


class ModuleNames:
    """Answers what a file is called when it is imported; asks the file system once a folder."""

    def __init__(self) -> None:
        """Start without any folder known."""
        self._packages: dict[str, str] = {}

    def of(self, path: str) -> str:
        """Return the dotted name of a file, as far as folders with `__init__.py` reach."""
        folder, name = os.path.split(os.path.abspath(path))  # noqa: PTH100  # resolves no links
        package = self._package(folder)
        stem = name.removesuffix(".py")
        if stem == "__init__":
            return package or os.path.basename(folder)  # noqa: PTH119  # a text, thousands of times
        return f"{package}.{stem}" if package else stem

    def _package(self, folder: str) -> str:
        known = self._packages.get(folder)
        if known is None:
            known = ""
            # A folder without the mark may be a namespace package; its modules are found by suffix.
            if os.path.exists(os.path.join(folder, _PACKAGE_MARK)):  # noqa: PTH110, PTH118  # see of
                above, name = os.path.split(folder)
                outer = self._package(above) if above != folder else ""
                known = f"{outer}.{name}" if outer else name
            self._packages[folder] = known
        return known
