"""Profiles for pprof are decoded with Google's own library, by the fields of its schema."""

import gzip
from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from aegis_cli.profiling.exports.pprof import pprof
from aegis_cli.profiling.exports.protobuf import message, number, packed, varint
from tests.fakes.stacks import frame, stack

FieldType = descriptor_pb2.FieldDescriptorProto
# The part of proto/profile.proto in github.com/google/pprof that is written; name, number, type.
SCHEMA = {
    "ValueType": (("type", 1, "int64"), ("unit", 2, "int64")),
    "Label": (("key", 1, "int64"), ("str", 2, "int64")),
    "Sample": (("location_id", 1, "*uint64"), ("value", 2, "*int64"), ("label", 3, "*Label")),
    "Line": (("function_id", 1, "uint64"), ("line", 2, "int64")),
    "Location": (("id", 1, "uint64"), ("line", 4, "*Line")),
    "Function": (
        ("id", 1, "uint64"),
        ("name", 2, "int64"),
        ("system_name", 3, "int64"),
        ("filename", 4, "int64"),
        ("start_line", 5, "int64"),
    ),
    "Profile": (
        ("sample_type", 1, "*ValueType"),
        ("sample", 2, "*Sample"),
        ("location", 4, "*Location"),
        ("function", 5, "*Function"),
        ("string_table", 6, "*string"),
        ("default_sample_type", 14, "int64"),
    ),
}
SCALARS = {
    "int64": FieldType.TYPE_INT64,
    "uint64": FieldType.TYPE_UINT64,
    "string": FieldType.TYPE_STRING,
}


@pytest.fixture(scope="module")
def profile_type() -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="profile.proto", package="p", syntax="proto3")
    for name, fields in SCHEMA.items():
        described = file.message_type.add(name=name)
        for field, tag, kind in fields:
            plain = kind.removeprefix("*")
            label = FieldType.LABEL_REPEATED if kind != plain else FieldType.LABEL_OPTIONAL
            added = described.field.add(name=field, number=tag, label=label)
            if plain in SCALARS:
                added.type = SCALARS[plain]
            else:
                added.type, added.type_name = FieldType.TYPE_MESSAGE, f".p.{plain}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("p.Profile"))


def test_samples_are_read_with_their_values_lines_and_threads(profile_type: Any) -> None:
    stacks = [
        stack(frame("main", 3), frame("work", 7), cpu_us=600, resting_us=100),
        stack(frame("main", 4), cpu_us=50, thread="작업"),
    ]

    profile = profile_type.FromString(gzip.decompress(pprof(stacks)))

    texts = profile.string_table
    assert texts[0] == ""
    kinds = [(texts[each.type], texts[each.unit]) for each in profile.sample_type]
    assert kinds == [
        ("samples", "count"),
        ("cpu", "nanoseconds"),
        ("waiting", "nanoseconds"),
    ]
    assert texts[profile.default_sample_type] == "cpu"
    first, second = profile.sample
    assert list(first.value) == [1, 600_000, 100_000]
    assert _lines(profile, first) == [("work", 7), ("main", 3)]
    assert _lines(profile, second) == [("main", 4)]
    assert [(texts[each.key], texts[each.str]) for each in second.label] == [("thread", "작업 (1)")]
    assert {texts[each.filename] for each in profile.function} == {"app.py"}


def _lines(profile: Any, sample: Any) -> list[tuple[str, int]]:
    """Return function and line of each frame of a sample, the innermost first."""
    functions = {each.id: profile.string_table[each.name] for each in profile.function}
    lines = {each.id: each.line[0] for each in profile.location}
    return [(functions[lines[each].function_id], lines[each].line) for each in sample.location_id]


def test_the_same_stacks_make_the_same_file() -> None:
    stacks = [stack(frame("main"), cpu_us=5)]

    assert pprof(stacks) == pprof(stacks)


@pytest.mark.parametrize(
    ("value", "encoded"),
    [(0, "00"), (1, "01"), (127, "7f"), (128, "8001"), (300, "ac02"), (-1, "ff" * 9 + "01")],
)
def test_numbers_are_written_as_varints(value: int, encoded: str) -> None:
    assert varint(value).hex() == encoded


def test_fields_carry_their_number_and_kind() -> None:
    assert number(1, 150).hex() == "089601"
    assert number(1, 0) == b""
    assert message(2, b"testing").hex() == "120774657374696e67"
    assert packed(6, [3, 270, 86942]).hex() == "3206038e029ea705"
