"""Templates that views render: which template, and what its variables stand for."""

from aegis_cli.codebase.flow.serializers import rows_of_view
from aegis_cli.codebase.flow.sinks import SinkMachine
from aegis_cli.codebase.flow.values import Entries, Row, Rows, Value, row_of
from aegis_cli.codebase.link.arguments import text
from aegis_cli.codebase.link.modules import Class, Function
from aegis_cli.codebase.link.project import Project
from aegis_cli.codebase.templates import module_name

_LISTS = ("ListView", "ArchiveView")
_DETAILS = ("DetailView", "UpdateView", "DeleteView")


def template_of(project: Project, name: str) -> Function | None:
    """Return the template of a name as a function of its variables."""
    module = project.modules.module(module_name(name))
    return module.numbered[0] if module is not None else None


def render_views(machine: SinkMachine) -> None:
    """Evaluate the templates of class-based views with what these give them."""
    for module in machine.project.modules.modules:
        for owner in module.classes.values():
            _render_view(machine, owner)


def _render_view(machine: SinkMachine, owner: Class) -> None:
    hierarchy = machine.project.hierarchy
    bases = hierarchy.external_bases(owner)
    if not any(each.endswith("View") for each in bases):
        return
    rows = rows_of_view(machine, owner)
    if rows is None:
        rows = machine.inherited_rows(owner)
    is_list = any(each.endswith(_LISTS) for each in bases)
    is_detail = any(each.endswith(_DETAILS) for each in bases)
    own = _variables(machine, owner, rows if isinstance(rows, Rows) else None, is_list=is_list)
    template = _template(machine, owner, rows, is_list=is_list)
    if template is None or not (is_list or is_detail or own):
        return
    names = template.record.parameters
    machine.summary(template, {name: own[name] for name in names if own.get(name) is not None})


def _variables(
    machine: SinkMachine, owner: Class, rows: Rows | None, *, is_list: bool
) -> dict[str, Value]:
    own: dict[str, Value] = {}
    if rows is not None:
        lower = rows.name.lower()
        value: Row | Rows | None = rows if is_list else row_of(rows)
        named = machine.project.hierarchy.attribute(owner, "context_object_name")
        given = text(named.module.record.terms, named.term) if named is not None else None
        for name in ("object_list", f"{lower}_list") if is_list else ("object", lower):
            own[name] = value
        if given:
            own[given] = value
    method = machine.project.hierarchy.method(owner, "get_context_data")
    if method is not None:
        context, _ = machine.summary(method, machine.receiver(owner, method))
        own.update(context.known if isinstance(context, Entries) else ())
    return own


def _template(machine: SinkMachine, owner: Class, rows: Value, *, is_list: bool) -> Function | None:
    written = machine.project.hierarchy.attribute(owner, "template_name")
    name = text(written.module.record.terms, written.term) if written is not None else None
    if name is None and isinstance(rows, Rows) and rows.model is not None:
        folder = rows.model.owner.module.record.path.split("/")[-2:][0]
        name = f"{folder}/{rows.model.name.lower()}_{'list' if is_list else 'detail'}.html"
    return template_of(machine.project, name) if name else None
