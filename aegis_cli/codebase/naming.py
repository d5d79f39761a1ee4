"""Dotted names of expressions, with imports, aliases and instances followed."""

import ast

from aegis_cli.codebase.terms import Op, TermBuilder

_DEPTH = 12
"""Aliases of aliases are followed this far."""


class Names:
    """Answers what an expression of one module is called."""

    def __init__(self, module: str, builder: TermBuilder) -> None:
        """Start without any name."""
        self.module = module
        self.of_nodes: dict[ast.expr, int] = {}
        """The term of each expression that was walked."""
        self.globals: dict[str, int] = {}
        """The term of each name at module level."""
        self.own_attributes: dict[str, dict[str, int]] = {}
        """What methods of a class assign to `self.name`, by the class's symbol."""
        self.parameters: dict[tuple[int, str], int] = {}
        """The annotation of a parameter, by function number and name."""
        self.receivers: dict[tuple[int, str], str] = {}
        """The symbol of the class that a `self` belongs to, by function number and name."""
        self._table = builder.table
        self._prefix = f"{module}."

    def of_node(self, node: ast.expr) -> str:
        """Return the dotted name of an expression that was walked, or nothing."""
        term = self.of_nodes.get(node, 0)
        return self.of_term(term) if term else ""

    def of_term(self, term: int, depth: int = _DEPTH) -> str:
        """Return the dotted name of a term, or nothing."""
        if depth == 0:
            return ""
        table = self._table
        op = table.ops[term]
        if op == Op.NAME:
            return self._of_name(table.names[term], depth)
        if op == Op.ATTR:
            return self._of_attribute(term, depth)
        if op == Op.CALL:
            return self.of_term(table.bases[term], depth - 1)
        if op == Op.PARAM:
            return self._of_parameter(term, depth)
        return ""

    def _of_name(self, name: str, depth: int) -> str:
        """Follow a variable of this module to what it was made of."""
        if name.startswith(self._prefix):
            assigned = self.globals.get(name[len(self._prefix) :], 0)
            if assigned and self._table.names[assigned] != name:
                return self.of_term(assigned, depth - 1) or name
        return name

    def _of_attribute(self, term: int, depth: int) -> str:
        table = self._table
        base, name = table.bases[term], table.names[term]
        if table.ops[base] == Op.PARAM:
            receiver = self.receivers.get((table.bases[base], table.names[base]))
            if receiver is not None:
                made = self.own_attributes.get(receiver, {}).get(name, 0)
                known = self.of_term(made, depth - 1) if made else ""
                return known or f"{self.module}.{receiver}.{name}"
        owner = self.of_term(base, depth - 1)
        return f"{owner}.{name}" if owner else ""

    def _of_parameter(self, term: int, depth: int) -> str:
        table = self._table
        key = (table.bases[term], table.names[term])
        annotation = self.parameters.get(key, 0)
        if annotation:
            return self.of_term(annotation, depth - 1)
        receiver = self.receivers.get(key)
        return f"{self.module}.{receiver}" if receiver else ""
