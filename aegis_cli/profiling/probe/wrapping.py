"""Put a function in the place of a library's, one that passes for it and hides its own frame."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Describe = Callable[[tuple[Any, ...], dict[str, Any]], str]
    """Says what a call is, from its arguments."""
    Note = Callable[[Describe, tuple[Any, ...], dict[str, Any], int, int], None]
    """Takes a call, when it began and 1 if it failed; it never raises."""

_ATTRIBUTES = ("__name__", "__qualname__", "__doc__", "__module__")


def replace(owner: "Any", name: str, wrap: "Callable[[Any], Any]") -> None:
    """Put what `wrap` makes of a function in its place; one that is missing stays so."""
    real = vars(owner).get(name)
    if real is None:
        return
    ours = wrap(real)
    for attribute in _ATTRIBUTES:
        setattr(ours, attribute, getattr(real, attribute, None))
    ours.__wrapped__ = real  # for those who ask for the signature
    setattr(owner, name, ours)


def timed(real: "Any", clock: "Callable[[], int]", describe: "Describe", note: "Note") -> "Any":
    """Return a function that notes each call of another one."""

    def called(*args: "Any", **kwargs: "Any") -> "Any":
        start = clock()
        try:
            result = real(*args, **kwargs)
        except BaseException as error:
            note(describe, args, kwargs, start, 1)
            hide(error)
            raise
        note(describe, args, kwargs, start, 0)
        return result

    return called


def awaited(real: "Any", clock: "Callable[[], int]", describe: "Describe", note: "Note") -> "Any":
    """Return the same for a coroutine function."""

    async def called(*args: "Any", **kwargs: "Any") -> "Any":
        start = clock()
        try:
            result = await real(*args, **kwargs)
        except BaseException as error:
            note(describe, args, kwargs, start, 1)
            hide(error)
            raise
        note(describe, args, kwargs, start, 0)
        return result

    return called


def hide(error: BaseException) -> None:
    """Take the frame that handles an error out of its traceback, which then reads as without us."""
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next
