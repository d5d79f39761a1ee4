"""Find out how a statement gets at the rows of each table, at any depth of its text."""

from aegis_cli.sqltext.access.statement import accesses_of

__all__ = ["accesses_of"]
