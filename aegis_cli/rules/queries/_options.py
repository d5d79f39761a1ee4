"""Give a detector its own type of options back."""

from typing import TypeVar

from aegis_cli.engine.detector import Options

OptionsT = TypeVar("OptionsT", bound=Options)


def narrow(options: Options, expected: type[OptionsT]) -> OptionsT:
    """Return the options as the type that the detector declared.

    Raises:
        TypeError: When a detector was built with the options of another one.
    """
    if not isinstance(options, expected):
        raise TypeError(f"expected {expected.__name__}, got {type(options).__name__}")
    return options
