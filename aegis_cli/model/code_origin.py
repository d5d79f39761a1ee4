"""Whose code a function is."""

from enum import StrEnum


class CodeOrigin(StrEnum):
    """Whose code it is."""

    USER = "user"
    """The program's own: what somebody here can change."""
    LIBRARY = "library"
    """Installed beside it."""
    STANDARD = "standard"
    """Of Python itself."""
