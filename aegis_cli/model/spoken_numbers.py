"""Numbers as people read them in a message: short, and with the unit beside them."""

_MS_PER_S = 1000
_MS_PER_MIN = 60_000
_WHOLE_FROM = 100
_ONE_DIGIT_FROM = 10
_BYTES_PER_STEP = 1000


def three_digits(value: float) -> str:
    """Return a number with three significant digits at most."""
    if value >= _WHOLE_FROM:
        return f"{value:,.0f}"
    text = f"{value:.1f}" if value >= _ONE_DIGIT_FROM else f"{value:.2f}"
    return text.rstrip("0").rstrip(".")


def duration(milliseconds: float) -> str:
    """Return a time in the unit that keeps the number short."""
    if milliseconds >= _MS_PER_MIN:
        return f"{three_digits(milliseconds / _MS_PER_MIN)} min"
    if milliseconds >= _MS_PER_S:
        return f"{three_digits(milliseconds / _MS_PER_S)} s"
    return f"{three_digits(milliseconds)} ms"


def size(number_of_bytes: float) -> str:
    """Return a number of bytes in the unit that keeps the number short."""
    value = float(number_of_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if value < _BYTES_PER_STEP:
            return f"{three_digits(value)} {unit}"
        value /= _BYTES_PER_STEP
    return f"{three_digits(value)} TB"


def percent(ratio: float) -> str:
    """Return a ratio as a percentage."""
    return f"{three_digits(ratio * 100)} %"
