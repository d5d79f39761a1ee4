"""How frames are called where a format has one string for each."""

from aegis_cli.model.facts.samples import CodeFunction, StackTime


def label(function: CodeFunction) -> str:
    """Return a name that tells functions of the same name apart, such as `get (db.py:12)`."""
    return f"{function.name} ({function.path}:{function.first_line})"


def thread_label(stack: StackTime) -> str:
    """Return the name of a thread and its process."""
    return f"{stack.thread or 'thread'} ({stack.pid})"
