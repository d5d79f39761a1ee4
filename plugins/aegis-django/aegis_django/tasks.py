"""Make each Celery task a unit of work, where Celery is installed."""

from contextlib import ExitStack
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from aegis_cli.api import unit_of_work

_UNIT = "_aegis_unit"


def follow_tasks() -> None:
    """Listen to the signals around tasks; without Celery there are none."""
    if find_spec("celery") is None:
        return
    signals = import_module("celery.signals")
    signals.task_prerun.connect(_begin, weak=False, dispatch_uid="aegis_django")
    signals.task_postrun.connect(_end, weak=False, dispatch_uid="aegis_django")


def _begin(task: Any = None, **_others: Any) -> None:
    """Begin a unit; it is kept on the request, of which each run has one of its own."""
    stack = ExitStack()
    stack.enter_context(unit_of_work(f"task {task.name}"))
    setattr(task.request, _UNIT, stack)


def _end(task: Any = None, **_others: Any) -> None:
    """End the unit that this run began."""
    stack = getattr(task.request, _UNIT, None)
    if stack is not None:
        stack.close()
