"""Statements laid out for reading."""


def statement_text(statement: str, width: int) -> str:
    """Lay a statement out in lines of about this width."""
    return statement.replace(" FROM ", "\nFROM ").replace(" WHERE ", "\nWHERE ")
