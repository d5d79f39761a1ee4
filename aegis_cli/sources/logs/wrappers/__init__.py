"""Take PostgreSQL logs out of syslog, container and cloud formats."""

from aegis_cli.sources.logs.wrappers.detection import detect_wrapper
from aegis_cli.sources.logs.wrappers.wrapper import Unwrapped, Wrapper

__all__ = ["Unwrapped", "Wrapper", "detect_wrapper"]
