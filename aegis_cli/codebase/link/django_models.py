"""Models of Django: which classes they are, and where their relations lead."""

from aegis_cli.codebase.link.arguments import argument, is_true, keyword, text
from aegis_cli.codebase.link.classes import Hierarchy
from aegis_cli.codebase.link.models import Mapper, Model, ModelGraph, Relation
from aegis_cli.codebase.link.modules import Class, External, Module, ModuleMap, Variable
from aegis_cli.codebase.terms import Op

_MODEL_BASES = frozenset(
    (
        "django.db.models.Model",
        "django.db.models.base.Model",
        "django.contrib.gis.db.models.Model",
        "django.contrib.auth.models.AbstractUser",
        "django.contrib.auth.models.AbstractBaseUser",
        "django.contrib.auth.models.User",
        "django.contrib.auth.models.Group",
    )
)
_MANAGER_BASES = (".Manager", ".QuerySet", ".BaseManager", ".UserManager", ".BaseUserManager")
_ONE = ("ForeignKey", "ParentalKey")
_ONE_TO_ONE = ("OneToOneField",)
_MANY = ("ManyToManyField", "TaggableManager")
_USER_SETTING = "AUTH_USER_MODEL"


def add_django_models(graph: ModelGraph, modules: ModuleMap) -> None:
    """Take in the models of Django and link their relations."""
    hierarchy = graph.hierarchy
    for module in modules.modules:
        for owner in module.classes.values():
            if is_django_model(owner, hierarchy):
                graph.add(_model(owner))
    graph.user = _user_model(graph, modules)
    for model in list(graph.by_class.values()):
        if model.mapper is Mapper.DJANGO:
            _Linker(graph, modules, model).link()


def is_django_model(owner: Class, hierarchy: Hierarchy) -> bool:
    """Tell whether a class is a model: by its bases, or by fields that only a model has."""
    bases = hierarchy.external_bases(owner)
    if bases & _MODEL_BASES:
        return True
    is_odd = any(each.startswith(("django.db.models.", "rest_framework.")) for each in bases)
    if is_odd or not bases:
        return False
    # A base of a third party, such as mptt.models.MPTTModel.
    is_named_model = any(each.endswith("Model") for each in bases)
    return is_named_model and any(
        _field_name(hierarchy, owner.module, term).startswith("django.db.models.")
        for term in owner.record.attributes.values()
    )


def _model(owner: Class) -> Model:
    meta = owner.inner.get("Meta")
    table = owner.module.record.terms
    abstract = meta.record.attributes.get("abstract", 0) if meta is not None else 0
    return Model(owner=owner, mapper=Mapper.DJANGO, is_abstract=is_true(table, abstract))


def _user_model(graph: ModelGraph, modules: ModuleMap) -> Model | None:
    for module in modules.modules:
        term = module.record.exports.get(_USER_SETTING, 0)
        label = text(module.record.terms, term) if term else None
        if label:
            app, _, name = label.rpartition(".")
            return graph.called(name, label=app)
    return None


def _field_name(hierarchy: Hierarchy, module: Module, term: int) -> str:
    """Return the dotted name of the field class that an attribute is made with, or nothing."""
    table = module.record.terms
    if table.ops[term] != Op.CALL:
        return ""
    target = hierarchy.modules.of_term(module, table.bases[term])
    if isinstance(target, Class):
        bases = sorted(hierarchy.external_bases(target))
        related = [each for each in bases if each.endswith((*_ONE, *_ONE_TO_ONE, *_MANY))]
        return (related or bases or [target.dotted])[0]
    return target.name if isinstance(target, External) else ""


