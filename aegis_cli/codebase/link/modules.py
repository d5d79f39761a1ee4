"""Where a dotted name leads: to a class, a function or a variable of the project, or outside."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TypeAlias

from aegis_cli.codebase.records import ClassRecord, FunctionRecord, ModuleRecord
from aegis_cli.codebase.terms import Op

_LONGEST_SUFFIX = 6
_MOST_NAMES = 50
"""Names that one name may lead through; where it could be more, imports go in circles."""


@dataclass(slots=True, eq=False)
class Module:
    """A module with what it defines, by symbol."""

    record: ModuleRecord
    functions: dict[str, "Function"] = field(default_factory=dict)
    classes: dict[str, "Class"] = field(default_factory=dict)
    numbered: list["Function"] = field(default_factory=list)
    """Functions in the order of the record, as lambda terms count them."""
    _used: frozenset[int] | None = None

    def uses(self, term: int) -> bool:
        """Tell whether a term is part of another one: whether its value goes anywhere."""
        if self._used is None:
            table = self.record.terms
            self._used = frozenset(table.bases).union(*table.args)
        return term in self._used

    def __repr__(self) -> str:
        """Return the dotted name."""
        return self.record.name


@dataclass(slots=True, eq=False)
class Function:
    """A function of the project."""

    module: Module
    record: FunctionRecord
    number: int
    owner: "Class | None" = None
    """The class of a method."""

    @property
    def name(self) -> str:
        """Return the unqualified name."""
        return self.record.symbol.rpartition(".")[2]

    def __repr__(self) -> str:
        """Return the dotted name."""
        return f"{self.module.record.name}.{self.record.symbol}"


@dataclass(slots=True, eq=False)
class Class:
    """A class of the project."""

    module: Module
    record: ClassRecord
    methods: dict[str, Function] = field(default_factory=dict)
    inner: dict[str, "Class"] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the unqualified name."""
        return self.record.symbol.rpartition(".")[2]

    @property
    def dotted(self) -> str:
        """Return the name with that of the module."""
        return f"{self.module.record.name}.{self.record.symbol}"

    def __repr__(self) -> str:
        """Return the dotted name."""
        return self.dotted


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable at module level, or an attribute of a class, as the term it was assigned."""

    module: Module
    term: int


@dataclass(frozen=True, slots=True)
class External:
    """Something outside of the project, by its dotted name."""

    name: str


Target: TypeAlias = Module | Class | Function | Variable | External


class ModuleMap:
    """All modules of a project, and where names lead in them."""

    def __init__(self, records: Iterable[ModuleRecord]) -> None:
        """Index modules by name and by the ends of their paths, for folders without a mark."""
        self.modules: tuple[Module, ...] = tuple(_module(each) for each in records)
        self._by_name: dict[str, Module] = {}
        self._by_suffix: dict[str, Module] = {}
        for module in self.modules:
            self._by_name.setdefault(module.record.name, module)
            for suffix in _suffixes(module.record.path):
                self._by_suffix.setdefault(suffix, module)
        self._known: dict[str, Target] = {}

    def module(self, name: str) -> Module | None:
        """Return the module of a dotted name."""
        found = self._by_name.get(name)
        return found if found is not None else self._by_suffix.get(name)

    def resolve(self, name: str) -> Target:
        """Return what a dotted name leads to, through imports and re-exports."""
        found = self._known.get(name)
        if found is None:
            found = self._resolve(name, set())
            self._known[name] = found
        return found

    def of_term(self, module: Module, term: int) -> Target | None:
        """Return what a term leads to if it is a name or an attribute of one."""
        name = self.dotted(module, term)
        return self.resolve(name) if name else None

    def dotted(self, module: Module, term: int) -> str:
        """Return a term as a dotted name, or nothing."""
        table = module.record.terms
        op = table.ops[term]
        if op == Op.NAME:
            return table.names[term]
        if op == Op.ATTR:
            base = self.dotted(module, table.bases[term])
            return f"{base}.{table.names[term]}" if base else ""
        return ""

    def _resolve(self, name: str, asked: set[str]) -> Target:
        """Follow a name; `asked` are those already followed, since imports may go in circles."""
        if name in asked or len(asked) > _MOST_NAMES:
            return External(name)
        asked.add(name)
        parts = name.split(".")
        for cut in range(len(parts), 0, -1):
            module = self.module(".".join(parts[:cut]))
            if module is not None:
                found = self._inside(module, parts[cut:], asked)
                if found is not None:
                    return found
        return External(name)

    def _inside(self, module: Module, rest: Sequence[str], asked: set[str]) -> Target | None:
        if not rest:
            return module
        for cut in range(len(rest), 0, -1):
            symbol = ".".join(rest[:cut])
            if cut == len(rest) and symbol in module.functions:
                return module.functions[symbol]
            owner = module.classes.get(symbol)
            if owner is not None:
                return owner if cut == len(rest) else _of_class(owner, rest[cut:])
        return self._exported(module, rest, asked)

    def _exported(self, module: Module, rest: Sequence[str], asked: set[str]) -> Target | None:
        record = module.record
        term = record.exports.get(rest[0], 0)
        if term:
            name = self.dotted(module, term)
            own = f"{record.name}.{rest[0]}"
            if name and name != own:
                return self._resolve(".".join((name, *rest[1:])), asked)
            return Variable(module, term) if len(rest) == 1 else None
        for origin in record.star_imports:
            if self.module(origin) is not None and origin != record.name:
                found = self._resolve(".".join((origin, *rest)), asked)
                if not isinstance(found, External):
                    return found
        return None


def _of_class(owner: Class, rest: Sequence[str]) -> Target | None:
    if len(rest) != 1:
        return None
    method = owner.methods.get(rest[0])
    if method is not None:
        return method
    term = owner.record.attributes.get(rest[0], 0)
    return Variable(owner.module, term) if term else None


def _module(record: ModuleRecord) -> Module:
    module = Module(record)
    for each in record.classes:
        owner = Class(module, each)
        module.classes[each.symbol] = owner
        outer = module.classes.get(each.symbol.rpartition(".")[0])
        if outer is not None:
            outer.inner[owner.name] = owner
    for number, written in enumerate(record.functions):
        function = Function(module, written, number)
        module.numbered.append(function)
        owner_symbol, _, name = written.symbol.rpartition(".")
        holder = module.classes.get(owner_symbol)
        if holder is not None and name != "<body>":
            function.owner = holder
            # A property's setter has the name of its getter, which is the one that is read.
            holder.methods.setdefault(name, function)
        module.functions.setdefault(written.symbol, function)
    return module


def _suffixes(path: str) -> Iterator[str]:
    """Yield the dotted names that a path could have, from two parts on."""
    if not path.endswith(".py"):
        return
    parts = [each for each in PurePosixPath(path).with_suffix("").parts if each.isidentifier()]
    if parts and parts[-1] == "__init__":
        parts = parts[:-1]
    for count in range(2, min(len(parts), _LONGEST_SUFFIX) + 1):
        yield ".".join(parts[-count:])
