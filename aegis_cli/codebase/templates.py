"""Templates of Django and Jinja become records like functions: variables, loops, what is read."""

import re
from collections.abc import Iterator

from aegis_cli.codebase.records import EventKind, FunctionFlag, FunctionRecord, Loop, ModuleRecord
from aegis_cli.codebase.terms import Op, TermBuilder

_TOKEN = re.compile(r"\{%-?\s*(.*?)\s*-?%\}|\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_FOR = re.compile(r"for\s+([\w\s,]+?)\s+in\s+(.+?)(?:\s+reversed|\s+if\s.*)?$", re.DOTALL)
_PATH = re.compile(r"[A-Za-z_]\w*(?:\.\w+|\(\))*")
_ALONE = re.compile(r"[A-Za-z_][\w.]*(?:\(\))?\s*(?:\|.*)?", re.DOTALL)
_TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")
_INCLUDE = re.compile(r"""include\s+["']([^"']+)["']""")
_ASSIGNED = re.compile(r"(\w+)\s*=\s*([\w.()]+)")
_AS = re.compile(r"with\s+([\w.()|:]+)\s+as\s+(\w+)")
_WORDS = frozenset(
    ("and", "or", "not", "in", "is", "if", "else", "elif", "endif", "True", "False", "None", "as",
     "true", "false", "none", "loop", "forloop")
)  # fmt: skip
_FOLDERS = ("templates", "jinja2", "jinja")
PREFIX = "templates:"
"""What the names of templates begin with, where modules have dotted names."""


def template_name(path: str) -> str:
    """Return the name under which code asks for a template: the path below its folder."""
    parts = path.replace("\\", "/").split("/")
    starts = [number for number, part in enumerate(parts[:-1]) if part in _FOLDERS]
    below = parts[starts[-1] + 1 :] if starts else parts
    return module_name("/".join(below))


def module_name(template: str) -> str:
    """Return the name of a template's module; dots would part it into modules."""
    return f"{PREFIX}{template.replace('.', ':')}"


def extract_template(path: str, name: str, content: bytes) -> ModuleRecord:
    """Return what a template says; what is no tag of a template says nothing."""
    text = content.decode("utf-8", "replace")
    record = ModuleRecord(path=path, name=name, lines=text.count("\n") + 1)
    function = FunctionRecord(symbol="", line=1, flags=int(FunctionFlag.TEMPLATE))
    record.functions.append(function)
    _TemplateWalk(record, function).walk(text)
    return record


class _TemplateWalk:
    """Walks over the tags of one template."""

    def __init__(self, record: ModuleRecord, function: FunctionRecord) -> None:
        self._builder = TermBuilder()
        self._function = function
        self._names: dict[str, int] = {}
        self._loops: list[tuple[int, dict[str, int]]] = []
        self._line = 1
        record.terms = self._builder.table

    def walk(self, text: str) -> None:
        """Note what each tag reads, with the loop around it."""
        end = 0
        for found in _TOKEN.finditer(text):
            self._line += text.count("\n", end, found.start())
            end = found.start()
            tag, shown = found.groups()
            if shown is not None:
                self._shown(shown)
            else:
                self._tag(tag)

    def _tag(self, tag: str) -> None:
        word = tag.partition(" ")[0]
        loop = _FOR.match(tag) if word == "for" else None
        if loop is not None:
            self._enter(loop[1], loop[2])
        elif word == "endfor":
            self._leave()
        elif word == "include":
            self._include(tag)
        elif word in {"with", "set"}:
            self._assign(tag)
        elif word in {"if", "elif", "url", "ifchanged", "blocktrans", "blocktranslate"}:
            self._read(tag.partition(" ")[2])

    def _shown(self, written: str) -> None:
        """Turn what stands alone into text; arguments of functions are only read."""
        is_alone = _ALONE.fullmatch(written) is not None
        for term in self._terms(written):
            self._note(EventKind.FORMAT if is_alone else EventKind.READ, term)

    def _read(self, written: str) -> None:
        for term in self._terms(written):
            self._note(EventKind.READ, term)

    def _terms(self, written: str) -> Iterator[int]:
        """Yield the term of each path in an expression; filters and texts are left out."""
        bare = re.sub(r"\|\s*\w+", " ", _TEXT.sub(" ", written))
        for path in _PATH.findall(bare):
            if path.partition(".")[0] not in _WORDS:
                yield self._path(path)

    def _path(self, path: str) -> int:
        first, *rest = path.replace("()", "").split(".")
        term = self._names.get(first, 0)
        if not term:
            term = self._builder.add(Op.PARAM, 0, first)
            self._names[first] = term
            self._function.parameters.append(first)
            self._function.annotations.append(0)
        for name in rest:
            if name.isdigit():
                term = self._builder.add(Op.INDEX, term)
            else:
                term = self._builder.add(Op.AUTO, self._builder.add(Op.ATTR, term, name))
        return term

    def _enter(self, names: str, iterated: str) -> None:
        path = _PATH.match(iterated)
        term = self._path(path[0]) if path is not None else 0
        self._note(EventKind.ITERATE, term)
        loops = self._function.loops
        outer = self._loops[-1][0] if self._loops else 0
        loops.append(Loop(parent=outer, iterates=term, line=self._line))
        self._loops.append((len(loops), dict(self._names)))
        item = self._builder.add(Op.ITEM, term) if term else 0
        targets = [each.strip() for each in names.split(",")]
        for number, name in enumerate(targets):
            is_one = len(targets) == 1
            part = item if is_one else self._builder.add(Op.ELEM, item, str(number))
            self._names[name] = part

    def _leave(self) -> None:
        if self._loops:
            _, self._names = self._loops.pop()

    def _assign(self, tag: str) -> None:
        old = _AS.match(tag)
        pairs = [(old[2], old[1])] if old is not None else _ASSIGNED.findall(tag)
        for name, written in pairs:
            path = _PATH.match(written)
            if path is not None:
                self._names[name] = self._path(path[0])

    def _include(self, tag: str) -> None:
        found = _INCLUDE.match(tag)
        if found is None:
            return
        self._assign(tag.partition(" with ")[2])
        given = tuple(
            self._builder.add(Op.KEYWORD, term, name) for name, term in self._names.items()
        )
        called = self._builder.add(Op.NAME, name=module_name(found[1]))
        self._note(EventKind.CALL, self._builder.add(Op.CALL, called, args=given))

    def _note(self, kind: EventKind, term: int) -> None:
        events = self._function.events
        if term:
            events.kinds.append(kind)
            events.terms.append(term)
            events.lines.append(self._line)
            events.loops.append(self._loops[-1][0] if self._loops else 0)
            events.conditions.append(0)
