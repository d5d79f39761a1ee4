"""Take people's data out of a snapshot: see `redact`."""

from aegis_cli.sources.postgres.redaction.snapshots import redact

__all__ = ["redact"]
