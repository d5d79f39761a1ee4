"""Names of the calls that write a line to a log."""

_LEVELS = ("debug", "info", "warning", "warn", "error", "exception", "critical", "log")
_LOGGERS = (
    "logging",
    "logging.getLogger",
    "logging.Logger",
    "structlog.get_logger",
    "structlog.getLogger",
    "loguru.logger",
    "celery.utils.log.get_task_logger",
)

LOG_CALLS = frozenset(f"{logger}.{level}" for logger in _LOGGERS for level in _LEVELS)
"""Dotted names, instances named like what made them."""
