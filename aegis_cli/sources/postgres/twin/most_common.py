"""Lists of most common combinations, in which enums stand by numbers that every server has its own.

The layout is that of mcv.c: a header, the types, five words for each column (number of values,
their bytes, aligned bytes, length and way of passing), the values of each column, the items.
"""

import struct
from collections.abc import Mapping

_MAGIC, _TYPE_BASIC = 0xE1A651C2, 1
_HEADER = struct.Struct("=IIIH")
_OID = struct.Struct("=I")
_COLUMN = struct.Struct("=iiii?3x")


def most_common_types(data: bytes) -> tuple[int, ...] | None:
    """Return the types of the columns of a `pg_mcv_list`; None if it is not one."""
    if len(data) < _HEADER.size:
        return None
    magic, kind, _items, dimensions = _HEADER.unpack_from(data)
    end = _HEADER.size + dimensions * _OID.size
    if magic != _MAGIC or kind != _TYPE_BASIC or len(data) < end:
        return None
    return tuple(each[0] for each in _OID.iter_unpack(data[_HEADER.size : end]))


def renumbered(data: bytes, types: Mapping[int, int], labels: Mapping[int, int]) -> bytes | None:
    """Return a `pg_mcv_list` with the numbers of another server.

    Args:
        data: The list.
        types: The other server's number of each enum in it.
        labels: The other server's number of each label.

    Returns:
        None where it is no such list, or a number is not known.
    """
    columns = most_common_types(data)
    if columns is None:
        return None
    made = bytearray(data)
    infos = _HEADER.size + len(columns) * _OID.size
    place = infos + len(columns) * _COLUMN.size
    try:
        for number, kind in enumerate(columns):
            count, size, *_ = _COLUMN.unpack_from(data, infos + number * _COLUMN.size)
            if kind in types:
                _OID.pack_into(made, _HEADER.size + number * _OID.size, types[kind])
                for at in range(place, place + count * _OID.size, _OID.size):
                    _OID.pack_into(made, at, labels[_OID.unpack_from(data, at)[0]])
            place += size
    except (struct.error, KeyError):
        return None
    return bytes(made)
