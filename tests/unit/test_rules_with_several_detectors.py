"""A rule that several detectors speak for is one rule everywhere: in lists, options, problems."""

from collections import Counter
from pathlib import Path

import pytest

from aegis_cli.bootstrap import crew, plugin_host, rule_problems, rules_of
from aegis_cli.configuration.values import Configuration
from aegis_cli.engine.detector import Options
from aegis_cli.engine.options import narrow
from aegis_cli.model.text import Language
from aegis_cli.rules.indexes._missing_index import MissingIndexOptions
from aegis_cli.usecases.rules import catalogue, rule_page

HOST = plugin_host(installed=False)
OWNED = HOST.detectors()
SEVERAL = sorted(
    code for code, count in Counter(each.rule.code for each in OWNED).items() if count > 1
)


def configured(**settings: float) -> Configuration:
    """Build a configuration with thresholds of missing-index."""
    return Configuration(root=str(Path.cwd()), rules={"missing-index": settings})


def test_some_rules_have_several_detectors() -> None:
    assert {"AEG1201", "AEG1205", "AEG1207", "AEG3203"} <= set(SEVERAL)


def test_each_rule_is_listed_once_and_in_order() -> None:
    codes = [each.code for each in rules_of(HOST)]
    listed = [each.rule.code for each in catalogue(OWNED)]

    assert codes == listed == sorted(set(codes))


@pytest.mark.parametrize("code", SEVERAL)
def test_the_page_is_found_whichever_detector_is_asked(code: str) -> None:
    assert rule_page(OWNED, code, Language.EN).startswith(f"# {code} ")


def test_a_threshold_reaches_every_detector_of_the_rule() -> None:
    detectors = crew(configured(min_rows_removed=7), HOST, recheck="aegis").detectors
    options = [each._options for each in detectors if each.rule.code == "AEG1201"]

    assert [narrow(each, MissingIndexOptions).min_rows_removed for each in options] == [7, 7]


def test_a_rule_seen_in_a_run_and_in_the_source_has_the_options_of_both() -> None:
    (entry,) = [each for each in catalogue(OWNED) if each.rule.code == "AEG3203"]
    settings = Configuration(root=str(Path.cwd()), rules={"sequential-await": {"min_awaits": 9}})

    assert "min-awaits" in dict(entry.options)
    assert rule_problems(settings, HOST) == ()


def test_a_misspelt_threshold_is_one_problem() -> None:
    (problem,) = rule_problems(configured(min_row_removed=7), HOST)

    assert str(problem).startswith("rules.missing-index")
    assert "min-rows-removed" in str(problem)


def test_leaving_a_rule_out_leaves_all_its_detectors_out() -> None:
    left = crew(configured(), HOST, recheck="aegis", ignored=["missing-index"])

    assert "AEG1201" not in left.codes


def test_the_options_of_another_detector_are_refused() -> None:
    with pytest.raises(TypeError, match="expected MissingIndexOptions, got Options"):
        narrow(Options(), MissingIndexOptions)
