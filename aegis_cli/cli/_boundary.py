"""Where errors end: an expected one becomes a message and an exit code, any other a bug report."""

import os
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import TextIO

import typer

from aegis_cli import __version__
from aegis_cli.engine.masking import mask_passwords
from aegis_cli.model.errors import AegisError

BUG = 70
INTERRUPTED = 130
_STDIN, _STDOUT, _STDERR = range(3)

# Typer carries its own copy of Click or uses an installed one, and exports only this subclass.
_CLICK_ERROR = next(
    each for each in typer.BadParameter.__mro__ if each.__name__ == "ClickException"
)


def guarded(action: Callable[[], int], environment: Mapping[str, str]) -> int:
    """Run a command and return its exit code, whatever happens; no traceback is shown.

    With `AEGIS_DEBUG=1` in the environment the traceback of a bug is shown.
    """
    try:
        return action()
    except AegisError as error:
        _say(f"aegis: {error}")
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        _say("aegis: interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        discard(sys.stdout)
        return 0
    except Exception as error:  # noqa: BLE001  # the last of three such places: bugs end here
        if _is_interruption(error):
            _say("aegis: interrupted")
            return INTERRUPTED
        return _click_error(error) or _bug(error, environment)


def _is_interruption(error: BaseException) -> bool:
    """Tell whether Ctrl-C came while a library in C++ was loaded, which says ImportError then."""
    return isinstance(error, ImportError) and isinstance(error.__cause__, KeyboardInterrupt)


def fill_closed_streams() -> None:
    """Give standard streams that the caller closed an end, before a log gets their number."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= _STDERR:
        os.set_inheritable(number, True)  # noqa: FBT003  it takes no keyword
    os.close(number)
    sys.stdin = sys.stdin or open(_STDIN, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = sys.stdout or open(_STDOUT, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(_STDERR, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def discard(stream: TextIO) -> None:
    """Send what is left in the buffer of a stream nowhere, so that closing it cannot fail."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _click_error(error: Exception) -> int:
    """Show a usage error the way Click does; return 0 for any other error."""
    if not isinstance(error, _CLICK_ERROR):
        return 0
    error.show()  # type: ignore[attr-defined]  # see _CLICK_ERROR
    return int(error.exit_code)  # type: ignore[attr-defined]  # see _CLICK_ERROR


def _bug(error: Exception, environment: Mapping[str, str]) -> int:
    if environment.get("AEGIS_DEBUG", "0") not in ("", "0"):
        _say("".join(traceback.format_exception(error)).rstrip())
    last = traceback.extract_tb(error.__traceback__)[-1]
    _say(f"aegis: this is a bug in AEGIS {__version__}: {type(error).__name__}: {error}")
    _say(f"  in {last.name}, line {last.lineno} of {os.path.basename(last.filename)}")  # noqa: PTH119  # a name from a traceback is no path to open
    _say("Please report it, with the command line. AEGIS_DEBUG=1 shows the traceback.")
    return BUG


def _say(text: str) -> None:
    try:
        sys.stderr.write(f"{mask_passwords(text)}\n")
        sys.stderr.flush()
    except OSError:  # stderr is closed or full, nobody is left to tell
        return
