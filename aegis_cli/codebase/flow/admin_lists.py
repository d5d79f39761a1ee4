"""Lists of Django's admin: what each column reads of each row."""

from collections.abc import Iterator

from aegis_cli.codebase.flow.serializers import rows_of_view
from aegis_cli.codebase.flow.sinks import Sink, SinkMachine
from aegis_cli.codebase.flow.values import EVERYTHING_LOADED, Row, Rows, item_of
from aegis_cli.codebase.link.arguments import positional, texts
from aegis_cli.codebase.link.models import Mapper, Model
from aegis_cli.codebase.link.modules import Class, Module
from aegis_cli.codebase.terms import Op
from aegis_cli.model.facts.source_code import Place, RowSink

_ADMIN = "ModelAdmin"
_COLUMNS = "list_display"
_JOINED = "list_select_related"
_TO_TEXT = "__str__"


def admin_models(machine: SinkMachine) -> Iterator[tuple[Class, Model]]:
    """Yield each class of the admin with the model that it is registered for."""
    for module in machine.project.modules.modules:
        for owner in module.classes.values():
            for term in owner.record.decorators:
                yield from _decorated(machine, owner, term)
        yield from _registered(machine, module)


def _decorated(machine: SinkMachine, owner: Class, term: int) -> Iterator[tuple[Class, Model]]:
    table = owner.module.record.terms
    name = machine.project.modules.dotted(owner.module, table.bases[term])
    if table.ops[term] == Op.CALL and name.endswith("register"):
        for each in positional(table, term):
            model = _model(machine, owner.module, each)
            if model is not None:
                yield owner, model


def _registered(machine: SinkMachine, module: Module) -> Iterator[tuple[Class, Model]]:
    """Yield what `admin.site.register(Order, OrderAdmin)` says."""
    table = module.record.terms
    for term in module.numbered[0].record.events.terms:
        if table.ops[term] != Op.CALL:
            continue
        given = positional(table, term)
        name = machine.project.modules.dotted(module, table.bases[term])
        if len(given) > 1 and name.endswith("register"):
            owner = machine.project.modules.of_term(module, given[1])
            models = [given[0], *(table.args[given[0]] if table.ops[given[0]] == Op.LIST else ())]
            for each in models:
                model = _model(machine, module, each)
                if model is not None and isinstance(owner, Class):
                    yield owner, model


def _model(machine: SinkMachine, module: Module, term: int) -> Model | None:
    target = machine.project.modules.of_term(module, term)
    return machine.project.graph.of(target) if isinstance(target, Class) else None


def list_admins(machine: SinkMachine) -> None:
    """Note what the columns of each list cost per row."""
    for owner, model in dict.fromkeys(admin_models(machine)):
        _Columns(machine, owner, model).walk()


class _Columns:
    """Goes through the columns of one list."""

    def __init__(self, machine: SinkMachine, owner: Class, model: Model) -> None:
        self._machine = machine
        self._owner = owner
        self._model = model
        self._hierarchy = machine.project.hierarchy

    def walk(self) -> None:
        """Read what each column reads."""
        written = self._hierarchy.attribute(self._owner, _COLUMNS)
        row = self._row()
        if written is None or row is None:
            return
        names = tuple(texts(written.module.record.terms, written.term))
        relations = self._model.relations
        if any(name in relations and not relations[name].is_many for name in names):
            # Django joins all relations then, see ChangeList.apply_select_related.
            row = Row(model=self._model, mapper=Mapper.DJANGO, loads=EVERYTHING_LOADED)
        place = Place(
            path=self._owner.module.record.path,
            line=self._owner.record.lines.get(_COLUMNS, self._owner.record.line),
            symbol=self._owner.record.symbol,
        )
        for name in names:
            self._column(name, row, place)

    def _row(self) -> Row | None:
        """Return a row of the list, with what the class asks to be joined."""
        rows = rows_of_view(self._machine, self._owner)
        row = item_of(rows) if isinstance(rows, Rows) else None
        if self._hierarchy.method(self._owner, "get_queryset") is None:
            row = Row(model=self._model, mapper=Mapper.DJANGO)
        written = self._hierarchy.attribute(self._owner, _JOINED)
        if not isinstance(row, Row) or written is None:
            return row if isinstance(row, Row) else None
        paths = tuple(texts(written.module.record.terms, written.term))
        loads = row.loads.plus(each.replace("__", ".") for each in paths)
        return Row(model=row.model, mapper=row.mapper, loads=loads if paths else EVERYTHING_LOADED)

    def _column(self, name: str, row: Row, place: Place) -> None:
        sink = Sink(self._machine, self._owner, RowSink.ADMIN, (), is_many=True)
        sink.line = place.line
        method = self._hierarchy.method(self._owner, name)
        if method is not None:
            if len(method.record.parameters) > 1:
                sink.invoke(method, {method.record.parameters[1]: (row, 0)})
            return
        if name == _TO_TEXT:
            own = self._hierarchy.method(self._model.owner, _TO_TEXT)
            if own is not None:
                sink.invoke(own, {own.record.parameters[0]: (row, 0)})
            return
        if "__" not in name:
            sink.read(row, name)
