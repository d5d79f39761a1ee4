"""Write the paths of recorded code as people would type them."""

import os


def shown_path(path: str, folder: str) -> str:
    """Return a path relative to a folder if it is below it, else as it is."""
    name = os.path.basename(path)  # noqa: PTH119  # `<string>` is no path
    if name.startswith("<"):
        return name
    is_inside = path.startswith(folder.rstrip(os.sep) + os.sep)
    return os.path.relpath(path, folder) if is_inside else path
