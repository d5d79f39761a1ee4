"""Values of the configuration file become defaults of a command's options.

The order of precedence is Click's own: command line, environment, file, built-in default.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import typer

from aegis_cli.cli._commands import command_names
from aegis_cli.configuration.load import load_configuration
from aegis_cli.configuration.values import Configuration, Setting
from aegis_cli.engine.problem import Problem, raise_for, unknown
from aegis_cli.model.errors import ConfigError


def named(path: str) -> Configuration:
    """Load the configuration file the user named."""
    return load_configuration(Path(path), Path.cwd(), command_names())


def configure(ctx: typer.Context, value: Configuration | None) -> Configuration:
    """Make the configuration the source of defaults for the command that is called.

    Raises:
        ConfigError: something in it is wrong; everything that is wrong is told.
    """
    configuration = value
    if configuration is None or configuration.path is None:
        configuration = load_configuration(None, Path.cwd(), command_names())
    own = configuration.commands.get(str(ctx.command.name), {})
    problems = (*configuration.problems, *_command_problems(ctx, own))
    if problems or _names_rules(configuration):
        problems = (*problems, *_rule_problems(configuration))
    raise_for(problems, ConfigError, configuration.path or "configuration")
    ctx.default_map = {**_shared_defaults(configuration), **_by_parameter(own)}
    return replace(configuration, problems=())


def _names_rules(configuration: Configuration) -> bool:
    return bool(
        configuration.rules
        or configuration.select
        or configuration.ignore
        or configuration.per_path_ignores
    )


def _rule_problems(configuration: Configuration) -> tuple[Problem, ...]:
    from aegis_cli.bootstrap import plugin_host, rule_problems

    return rule_problems(configuration, plugin_host(configuration))


def _shared_defaults(configuration: Configuration) -> dict[str, object]:
    root = Path(configuration.root)
    found: dict[str, object] = {
        "format": configuration.format,
        "output": _below(root, configuration.output),
        "fail_on": configuration.fail_on,
        "lang": configuration.lang,
        "select": list(configuration.select) or None,
        "ignore": list(configuration.ignore) or None,
        "baseline": _below(root, configuration.baseline),
        "show_literals": configuration.show_literals,
        "strict": configuration.strict,
    }
    return {name: value for name, value in found.items() if value is not None}


def _below(root: Path, path: str | None) -> str | None:
    return str(root / path) if path is not None else None


def _by_parameter(settings: Mapping[str, Setting]) -> dict[str, object]:
    return {
        key.replace("-", "_"): list(value) if isinstance(value, tuple) else value
        for key, value in settings.items()
    }


def _command_problems(ctx: typer.Context, settings: Mapping[str, Setting]) -> Iterator[Problem]:
    """Check a command's own table against its options, by Click's own conversion."""
    parameters = {str(each.name).replace("_", "-"): each for each in ctx.command.params}
    for key, value in settings.items():
        path = f"{ctx.command.name}.{key}"
        parameter = parameters.get(key.replace("_", "-"))
        if parameter is None or key == "config":
            yield unknown(path, "option", key, (each for each in parameters if each != "config"))
            continue
        if parameter.type.name == "boolean" and not isinstance(value, bool):
            yield Problem(key=path, reason=f"expected true or false, not {value!r}")
            continue
        try:
            parameter.type_cast_value(ctx, list(value) if isinstance(value, tuple) else value)
        except typer.BadParameter as error:
            yield Problem(key=path, reason=error.message)
