"""Extended statistics in the binary form in which the server keeps them.

Their types have no input functions; the layouts are those of mvdistinct.c and dependencies.c.
"""

import re
import struct

_NDISTINCT_MAGIC, _DEPENDENCIES_MAGIC = 0xA352BFA4, 0xB4549A2C
_TYPE_BASIC = 1
_HEADER = struct.Struct("=III")
_ITEM = struct.Struct("=di")
_DEPENDENCY = struct.Struct("=dh")
_DISTINCT_TEXT = re.compile(r'"([-\d, ]+)": (-?\d+)')
_DEPENDENCY_TEXT = re.compile(r'"([-\d, ]+) => (-?\d+)": ([\d.]+)')


def distinct_bytes(text: str) -> bytes | None:
    """Return `pg_ndistinct` from its text, such as `{"1, 2": 100}`; None if it is not one."""
    found = _DISTINCT_TEXT.findall(text)
    if not found:
        return None
    parts = [_HEADER.pack(_NDISTINCT_MAGIC, _TYPE_BASIC, len(found))]
    for columns, count in found:
        numbers = _numbers(columns)
        parts.append(_ITEM.pack(float(count), len(numbers)))
        parts.append(struct.pack(f"={len(numbers)}h", *numbers))
    return b"".join(parts)


def dependencies_bytes(text: str) -> bytes | None:
    """Return `pg_dependencies` from its text, such as `{"1 => 2": 1.000000}`; None if it is not."""
    found = _DEPENDENCY_TEXT.findall(text)
    if not found:
        return None
    parts = [_HEADER.pack(_DEPENDENCIES_MAGIC, _TYPE_BASIC, len(found))]
    for columns, implied, degree in found:
        numbers = (*_numbers(columns), int(implied))
        parts.append(_DEPENDENCY.pack(float(degree), len(numbers)))
        parts.append(struct.pack(f"={len(numbers)}h", *numbers))
    return b"".join(parts)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in text.split(","))
