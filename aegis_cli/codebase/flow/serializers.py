"""Serializers of Django REST framework: what each field reads of each row."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.codebase.flow.sinks import Sink, SinkMachine
from aegis_cli.codebase.flow.values import Items, Known, Row, Rows, Value, item_of
from aegis_cli.codebase.link.arguments import is_true, keyword, text, texts
from aegis_cli.codebase.link.models import Mapper
from aegis_cli.codebase.link.modules import Class, External
from aegis_cli.codebase.terms import Op
from aegis_cli.model.facts.source_code import Place, RowSink

_SERIALIZER = "Serializer"
_LISTS = ("ListAPIView", "ListCreateAPIView", "ModelViewSet", "ListModelMixin")
_METHOD = "SerializerMethodField"
_KEYS = ("PrimaryKeyRelatedField", "HyperlinkedRelatedField", "HyperlinkedIdentityField")
_DEPTH = 4
"""Serializers within serializers are followed this far."""
_ALL = "__all__"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """A field that a serializer declares."""

    name: str
    owner: Class
    term: int
    line: int


def is_serializer(owner: Class, machine: SinkMachine) -> bool:
    """Tell whether a class is a serializer of the framework."""
    bases = machine.project.hierarchy.external_bases(owner)
    return any(each.endswith(_SERIALIZER) and "rest_framework" in each for each in bases)


def serialize(
    machine: SinkMachine, owner: Class, rows: Value, outer: tuple[Place, ...], depth: int = _DEPTH
) -> None:
    """Note what a serializer costs for rows, or for the relations of a single row."""
    if not depth:
        return
    is_many = isinstance(rows, Rows | Items)
    row = item_of(rows) if is_many else rows
    if isinstance(row, Row) and row.model is not None:
        _Serializer(machine, owner, row, outer, is_many=is_many, depth=depth).walk()


class _Serializer:
    """Goes through the fields of one serializer."""

    def __init__(
        self,
        machine: SinkMachine,
        owner: Class,
        row: Row,
        outer: tuple[Place, ...],
        *,
        is_many: bool,
        depth: int,
    ) -> None:
        self._machine = machine
        self._owner = owner
        self._row = row
        self._depth = depth
        self._hierarchy = machine.project.hierarchy
        self._sink = Sink(machine, owner, RowSink.SERIALIZER, outer, is_many=is_many)

    def walk(self) -> None:
        """Read what each field reads."""
        declared = {each.name: each for each in self._declared()}
        for each in declared.values():
            self._go_to(each)
            self._field(each)
        for name in self._listed():
            if name not in declared:
                self._automatic(name)
        self._representation()

    def _go_to(self, field: _Field) -> None:
        self._sink.owner, self._sink.module = field.owner, field.owner.module
        self._sink.table = field.owner.module.record.terms
        self._sink.line = field.line

    def _declared(self) -> Iterator[_Field]:
        seen: set[str] = set()
        for owner in self._hierarchy.line(self._owner):
            table = owner.module.record.terms
            for name, term in owner.record.attributes.items():
                if name not in seen and table.ops[term] == Op.CALL:
                    seen.add(name)
                    line = owner.record.lines.get(name, owner.record.line)
                    yield _Field(name=name, owner=owner, term=term, line=line)

    def _field(self, field: _Field) -> None:
        table = field.owner.module.record.terms
        target = self._machine.project.modules.of_term(field.owner.module, table.bases[field.term])
        if is_true(table, keyword(table, field.term, "write_only")):
            return
        source = text(table, keyword(table, field.term, "source")) or field.name
        if isinstance(target, Class) and is_serializer(target, self._machine):
            self._nested(target, source)
        elif isinstance(target, External) and target.name.endswith(_METHOD):
            name = text(table, keyword(table, field.term, "method_name"))
            self._method(name or f"get_{field.name}")
        elif isinstance(target, External) and target.name.endswith(_KEYS):
            self._automatic(source)
        elif isinstance(target, External) and source != "*":
            self._read(source)

    def _nested(self, owner: Class, source: str) -> None:
        value: Value = self._row if source == "*" else self._read(source)
        outer = tuple(dict.fromkeys((self._sink.place(), *self._sink.outer)))
        if isinstance(value, Row) and self._sink.is_many:
            # One object per row: what it costs is paid per row, too.
            serialize(self._machine, owner, Items(of=value), outer, self._depth - 1)
        elif isinstance(value, Row | Rows):
            serialize(self._machine, owner, value, outer, self._depth - 1)

    def _read(self, source: str) -> Value:
        value = self._sink.read(self._row, source)
        if isinstance(value, Rows):
            self._sink.fetch(value)
        return value

    def _method(self, name: str) -> None:
        method = self._hierarchy.method(self._owner, name)
        if method is not None and len(method.record.parameters) > 1:
            self._sink.invoke(method, {method.record.parameters[1]: (self._row, 0)})

    def _automatic(self, name: str) -> None:
        """Read a field that the serializer makes of the model's: keys only, for relations."""
        model = self._row.model
        relation = model.relations.get(name) if model is not None else None
        if relation is None or relation.is_many:
            self._read(name)

    def _listed(self) -> Iterator[str]:
        meta = self._hierarchy.inner(self._owner, "Meta")
        term = meta.record.attributes.get("fields", 0) if meta is not None else 0
        if meta is None or not term:
            return
        table = meta.module.record.terms
        self._sink.line = meta.record.lines.get("fields", meta.record.line)
        self._sink.module, self._sink.table = meta.module, table
        names = tuple(texts(table, term))
        if names == (_ALL,) and self._row.model is not None:
            relations = self._row.model.relations.values()
            names = tuple(each.name for each in relations if each.is_forward)
        yield from names

    def _representation(self) -> None:
        method = self._hierarchy.method(self._owner, "to_representation")
        if method is not None and len(method.record.parameters) > 1:
            self._sink.line = method.record.line
            self._sink.invoke(method, {method.record.parameters[1]: (self._row, 0)})


