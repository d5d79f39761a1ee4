"""The plugin host: takes plugins in one by one and asks each for what it brings."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import partial
from types import MappingProxyType
from typing import TypeVar

import pluggy

from aegis_cli.engine.detector import AnyDetector, Detector
from aegis_cli.engine.origin import DISTRIBUTION, Origin
from aegis_cli.engine.problem import nearest_to
from aegis_cli.hooks import specs
from aegis_cli.hooks.specs import Renderer
from aegis_cli.model.errors import PluginError
from aegis_cli.model.rule import Rule

T = TypeVar("T")

_HOOK_PREFIX = f"{specs.PROJECT_NAME}_"
_OWN_CODES = "AEG"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """A detector class and who brought it."""

    detector: type[AnyDetector]
    origin: Origin

    @property
    def rule(self) -> Rule:
        """Return the rule of the detector."""
        return self.detector.rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A plugin that could not take part, and why."""

    origin: Origin
    reason: str


class PluginHost:
    """Holds the plugins of one run; built explicitly, so a test decides what is in it."""

    def __init__(self, command: str | None = None) -> None:
        """Start without any plugin, not even the built-in bundles.

        With a command, bundles may leave out detectors that hear nothing of it.
        """
        self._command = command
        self._manager = pluggy.PluginManager(specs.PROJECT_NAME)
        self._manager.add_hookspecs(specs)
        self._origins: dict[str, Origin] = {}
        self._failures: list[Failure] = []

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Return the plugins that failed so far."""
        return tuple(self._failures)

    def has(self, name: str) -> bool:
        """Tell whether a plugin of this name takes part."""
        return name in self._origins

    def register(self, plugin: object, origin: Origin) -> None:
        """Take in a plugin after checking its hooks.

        Raises:
            PluginError: a hook is misspelt, unmarked or has an unknown argument.
        """
        if origin.plugin in self._origins:
            owner = self._origins[origin.plugin]
            raise PluginError(str(origin), f"a plugin of this name is there already: {owner}")
        try:
            self._check(plugin)
            self._manager.register(plugin, origin.plugin)
        except pluggy.PluginValidationError as error:
            raise PluginError(str(origin), str(error)) from error
        self._origins[origin.plugin] = origin

    def take_in(self, load: Callable[[], object], origin: Origin) -> None:
        """Load and register foreign code; a failure is kept in `failures`, not raised."""
        self._isolated(origin, lambda: self.register(load(), origin))

    def fail(self, origin: Origin, reason: str) -> None:
        """Remember that a plugin cannot take part."""
        self._failures.append(Failure(origin=origin, reason=reason))

    def detectors(self) -> tuple[Owned, ...]:
        """Return all detectors by rule code; a rule that clashes with an earlier one is left out.

        One plugin may bring several detectors of one rule, for several sorts of facts.
        Each clash is in `failures` with both owners.
        """
        accepted: list[Owned] = []
        for origin, answer in self._ask("aegis_detectors", command=self._command):
            for owned in self._isolated(origin, partial(_owned, answer, origin)) or ():
                reason = _clash(owned, accepted)
                if reason is None:
                    accepted.append(owned)
                else:
                    self.fail(origin, reason)
        return tuple(sorted(accepted, key=lambda owned: owned.rule.code))

    def renderers(self) -> Mapping[str, Renderer]:
        """Return the renderers by format name."""
        return self._named("aegis_renderers", "format")

    def commands(self) -> Mapping[str, Callable[..., None]]:
        """Return the commands of plugins by name."""
        return self._named("aegis_commands", "command")

    def _check(self, plugin: object) -> None:
        """Refuse what looks like a hook but is none, in a manager that is thrown away."""
        for name in dir(plugin):
            if name.startswith(_HOOK_PREFIX) and callable(getattr(plugin, name)):
                self._check_name(plugin, name)
        trial = pluggy.PluginManager(specs.PROJECT_NAME)
        trial.add_hookspecs(specs)
        trial.register(plugin)
        trial.check_pending()

    def _check_name(self, plugin: object, name: str) -> None:
        known = [each for each in vars(specs) if each.startswith(_HOOK_PREFIX)]
        if name not in known:
            nearest = nearest_to(name, known)
            suggestion = f", did you mean {nearest!r}?" if nearest else ""
            raise pluggy.PluginValidationError(plugin, f"unknown hook {name!r}{suggestion}")
        if self._manager.parse_hookimpl_opts(plugin, name) is None:
            raise pluggy.PluginValidationError(plugin, f"{name!r} lacks the @hookimpl marker")

    def _ask(self, hook: str, **arguments: object) -> Iterator[tuple[Origin, object]]:
        """Ask each plugin by itself, in order of registration, so that one failure stays one."""
        callers: Mapping[str, pluggy.HookCaller] = vars(self._manager.hook)
        found = {each.plugin_name: each for each in callers[hook].get_hookimpls()}
        for name, origin in self._origins.items():
            if name in found:
                wanted = {*found[name].argnames, *found[name].kwargnames}
                told = {key: value for key, value in arguments.items() if key in wanted}
                answer = self._isolated(origin, partial(found[name].function, **told))
                if answer is not None:
                    yield origin, answer

    def _named(self, hook: str, what: str) -> Mapping[str, Callable[..., T]]:
        found: dict[str, Callable[..., T]] = {}
        for origin, answer in self._ask(hook):
            offered = self._isolated(origin, partial(_callables, answer, hook)) or {}
            for name, function in offered.items():
                if name in found:
                    self.fail(origin, f"the {what} {name!r} is there already")
                else:
                    found[name] = function
        return MappingProxyType(found)

    def _isolated(self, origin: Origin, action: Callable[[], T]) -> T | None:
        """Do something with foreign code; our own bundles may fail aloud, that is a bug."""
        if origin.distribution == DISTRIBUTION:
            return action()
        try:
            return action()
        except PluginError as error:
            self.fail(origin, error.reason)
        except Exception as error:  # noqa: BLE001  # isolates a plugin: one of three such places
            self.fail(origin, f"{type(error).__name__}: {error}")
        return None


def _owned(answer: object, origin: Origin) -> tuple[Owned, ...]:
    classes = tuple(answer) if isinstance(answer, Iterable) else (answer,)
    for each in classes:
        if not (isinstance(each, type) and issubclass(each, Detector)):
            raise PluginError(str(origin), f"aegis_detectors returned {each!r}, no detector class")
    return tuple(Owned(detector=each, origin=origin) for each in classes)


def _callables(answer: object, hook: str) -> Mapping[str, Callable[..., T]]:
    if not isinstance(answer, Mapping):
        raise PluginError("", f"{hook} returned {type(answer).__name__}, no mapping")
    for name, function in answer.items():
        if not (isinstance(name, str) and callable(function)):
            raise PluginError("", f"{hook} returned {name!r}: {function!r}, no name and function")
    return answer


def _clash(owned: Owned, accepted: Iterable[Owned]) -> str | None:
    rule, origin = owned.rule, owned.origin
    if rule.code.startswith(_OWN_CODES) and origin.distribution != DISTRIBUTION:
        return f"rule {rule.code}: codes that begin with {_OWN_CODES} belong to {DISTRIBUTION}"
    words = {rule.code, rule.name, *rule.aliases}
    for other in accepted:
        if _belong_together(owned, other):
            continue
        if other.rule is rule and other.origin == origin:
            return f"rule {rule.code}: its detectors do not share one type of options"
        shared = words & {other.rule.code, other.rule.name, *other.rule.aliases}
        if shared:
            return f"rule {rule.code}: {min(shared)!r} is taken by {other.origin}"
    return None


def _belong_together(one: Owned, other: Owned) -> bool:
    """Tell whether two detectors may speak for one rule.

    Those of one plugin share their options. Our own bundles see one problem in several ways, in a
    run and in the source, and only one of them has options.
    """
    mine, yours = one.detector.options_type, other.detector.options_type
    if one.rule is other.rule and one.origin == other.origin:
        return mine is yours
    is_ours = {one.origin.distribution, other.origin.distribution} == {DISTRIBUTION}
    return is_ours and one.rule == other.rule and not (fields(mine) and fields(yours))