class _Linker:
    """Links the fields of one model."""

    def __init__(self, graph: ModelGraph, modules: ModuleMap, model: Model) -> None:
        self._graph = graph
        self._modules = modules
        self._model = model
        self._hierarchy = graph.hierarchy

    def link(self) -> None:
        """Read the fields of the class and of all its bases."""
        for owner in self._hierarchy.line(self._model.owner):
            for name, term in owner.record.attributes.items():
                if name not in self._model.relations and name not in self._model.columns:
                    self._attribute(owner, name, term)
        if not self._model.managers:
            self._model.managers["objects"] = None

    def _attribute(self, owner: Class, name: str, term: int) -> None:
        field = _field_name(self._hierarchy, owner.module, term)
        if not field:
            return
        if field.endswith(_ONE):
            self._relation(owner, name, term, is_many=False)
        elif field.endswith(_ONE_TO_ONE):
            self._relation(owner, name, term, is_many=False, is_unique=True)
        elif field.endswith(_MANY):
            self._relation(owner, name, term, is_many=True)
        elif field.endswith(("GenericForeignKey", "GenericRelation")):
            self._generic(owner, name, term, is_many=field.endswith("GenericRelation"))
        elif field.endswith(_MANAGER_BASES) or ".as_manager" in field or "from_queryset" in field:
            self._manager(owner, name, term)
        elif "Field" in field:
            self._model.columns[name] = Variable(owner.module, term)

    def _manager(self, owner: Class, name: str, term: int) -> None:
        table = owner.module.record.terms
        base = table.bases[term]
        while table.ops[base] in (Op.ATTR, Op.CALL) and self._class(owner, base) is None:
            base = table.bases[base]
        self._model.managers[name] = self._class(owner, base)

    def _class(self, owner: Class, term: int) -> Class | None:
        target = self._modules.of_term(owner.module, term)
        return target if isinstance(target, Class) else None

    def _generic(self, owner: Class, name: str, term: int, *, is_many: bool) -> None:
        target = self._target(owner, argument(owner.module.record.terms, term, 0, "to"))
        self._model.relations[name] = Relation(
            name=name, target=target if is_many else None, is_many=is_many, is_generic=True
        )

    def _relation(
        self, owner: Class, name: str, term: int, *, is_many: bool, is_unique: bool = False
    ) -> None:
        table = owner.module.record.terms
        target = self._target(owner, argument(table, term, 0, "to"))
        reverse = self._reverse_name(owner, term, is_unique=is_unique)
        self._model.relations[name] = Relation(
            name=name, target=target, is_many=is_many, inverse=reverse if is_unique else ""
        )
        if target is None or self._model.is_abstract or not reverse:
            return
        # Rows of heirs have the relations of their base, too.
        for each in {target, *self._graph.heirs(target)}:
            each.relations.setdefault(
                reverse,
                Relation(
                    name=reverse,
                    target=self._model,
                    is_many=not is_unique,
                    is_forward=False,
                    inverse="" if is_many else name,
                ),
            )

    def _reverse_name(self, owner: Class, term: int, *, is_unique: bool) -> str:
        table = owner.module.record.terms
        given = keyword(table, term, "related_name")
        lower = self._model.name.lower()
        if given:
            written = text(table, given) or ""
            app = self._model.owner.module.record.name.split(".")[-2:][0]
            named = written.replace("%(class)s", lower).replace("%(app_label)s", app)
            return "" if named.endswith("+") else named
        return lower if is_unique else f"{lower}_set"

    def _target(self, owner: Class, term: int) -> Model | None:
        table = owner.module.record.terms
        label = text(table, term)
        if label == "self":
            return self._model
        if label is not None:
            app, _, name = label.rpartition(".")
            return self._graph.called(name, owner, app)
        name = self._modules.dotted(owner.module, term)
        if name.endswith(_USER_SETTING) or self._is_user_call(owner, term):
            return self._graph.user
        target = self._modules.resolve(name) if name else None
        if isinstance(target, Class):
            return self._graph.of(target)
        if isinstance(target, Variable) and target.term != term:
            return self._of_variable(target)
        return None

    def _is_user_call(self, owner: Class, term: int) -> bool:
        table = owner.module.record.terms
        if table.ops[term] != Op.CALL:
            return False
        return self._modules.dotted(owner.module, table.bases[term]).endswith("get_user_model")

    def _of_variable(self, variable: Variable) -> Model | None:
        """Follow `User = get_user_model()` and `AUTH_USER_MODEL = getattr(settings, …)`."""
        table = variable.module.record.terms
        if table.ops[variable.term] == Op.CALL:
            called = self._modules.dotted(variable.module, table.bases[variable.term])
            if called.endswith(("get_user_model", "getattr")):
                return self._graph.user
        label = text(table, variable.term)
        if label:
            return self._graph.called(label.rpartition(".")[2], label=label.rpartition(".")[0])
        return None
