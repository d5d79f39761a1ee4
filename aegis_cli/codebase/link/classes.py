"""Classes with what they inherit."""

from collections.abc import Iterator

from aegis_cli.codebase.link.modules import Class, External, Function, ModuleMap, Variable
from aegis_cli.codebase.terms import Op

_DEPTH = 20


class Hierarchy:
    """Answers what a class is and has, with what it inherits; asks once per class."""

    def __init__(self, modules: ModuleMap) -> None:
        """Start without any class known."""
        self.modules = modules
        self._lines: dict[Class, tuple[Class, ...]] = {}
        self._external: dict[Class, frozenset[str]] = {}

    def line(self, owner: Class) -> tuple[Class, ...]:
        """Return the class and its bases in the project, nearest first."""
        found = self._lines.get(owner)
        if found is None:
            found = tuple(dict.fromkeys(self._walk(owner, _DEPTH)))
            self._lines[owner] = found
        return found

    def external_bases(self, owner: Class) -> frozenset[str]:
        """Return the dotted names of all bases outside of the project."""
        found = self._external.get(owner)
        if found is None:
            found = frozenset(
                target.name
                for each in self.line(owner)
                for target in self._bases(each)
                if isinstance(target, External)
            )
            self._external[owner] = found
        return found

    def method(self, owner: Class, name: str) -> Function | None:
        """Return a method, inherited ones among them."""
        for each in self.line(owner):
            found = each.methods.get(name)
            if found is not None:
                return found
        return None

    def attribute(self, owner: Class, name: str) -> Variable | None:
        """Return what a class body assigns to a name, inherited ones among them."""
        for each in self.line(owner):
            term = each.record.attributes.get(name, 0)
            if term:
                return Variable(each.module, term)
        return None

    def own_attribute(self, owner: Class, name: str) -> Variable | None:
        """Return what methods assign to `self.name`."""
        for each in self.line(owner):
            term = each.record.own_attributes.get(name, 0)
            if term:
                return Variable(each.module, term)
        return None

    def inner(self, owner: Class, name: str) -> Class | None:
        """Return a class within the class, such as `Meta`."""
        for each in self.line(owner):
            found = each.inner.get(name)
            if found is not None:
                return found
        return None

    def _walk(self, owner: Class, depth: int) -> Iterator[Class]:
        yield owner
        if depth:
            for base in self._bases(owner):
                if isinstance(base, Class) and base is not owner:
                    yield from self._walk(base, depth - 1)

    def _bases(self, owner: Class) -> Iterator[Class | External]:
        table = owner.module.record.terms
        for written in owner.record.bases:
            # `Base[Thing]` and `make_base(Thing)` inherit from what they are made of.
            term = written
            while table.ops[term] in (Op.INDEX, Op.CALL):
                term = table.bases[term]
            target = self.modules.of_term(owner.module, term)
            if isinstance(target, Class | External):
                yield target
            elif target is not None:
                yield External(self.modules.dotted(owner.module, term))
