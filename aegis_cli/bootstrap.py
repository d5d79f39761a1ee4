"""The composition root: the only module that knows all parts and puts them together."""

import importlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType

from aegis_cli.configuration.values import Configuration
from aegis_cli.engine.baseline import Baseline, read_baseline
from aegis_cli.engine.detector import AnyDetector, Options, RunContext
from aegis_cli.engine.options import Scalar, build_options
from aegis_cli.engine.origin import BUILT_IN, DISTRIBUTION, Origin
from aegis_cli.engine.policy import Policy
from aegis_cli.engine.problem import Problem, unknown
from aegis_cli.engine.selection import find_rule, select, unknown_selectors
from aegis_cli.hooks.discovery import load_files, load_installed, require
from aegis_cli.hooks.host import Failure, Owned, PluginHost
from aegis_cli.model.errors import ConfigError
from aegis_cli.model.report import Skipped
from aegis_cli.model.rule import Rule
from aegis_cli.model.text import Text

BUNDLES = (
    "aegis_cli.rules.queries",
    "aegis_cli.rules.indexes",
    "aegis_cli.rules.runtime",
    "aegis_cli.rules.pools",
    "aegis_cli.rules.python",
    "aegis_cli.render",
)
"""The built-in bundles; they come in through the same hooks as plugins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """The detectors of one run, who brought them, and the plugins that could not come."""

    detectors: tuple[AnyDetector, ...]
    origins: Mapping[str, Origin]
    """The owner of each rule, by code."""
    skipped: tuple[Skipped, ...]

    @property
    def codes(self) -> frozenset[str]:
        """Return the codes of the rules that take part."""
        return frozenset(each.rule.code for each in self.detectors)

    @property
    def built_in(self) -> tuple[AnyDetector, ...]:
        """Return the detectors that come with AEGIS itself."""
        return tuple(
            each
            for each in self.detectors
            if self.origins[each.rule.code].distribution == DISTRIBUTION
        )


def plugin_host(
    configuration: Configuration | None = None,
    *,
    command: str | None = None,
    installed: bool = True,
    required: Sequence[str] = (),
) -> PluginHost:
    """Build a host with the built-in bundles, installed plugins and the project's own files.

    With a command, detectors that hear nothing of it may be left out, to start sooner.

    Raises:
        PluginError: a required plugin is missing or failed.
    """
    settings = configuration or Configuration()
    host = PluginHost(command)
    for bundle in BUNDLES:
        origin = Origin(plugin=bundle, distribution=DISTRIBUTION, version=BUILT_IN.version)
        host.register(importlib.import_module(bundle), origin)
    if installed:
        load_installed(host)
    load_files(host, Path(settings.root), settings.plugins)
    host.detectors()
    require(host, (*settings.require_plugins, *required))
    return host


def rules_of(host: PluginHost) -> tuple[Rule, ...]:
    """Return every rule by code, once, however many detectors it has."""
    return tuple({each.rule.code: each.rule for each in host.detectors()}.values())


def rule_problems(configuration: Configuration, host: PluginHost) -> tuple[Problem, ...]:
    """Return what is wrong with the rules named in a configuration and their thresholds."""
    owned = host.detectors()
    rules = [each.rule for each in owned]
    ignores = [word for each in configuration.per_path_ignores for word in each.selectors]
    return (
        *unknown_selectors(configuration.select, rules, "select"),
        *unknown_selectors(configuration.ignore, rules, "ignore"),
        *unknown_selectors(ignores, rules, "per-path-ignores"),
        *_unknown_rules(configuration, rules),
        *dict.fromkeys(
            problem
            for each in owned
            if not _is_without_options(each, owned)
            for problem in _options(each, configuration)[1]
        ),
    )


def crew(
    configuration: Configuration,
    host: PluginHost,
    *,
    recheck: str,
    chosen: Sequence[str] = (),
    ignored: Sequence[str] = (),
) -> Crew:
    """Build the detectors of the selected rules with their configured thresholds.

    `recheck` is the command line that findings give for checking again.
    """
    owned = host.detectors()
    codes = select((each.rule for each in owned), chosen, ignored)
    taking_part = [each for each in owned if each.rule.code in codes]
    context = RunContext(recheck=recheck)
    return Crew(
        detectors=tuple(
            each.detector(_options(each, configuration)[0], context) for each in taking_part
        ),
        origins=MappingProxyType({each.rule.code: each.origin for each in taking_part}),
        skipped=skipped_plugins(host.failures),
    )


def skipped_plugins(failures: Iterable[Failure]) -> tuple[Skipped, ...]:
    """Tell for each failed plugin why it takes no part; the same failure once."""
    return tuple(_skipped(each) for each in dict.fromkeys(failures))


def policy(configuration: Configuration, baseline: Path | None) -> Policy:
    """Build what the user decided about findings in advance.

    Raises:
        ConfigError: the baseline cannot be read.
    """
    return Policy(
        read_lines=_read_lines,
        ignores=configuration.per_path_ignores,
        baseline=_read_baseline(baseline) if baseline is not None else Baseline(),
    )


def _unknown_rules(configuration: Configuration, rules: Sequence[Rule]) -> tuple[Problem, ...]:
    known = [word for rule in rules for word in (rule.name, rule.code)]
    return tuple(
        unknown(f"rules.{name}", "rule", name, known)
        for name in configuration.rules
        if find_rule(rules, name) is None
    )


def _is_without_options(owned: Owned, others: Iterable[Owned]) -> bool:
    """Tell whether a rule has options, but this one of its detectors needs none."""
    return not fields(owned.detector.options_type) and any(
        each.rule.code == owned.rule.code and fields(each.detector.options_type) for each in others
    )


def _options(owned: Owned, configuration: Configuration) -> tuple[Options, tuple[Problem, ...]]:
    settings: dict[str, Scalar] = {}
    key = f"rules.{owned.rule.name}"
    for name, values in configuration.rules.items():
        if find_rule([owned.rule], name) is not None:
            key = f"rules.{name}"
            settings.update(values)
    return build_options(owned.detector.options_type, settings, key)


def _skipped(failure: Failure) -> Skipped:
    return Skipped(
        subject=str(failure.origin),
        reason=Text(
            en=f"the plugin takes no part: {failure.reason}",
            ko=f"플러그인을 사용하지 못했습니다: {failure.reason}",
        ),
        hint=Text(
            en="Update or remove it; --require-plugin makes this an error.",
            ko="업데이트하거나 제거하세요. --require-plugin을 쓰면 오류로 처리됩니다.",
        ),
    )


def _read_lines(path: str) -> tuple[str, ...]:
    try:
        return tuple(Path(path).read_text(encoding="utf-8", errors="replace").splitlines())
    except (OSError, ValueError):  # a source we cannot read has no comment for us
        return ()


def _read_baseline(path: Path) -> Baseline:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        hint = "Write one with --write-baseline FILE."
        reason = error.strerror if isinstance(error, OSError) else "is no text"
        raise ConfigError(str(path), f"the baseline cannot be read: {reason}", hint) from error
    return read_baseline(text, str(path))
