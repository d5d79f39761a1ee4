"""The formats to export to, by the name that people type."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from aegis_cli.model.facts.samples import StackTime
from aegis_cli.profiling.exports.chrome_trace import chrome_trace
from aegis_cli.profiling.exports.collapsed import collapsed
from aegis_cli.profiling.exports.pprof import pprof
from aegis_cli.profiling.exports.pstats_file import pstats_file
from aegis_cli.profiling.exports.speedscope import speedscope

FORMATS: Mapping[str, Callable[[Sequence[StackTime]], bytes]] = MappingProxyType(
    {
        "speedscope": speedscope,
        "collapsed": collapsed,
        "pstats": pstats_file,
        "chrome": chrome_trace,
        "pprof": pprof,
    }
)
"""What makes a file of each format from stacks."""
