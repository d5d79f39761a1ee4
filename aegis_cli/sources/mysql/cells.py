"""Turn what the driver returns for a cell into text and numbers."""

from decimal import Decimal


def text(cell: object) -> str:
    """Return a cell as text; catalogs of some versions return bytes."""
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    return "" if cell is None else str(cell)


def number(cell: object) -> float:
    """Return a cell as a number; NULL is 0, as in sums over nothing."""
    if isinstance(cell, int | float | Decimal):
        return float(cell)
    return float(text(cell) or 0)
