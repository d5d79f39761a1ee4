"""Put the lines of a proposed change together; the result is shown and never executed."""


def lines(*parts: str) -> str:
    """Return the parts, one below the other."""
    return "\n".join(parts)


def words(*parts: str) -> str:
    """Return the parts in one line, separated by spaces."""
    return " ".join(parts)
