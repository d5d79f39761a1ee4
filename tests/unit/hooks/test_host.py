"""Plugins come in one by one; what is wrong with one is told and stays its own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType

import pytest

from aegis_cli.engine.detector import AnyDetector, Detector, Options
from aegis_cli.engine.origin import DISTRIBUTION, Origin
from aegis_cli.hooks.discovery import load_files, load_installed, require
from aegis_cli.hooks.host import PluginHost
from aegis_cli.hooks.specs import Renderer, hookimpl
from aegis_cli.model.errors import PluginError
from aegis_cli.model.finding import Finding
from aegis_cli.model.report import Report
from aegis_cli.model.rule import Rule
from aegis_cli.model.text import Language
from tests.unit.engine.builders import a_rule

FRUIT = Origin(plugin="fruit", distribution="aegis-fruit", version="1.2")
OTHER = Origin(plugin="other", distribution="aegis-other", version="3.4")
OWN = Origin(plugin="own", distribution=DISTRIBUTION, version="0.1.0")


def a_detector(rule: Rule) -> type[AnyDetector]:
    """Build a detector class of a rule that never finds anything."""

    class Silent(Detector[str]):
        consumes = str

        def observe(self, fact: str) -> Iterable[Finding]:
            return ()

    Silent.rule = rule
    return Silent


def a_plugin(**hooks: Callable[..., object]) -> ModuleType:
    """Build a plugin module with these functions."""
    module = ModuleType("plugin")
    for name, function in hooks.items():
        setattr(module, name, function)
    return module


def with_rules(*rules: Rule) -> ModuleType:
    """Build a plugin that brings one detector for each rule."""

    @hookimpl
    def aegis_detectors() -> Sequence[type[AnyDetector]]:
        return [a_detector(rule) for rule in rules]

    return a_plugin(aegis_detectors=aegis_detectors)


def with_renderer(name: str, text: str) -> ModuleType:
    """Build a plugin that brings a renderer which always writes the same."""

    def render(report: Report, language: Language) -> str:
        return f"{text} {report.command} {language}"

    @hookimpl
    def aegis_renderers() -> Mapping[str, Renderer]:
        return {name: render}

    return a_plugin(aegis_renderers=aegis_renderers)


def host_of(*plugins: tuple[Origin, ModuleType]) -> PluginHost:
    """Build a host and let it take the plugins in."""
    host = PluginHost()
    for origin, plugin in plugins:
        host.take_in(lambda plugin=plugin: plugin, origin)  # type: ignore[misc]  # the default binds early
    return host


def reasons(host: PluginHost) -> list[str]:
    """Return what the failures of a host say, each with its plugin."""
    return [f"{each.origin}: {each.reason}" for each in host.failures]


def test_detectors_come_in_the_order_of_their_codes() -> None:
    host = host_of((FRUIT, with_rules(a_rule("FRU002", "b"), a_rule("FRU001", "a"))))

    assert [each.rule.code for each in host.detectors()] == ["FRU001", "FRU002"]
    assert [each.origin for each in host.detectors()] == [FRUIT, FRUIT]


def test_one_rule_may_have_several_detectors_of_one_plugin() -> None:
    rule = a_rule("FRU001", "a")
    host = host_of((FRUIT, with_rules(rule, rule, a_rule("FRU002", "b"))))

    assert [each.rule.code for each in host.detectors()] == ["FRU001", "FRU001", "FRU002"]
    assert len({each.detector for each in host.detectors()}) == 3
    assert reasons(host) == []


def test_a_rule_of_another_plugin_cannot_be_joined() -> None:
    rule = a_rule("FRU001", "a")
    host = host_of((FRUIT, with_rules(rule)), (OTHER, with_rules(rule)))

    assert [each.origin for each in host.detectors()] == [FRUIT]
    assert reasons(host) == [
        "other (aegis-other 3.4): rule FRU001: 'FRU001' is taken by fruit (aegis-fruit 1.2)"
    ]


def test_detectors_of_one_rule_share_their_thresholds() -> None:
    class Thresholds(Options):
        pass

    first, second = a_detector(rule := a_rule("FRU001", "a")), a_detector(rule)
    second.options_type = Thresholds

    @hookimpl
    def aegis_detectors() -> Sequence[type[AnyDetector]]:
        return [first, second]

    host = host_of((FRUIT, a_plugin(aegis_detectors=aegis_detectors)))

    assert [each.detector for each in host.detectors()] == [first]
    assert reasons(host) == [
        "fruit (aegis-fruit 1.2): rule FRU001: its detectors do not share one type of options"
    ]


def test_a_host_starts_empty() -> None:
    host = PluginHost()

    assert host.detectors() == ()
    assert dict(host.renderers()) == {}
    assert dict(host.commands()) == {}


def test_a_misspelt_hook_is_refused_with_the_nearest_name() -> None:
    @hookimpl
    def aegis_detektors() -> Sequence[type[AnyDetector]]:
        return []

    host = host_of((FRUIT, a_plugin(aegis_detektors=aegis_detektors)))

    (reason,) = reasons(host)
    assert reason.startswith("fruit (aegis-fruit 1.2): ")
    assert "unknown hook 'aegis_detektors', did you mean 'aegis_detectors'?" in reason


def test_a_hook_without_its_marker_is_refused() -> None:
    def aegis_detectors() -> Sequence[type[AnyDetector]]:
        return []

    host = host_of((FRUIT, a_plugin(aegis_detectors=aegis_detectors)))

    assert "lacks the @hookimpl marker" in reasons(host)[0]


def test_a_hook_with_an_unknown_argument_is_refused() -> None:
    @hookimpl
    def aegis_detectors(settings: object) -> Sequence[type[AnyDetector]]:
        return [a_detector(a_rule(str(settings)))]

    host = host_of((FRUIT, a_plugin(aegis_detectors=aegis_detectors)))

    assert "settings" in reasons(host)[0]
    assert host.detectors() == ()


@pytest.mark.parametrize("command", [None, "explain-queries"])
def test_a_hook_may_ask_for_which_command_detectors_are_wanted(command: str | None) -> None:
    @hookimpl
    def aegis_detectors(command: str | None) -> Sequence[type[AnyDetector]]:
        return [a_detector(a_rule("FRU001", f"for-{command}"))]

    host = PluginHost(command)
    host.register(a_plugin(aegis_detectors=aegis_detectors), FRUIT)
    host.register(with_rules(a_rule("OTH001", "always")), OTHER)

    assert [each.rule.name for each in host.detectors()] == [f"for-{command}", "always"]


def test_a_plugin_that_does_not_load_is_named_and_the_rest_loads() -> None:
    def load() -> ModuleType:
        message = "no module named 'fruit'"
        raise ImportError(message)

    host = host_of((OTHER, with_rules(a_rule("OTH001", "a"))))
    host.take_in(load, FRUIT)

    assert reasons(host) == ["fruit (aegis-fruit 1.2): ImportError: no module named 'fruit'"]
    assert [each.rule.code for each in host.detectors()] == ["OTH001"]


def test_a_hook_that_raises_costs_only_its_plugin() -> None:
    @hookimpl
    def aegis_detectors() -> Sequence[type[AnyDetector]]:
        message = "later"
        raise RuntimeError(message)

    broken = a_plugin(aegis_detectors=aegis_detectors)
    host = host_of((FRUIT, broken), (OTHER, with_rules(a_rule("OTH001", "a"))))

    assert [each.rule.code for each in host.detectors()] == ["OTH001"]
    assert reasons(host) == ["fruit (aegis-fruit 1.2): RuntimeError: later"]


def test_what_is_no_detector_is_refused() -> None:
    @hookimpl
    def aegis_detectors() -> Sequence[type[object]]:
        return [object]

    host = host_of((FRUIT, a_plugin(aegis_detectors=aegis_detectors)))

    assert host.detectors() == ()
    assert "no detector class" in reasons(host)[0]


@pytest.mark.parametrize(
    ("second", "shared"),
    [
        (a_rule("FRU001", "other-name"), "FRU001"),
        (a_rule("OTH001", "same-name"), "same-name"),
        (a_rule("OTH001", "other-name", aliases=("same-name",)), "same-name"),
    ],
)
def test_a_clash_is_told_with_both_owners(second: Rule, shared: str) -> None:
    first = a_rule("FRU001", "same-name")

    host = host_of((FRUIT, with_rules(first)), (OTHER, with_rules(second)))

    assert [each.origin for each in host.detectors()] == [FRUIT]
    taken = f"rule {second.code}: {shared!r} is taken by {FRUIT}"
    assert reasons(host) == [f"other (aegis-other 3.4): {taken}"]


def test_our_own_codes_are_ours() -> None:
    ours = (OWN, with_rules(a_rule("AEG1101", "a")))
    theirs = (FRUIT, with_rules(a_rule("AEG9999", "b")))

    host = host_of(ours, theirs)

    assert [each.rule.code for each in host.detectors()] == ["AEG1101"]
    assert "codes that begin with AEG belong to aegis-perf" in reasons(host)[0]


def test_a_second_plugin_of_one_name_is_refused() -> None:
    host = host_of((FRUIT, with_rules()), (FRUIT, with_rules()))

    assert "a plugin of this name is there already" in reasons(host)[0]


def test_a_format_is_not_replaced_by_a_later_plugin() -> None:
    host = host_of((FRUIT, with_renderer("csv", "first")), (OTHER, with_renderer("csv", "second")))

    assert list(host.renderers()) == ["csv"]
    assert reasons(host) == ["other (aegis-other 3.4): the format 'csv' is there already"]


def test_commands_are_gathered_by_name() -> None:
    def count() -> None:
        """Count."""

    @hookimpl
    def aegis_commands() -> Mapping[str, Callable[..., None]]:
        return {"count": count}

    host = host_of((FRUIT, a_plugin(aegis_commands=aegis_commands)))

    assert dict(host.commands()) == {"count": count}


def test_a_mapping_of_something_else_is_refused() -> None:
    @hookimpl
    def aegis_commands() -> Mapping[str, object]:
        return {"count": 3}

    host = host_of((FRUIT, a_plugin(aegis_commands=aegis_commands)))

    assert dict(host.commands()) == {}
    assert "no name and function" in reasons(host)[0]


def test_a_fault_of_our_own_bundle_is_not_hidden() -> None:
    @hookimpl
    def aegis_detectors() -> Sequence[type[AnyDetector]]:
        raise NotADirectoryError

    host = host_of((OWN, a_plugin(aegis_detectors=aegis_detectors)))

    with pytest.raises(NotADirectoryError):
        host.detectors()


def test_a_single_file_of_the_project_is_a_plugin(tmp_path: Path) -> None:
    path = tmp_path / "my_rules.py"
    path.write_text(
        "from aegis_cli.api import hookimpl\n\n"
        "@hookimpl\ndef aegis_renderers():\n    return {'csv': lambda report, language: 'x'}\n",
        encoding="utf-8",
    )
    host = PluginHost()

    load_files(host, tmp_path, ["my_rules.py"])

    assert list(host.renderers()) == ["csv"]
    assert host.has("my_rules")


def test_a_project_file_that_is_missing_or_broken_is_told(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("import", encoding="utf-8")
    host = PluginHost()

    load_files(host, tmp_path, ["broken.py", "missing.py"])

    assert "SyntaxError" in reasons(host)[0]
    assert reasons(host)[1] == "missing (project file missing.py): no such file"


def test_a_required_plugin_must_be_there() -> None:
    with pytest.raises(PluginError, match="fruit: required, but no plugin of this name"):
        require(PluginHost(), ["fruit"])


def test_a_required_plugin_must_not_fail() -> None:
    host = PluginHost()
    host.fail(FRUIT, "worm")

    with pytest.raises(PluginError, match=r"fruit \(aegis-fruit 1\.2\): worm"):
        require(host, ["fruit"])


def test_a_required_plugin_that_takes_part_is_fine() -> None:
    host = host_of((FRUIT, with_rules()))

    require(host, ["fruit"])

    assert host.failures == ()


def test_installed_plugins_are_found_by_their_entry_point() -> None:
    pytest.importorskip("aegis_example", reason="plugins/aegis-example is not installed")
    host = PluginHost()

    load_installed(host)

    assert host.has("example")
    assert "EXA001" in [each.rule.code for each in host.detectors()]
