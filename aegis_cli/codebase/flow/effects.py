"""What evaluating a function does besides giving a value: queries, writes, relations read."""

from dataclasses import dataclass, field

from aegis_cli.model.facts.source_code import Place, RowCost


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Something that is paid each time a place is passed."""

    cost: RowCost
    mapper: str
    model: str
    """The class of the row or of the rows asked for."""
    relation: str
    """The relation or the method."""
    path: str
    """The relations from the rows that were asked for to this one."""
    call: str
    """How it is written, as far as it is known."""
    places: tuple[Place, ...]
    """From the place itself outwards, over the calls that lead to it."""
    feed: Place | None = None
    feed_model: str = ""
    is_certain: bool = True
    is_conditional: bool = False
    """Happens only on some of the ways through the function."""
    parameter: str = ""
    """The parameter whose row it is; empty where it does not depend on the caller's rows."""
    accessor: str = ""
    """The property or `__str__` that reads the relation, if one does."""
    born: Place | None = None
    """Where the queryset that is gone over was made: there, a second time costs nothing."""
    is_used: bool = False
    """What a write gives is used afterwards."""
    cautions: tuple[str, ...] = ()
    """What a write in bulk would leave out: `save`, `signals`."""


@dataclass(slots=True, kw_only=True)
class Summary:
    """What a function does when it is called with certain values."""

    effects: list[Effect] = field(default_factory=list)
    """What is paid once per call."""
    sources: dict[str, tuple[Place | None, str]] = field(default_factory=dict)
    """Where the rows of each parameter came from when the function was evaluated: the place, and
    the path from there; another caller's rows come from somewhere else."""
