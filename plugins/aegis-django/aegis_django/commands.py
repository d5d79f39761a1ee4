"""Make each management command a unit of work."""

from functools import wraps
from typing import Any

from django.core.management.base import BaseCommand

from aegis_cli.api import unit_of_work

_SERVING = frozenset({"runserver", "shell", "test", "testserver"})
"""Commands that go on for long and have units of their own inside."""
_MARK = "_aegis_follows"


def follow_commands() -> None:
    """Put a unit of work around the execution of every command; a second call does nothing."""
    execute = BaseCommand.execute
    if hasattr(execute, _MARK):
        return

    @wraps(execute)
    def followed(self: BaseCommand, *args: Any, **options: Any) -> object:
        name = type(self).__module__.rpartition(".")[2]
        if name in _SERVING:
            return execute(self, *args, **options)
        with unit_of_work(f"manage.py {name}"):
            return execute(self, *args, **options)

    setattr(followed, _MARK, True)
    BaseCommand.execute = followed
