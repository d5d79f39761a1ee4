"""What profiling a block needs, imported when the first block begins."""

from functools import cache
from pathlib import Path

from aegis_cli.bootstrap import Crew, crew, plugin_host, rules_of
from aegis_cli.configuration.values import Configuration
from aegis_cli.engine.detector import AnyDetector
from aegis_cli.hooks.host import PluginHost
from aegis_cli.model.report import Report
from aegis_cli.model.text import Language
from aegis_cli.profiling.inside import Watch
from aegis_cli.usecases.profile.block import BlockReport, report_on_block

WATCH = Watch()
"""A process has one set of database drivers, so this is one of its own."""
_RECHECK = "aegis profile"


def read_block(folder: Path, name: str) -> BlockReport:
    """Read what a finished block recorded."""
    return report_on_block(folder, name, _detectors(), unwatched=WATCH.unwatched)


def as_text(report: Report, language: Language) -> str:
    """Render a report for reading, without colour."""
    return _host().renderers()["text"](report, language)


def _detectors() -> tuple[AnyDetector, ...]:
    """Return fresh detectors: each listens to one block."""
    found: Crew = crew(Configuration(), _host(), recheck=_RECHECK)
    return found.detectors


@cache
def _host() -> PluginHost:
    """Return the built-in rules: what else is installed must not change what a test finds."""
    host = plugin_host(installed=False)
    rules_of(host)
    return host
