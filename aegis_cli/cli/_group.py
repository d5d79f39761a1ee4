"""A group of commands that imports a command's module only when it is called."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from importlib.metadata import entry_points
from inspect import getdoc

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from aegis_cli.cli._commands import COMMANDS, CommandEntry, command_names

CONTEXT = {"help_option_names": ["-h", "--help"]}


class LazyGroup(TyperGroup):
    """Shows the commands of the table and of plugins, and builds only the one that is called."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # Typer names its base class
        """Return built-in commands in the order of the table, then those of plugins."""
        self._add_stubs(plugin_commands())
        return list(self.commands)

    def resolve_command(  # type: ignore[override]  # Typer names its base class
        self, ctx: typer.Context, args: list[str]
    ) -> tuple[str | None, TyperCommand | None, list[str]]:
        """Find the command that is called, and import it."""
        is_built_in = args[0] in command_names()
        self._add_stubs({} if is_built_in else plugin_commands())
        name, _, rest = super().resolve_command(ctx, args)
        return name, build_command(str(name)), rest

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]  # Typer names its base class
        """Run the command that is called; Typer would end on Ctrl-C without a word.

        Raises:
            Abort: The user pressed Ctrl-C.
        """
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise typer.Abort from error

    def _add_stubs(self, foreign: Mapping[str, Callable[..., None]]) -> None:
        for entry in COMMANDS:
            self.commands.setdefault(entry.name, TyperCommand(entry.name, help=entry.summary))
        for name, function in sorted(foreign.items()):
            self.commands.setdefault(name, TyperCommand(name, help=getdoc(function)))


def build_command(name: str) -> TyperCommand:
    """Import a command's module and build the command from its types."""
    for entry in COMMANDS:
        if entry.name == name:
            module = importlib.import_module(entry.module)
            parts = (module.Arguments, *_shared(entry))
            kind = getattr(module, "COMMAND_CLASS", TyperCommand)
            return _compose(name, parts, module.command, kind)
    return _of(name, plugin_commands()[name])


def plugin_commands() -> Mapping[str, Callable[..., None]]:
    """Return the commands of installed plugins; without plugins nothing is imported.

    The built-in bundles bring no commands, so this host has none of them.
    """
    if not entry_points(group="aegis"):
        return {}
    from aegis_cli.hooks.discovery import load_installed
    from aegis_cli.hooks.host import PluginHost

    host = PluginHost()
    load_installed(host)
    return host.commands()


def _shared(entry: CommandEntry) -> tuple[type[object], ...]:
    from aegis_cli.cli._options import GateOptions, SharedOptions

    if not entry.makes_report:
        return ()
    return (GateOptions,) if entry.is_gate else (SharedOptions,)


def _compose(
    name: str,
    parts: Sequence[type[object]],
    run: Callable[..., None],
    kind: type[TyperCommand] = TyperCommand,
) -> TyperCommand:
    """Build a command whose parameters are the fields of dataclasses.

    Typer wants one function parameter per option; a command with its own options and the shared
    ones would have twenty.
    """
    built = [(part, _of(name, part)) for part in parts]

    def callback(**values: object) -> None:
        run(*(_fill(part, parsed, values) for part, parsed in built))

    return kind(
        name,
        params=[parameter for _, parsed in built for parameter in parsed.params],
        callback=callback,
        help=getdoc(run),
        context_settings=CONTEXT,
        rich_markup_mode=None,
    )


def _fill(part: type[object], parsed: TyperCommand, values: Mapping[str, object]) -> object:
    names = {each.name for each in fields(part)}  # type: ignore[arg-type]  # parts are dataclasses
    assert parsed.callback is not None
    return parsed.callback(**{key: value for key, value in values.items() if key in names})


def _of(name: str, function: Callable[..., object]) -> TyperCommand:
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(name, context_settings=CONTEXT)(function)
    command = get_command(app)
    assert isinstance(command, TyperCommand)
    return command
