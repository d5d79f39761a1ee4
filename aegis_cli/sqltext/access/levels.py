"""Hold what one query, at some depth of a statement, says while its conditions are read."""

from dataclasses import dataclass, field

from aegis_cli.model.facts.accesses import Condition, ParameterUse
from aegis_cli.sqltext.access.drafts import AccessDraft, Place, StatementDraft
from aegis_cli.sqltext.access.scopes import Outputs, Scope


@dataclass(slots=True, kw_only=True, eq=False)
class Level:
    """A query's names, subqueries, and the columns that must be equal in it."""

    scope: Scope
    draft: StatementDraft
    is_filter: bool = False
    """Whether the query around it keeps a row only if this one finds some (or none), as EXISTS
    does: then an equality with an outer column can be followed from either side."""
    subqueries: dict[int, Outputs] = field(default_factory=dict)
    """What the subqueries in expressions return, by the identity of their node."""
    equalities: list[tuple[Place, Place]] = field(default_factory=list)
    constants: list[tuple[Place, Condition]] = field(default_factory=list)
    """Columns that must equal a value."""

    def use(self, place: Place, number: int, operator: str, *, is_list: bool = False) -> None:
        """Note what a parameter is compared with."""
        if place.access is None or place.expression is not None:
            return
        use = ParameterUse(
            number=number,
            table=place.access.table,
            column=place.column,
            operator=operator,
            is_list=is_list,
        )
        self.draft.parameters[use] = None

    def use_bound(self, number: int, operator: str) -> None:
        """Note a parameter of LIMIT or OFFSET, which belongs to no column."""
        use = ParameterUse(number=number, table="", column="", operator=operator)
        self.draft.parameters[use] = None

    def outer_accesses(self) -> frozenset[AccessDraft]:
        """Return the tables of the queries around this one."""
        outer = self.scope.outer
        scopes = outer.chain() if outer is not None else ()
        return frozenset(
            each.access for scope in scopes for each in scope.relations if each.access is not None
        )
