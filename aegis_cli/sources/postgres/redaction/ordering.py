"""By what values of a type are compared, as far as that can be told from their text."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

Key: TypeAlias = tuple[Decimal, str]
KeyOf: TypeAlias = Callable[[str], Key | None]
"""None for a value that cannot be read."""

_INTERVAL = re.compile(
    r"(?:(?P<years>-?\d+) years? ?)?(?:(?P<months>-?\d+) mons? ?)?(?:(?P<days>-?\d+) days? ?)?"
    r"(?:(?P<sign>-)?(?P<hours>\d+):(?P<minutes>\d+):(?P<seconds>[\d.]+))?\Z"
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?!.*BC)")
_INFINITIES = {"-infinity": Decimal(-1), "infinity": Decimal(1)}
_ZERO = Decimal()


def key_of(base_type: str, *, is_by_bytes: bool) -> KeyOf:
    """Return by what values of a type are compared.

    Args:
        base_type: As `format_type` writes it, without length.
        is_by_bytes: Whether text is sorted by bytes. Other collations are only approximated:
            without regard to case first.
    """
    return _KEYS.get(base_type, _bytes if is_by_bytes else _text)


def _number(value: str) -> Key | None:
    try:
        number = Decimal(value.replace("$", "").replace(",", ""))
    except InvalidOperation:
        return None
    # The server sorts NaN after everything else.
    return (Decimal("Infinity"), "NaN") if number.is_nan() else (number, "")


def _moment(value: str) -> Key | None:
    if value in _INFINITIES:
        return _INFINITIES[value], ""
    return (_ZERO, value) if _MOMENT.match(value) else None


def _interval(value: str) -> Key | None:
    found = _INTERVAL.match(value)
    if found is None:
        return None
    parts = {name: Decimal(part) for name, part in found.groupdict("0").items() if name != "sign"}
    clock = parts["hours"] * 3600 + parts["minutes"] * 60 + parts["seconds"]
    days = (parts["years"] * 12 + parts["months"]) * 30 + parts["days"]
    return days * 86_400 + (-clock if found["sign"] else clock), ""


def _address(value: str) -> Key | None:
    try:
        address = ipaddress.ip_interface(value)
    except ValueError:
        return None
    return Decimal(address.version * 2**128 + int(address)), value


def _text(value: str) -> Key:
    return _ZERO, value.casefold() + "\0" + value


def _bytes(value: str) -> Key:
    # UTF-8 sorts as its code points do.
    return _ZERO, value


_KEYS: Mapping[str, KeyOf] = {
    **dict.fromkeys(
        ("smallint", "integer", "bigint", "numeric", "real", "double precision", "oid", "money"),
        _number,
    ),
    **dict.fromkeys(("date", "timestamp without time zone", "timestamp with time zone"), _moment),
    "interval": _interval,
    "inet": _address,
    "cidr": _address,
    **dict.fromkeys(
        ("uuid", "bytea", "bit", "bit varying", "time without time zone", "jsonb"), _bytes
    ),
}
