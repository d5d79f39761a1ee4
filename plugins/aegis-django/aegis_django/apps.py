"""The application: begins to follow commands and tasks once Django is set up."""

from django.apps import AppConfig

from aegis_django.commands import follow_commands
from aegis_django.tasks import follow_tasks


class AegisDjangoConfig(AppConfig):  # type: ignore[misc]  # Django has no types
    """Has management commands and Celery tasks run as units of work."""

    name = "aegis_django"
    verbose_name = "AEGIS"

    def ready(self) -> None:
        """Follow commands, and tasks where Celery is in use."""
        follow_commands()
        follow_tasks()
