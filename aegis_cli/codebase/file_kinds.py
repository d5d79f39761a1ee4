"""What a file is for, told by its path: tests and migrations are judged differently."""

import re
from enum import StrEnum

_TEST_FOLDERS = frozenset(
    ("tests", "test", "testing", "unittests", "integration_tests", "functional_tests", "fixtures")
)
_TEST_NAME = re.compile(r"^(test_.*|.*_tests?|tests?|conftest|factories)\.py$")


_TEMPLATE_FOLDERS = frozenset(("templates", "jinja2", "jinja"))
TEMPLATE_ENDINGS = (".html", ".htm", ".jinja", ".jinja2", ".j2")
"""Files that are templates where they lie in a folder of templates."""


class FileKind(StrEnum):
    """What the code of a file is for."""

    PRODUCT = "product"
    TEST = "test"
    MIGRATION = "migration"
    TEMPLATE = "template"


def file_kind(path: str) -> FileKind:
    """Return what a file is for; `path` is relative to what the user named."""
    if path.endswith(TEMPLATE_ENDINGS):
        return FileKind.TEMPLATE
    *folders, name = path.replace("\\", "/").split("/")
    if _TEST_NAME.match(name) or not _TEST_FOLDERS.isdisjoint(folders):
        return FileKind.TEST
    if folders and (folders[-1] in {"migrations", "versions"}) and name != "__init__.py":
        return FileKind.MIGRATION
    return FileKind.PRODUCT


def is_template_path(path: str) -> bool:
    """Tell whether a file lies in a folder of templates."""
    return not _TEMPLATE_FOLDERS.isdisjoint(path.replace("\\", "/").split("/")[:-1])