def serialize_views(machine: SinkMachine) -> None:
    """Note what the lists of class-based views cost, by their querysets and serializers."""
    for module in machine.project.modules.modules:
        for owner in module.classes.values():
            _serialize_view(machine, owner)


def _serialize_view(machine: SinkMachine, owner: Class) -> None:
    hierarchy = machine.project.hierarchy
    if not any(each.endswith(_LISTS) for each in hierarchy.external_bases(owner)):
        return
    rows = rows_of_view(machine, owner)
    if not isinstance(rows, Rows) or rows.mapper is not Mapper.DJANGO:
        return
    view = Place(path=owner.module.record.path, line=owner.record.line, symbol=owner.record.symbol)
    for serializer in dict.fromkeys(_serializers(machine, owner)):
        serialize(machine, serializer, rows, (view,))


def rows_of_view(machine: SinkMachine, owner: Class) -> Value:
    """Return the rows that a view asks for: by its method, else by its attribute."""
    method = machine.project.hierarchy.method(owner, "get_queryset")
    if method is not None:
        from_method, _ = machine.summary(method, machine.receiver(owner, method))
        return from_method
    written = machine.project.hierarchy.attribute(owner, "queryset")
    return machine.of_variable(written) if written is not None else None


def _serializers(machine: SinkMachine, owner: Class) -> Iterator[Class]:
    hierarchy = machine.project.hierarchy
    written = hierarchy.attribute(owner, "serializer_class")
    if written is not None:
        value = machine.of_variable(written)
        if isinstance(value, Known) and isinstance(value.target, Class):
            yield value.target
    method = hierarchy.method(owner, "get_serializer_class")
    if method is not None:
        value, _ = machine.summary(method, machine.receiver(owner, method))
        if isinstance(value, Known) and isinstance(value.target, Class):
            yield value.target
