"""The file format of speedscope, https://www.speedscope.app/file-format-schema.json.

Each thread becomes two profiles, of processor time and of waiting; since stacks are added up,
their order is not that of the run.
"""

import json
from collections.abc import Callable, Iterable, Sequence

from aegis_cli.model.facts.samples import CodeFunction, SampledTime, StackTime
from aegis_cli.profiling.exports.labels import thread_label

_SCHEMA = "https://www.speedscope.app/file-format-schema.json"


def speedscope(stacks: Sequence[StackTime]) -> bytes:
    """Return a file of all threads."""
    frames: dict[CodeFunction, int] = {}
    profiles = []
    for name in dict.fromkeys(map(thread_label, stacks)):
        own = [each for each in stacks if thread_label(each) == name]
        for kind, weight in (("CPU", _cpu_us), ("waiting", _waiting_us)):
            profile = _profile(f"{name}: {kind}", own, weight, frames)
            if profile["samples"]:
                profiles.append(profile)
    document = {
        "$schema": _SCHEMA,
        "exporter": "aegis",
        "activeProfileIndex": 0,
        "shared": {
            "frames": [
                {"name": each.name, "file": each.path, "line": each.first_line} for each in frames
            ]
        },
        "profiles": profiles,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _profile(
    name: str,
    stacks: Iterable[StackTime],
    weight: Callable[[SampledTime], int],
    frames: dict[CodeFunction, int],
) -> dict[str, object]:
    samples, weights = [], []
    for stack in stacks:
        time_us = weight(stack.time)
        if time_us > 0:
            functions = [each.function for each in stack.frames]
            samples.append([frames.setdefault(each, len(frames)) for each in functions])
            weights.append(time_us)
    return {
        "type": "sampled",
        "name": name,
        "unit": "microseconds",
        "startValue": 0,
        "endValue": sum(weights),
        "samples": samples,
        "weights": weights,
    }


def _cpu_us(time: SampledTime) -> int:
    return time.cpu_us


def _waiting_us(time: SampledTime) -> int:
    return time.waiting_us
