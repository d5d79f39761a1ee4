"""Count what a statement touches anywhere: tables, and what makes its result change by itself."""

from dataclasses import dataclass, field
from typing import TypeAlias

from aegis_cli.sqltext.scope import table_name
from aegis_cli.sqltext.tree import Json, Node, names, node, nodes, text, unwrap

_WRITERS = frozenset(("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"))
_SKIPPED = frozenset(("withClause", "lockingClause", "String", "A_Const", "alias"))
"""WITH is read on its own; FOR UPDATE OF names aliases as if they were tables; the rest is leaf."""
_VOLATILE = frozenset(
    (
        *("now", "random", "random_normal", "nextval", "currval", "lastval", "setval"),
        *("clock_timestamp", "statement_timestamp", "transaction_timestamp", "timeofday", "age"),
        *("gen_random_uuid", "uuidv4", "uuidv7", "current_setting", "set_config", "version"),
        *("inet_client_addr", "inet_client_port", "lo_creat", "lo_create", "lo_unlink"),
        *("get_current_ts_config", "dblink", "dblink_exec", "gen_random_bytes", "gen_salt"),
    )
)
_VOLATILE_PREFIXES = ("pg_", "txid_", "uuid_generate_")
_STABLE = frozenset(("pg_typeof", "pg_size_pretty", "pg_size_bytes", "pg_column_size"))
_Visit: TypeAlias = tuple[str, Json, frozenset[str]]
"""A field's name, its value, and the names that WITH gives to queries there."""
_MOMENTS = frozenset(("now", "today", "tomorrow", "yesterday"))


@dataclass(slots=True, kw_only=True)
class Census:
    """What was found in a statement."""

    read: dict[str, int] = field(default_factory=dict)
    """Tables with the position of their first mention."""
    written: dict[str, None] = field(default_factory=dict)
    is_volatile: bool = False
    is_locking: bool = False

    @property
    def tables_read(self) -> tuple[str, ...]:
        """Return the tables read, in the order of the text."""
        return tuple(sorted(self.read, key=self.read.__getitem__))

    @property
    def touches_catalog_only(self) -> bool:
        """Tell whether every table belongs to the server itself."""
        tables = (*self.read, *self.written)
        return bool(tables) and all(map(is_catalog, tables))


def census_of(statement: Node) -> Census:
    """Return what a statement touches, including its subqueries and its WITH."""
    census = Census()
    stack: list[_Visit] = [("", statement, frozenset())]
    while stack:
        key, value, common_tables = stack.pop()
        if isinstance(value, list):
            stack += [(key, each, common_tables) for each in value if isinstance(each, dict)]
        elif isinstance(value, dict):
            _note(census, key, value, common_tables)
            stack += _below(value, common_tables)
    return census


def _below(body: Node, common_tables: frozenset[str]) -> list[_Visit]:
    """Return the fields of a node with the names that WITH makes visible to each."""
    visits: list[_Visit] = []
    if "withClause" in body:
        visits, common_tables = _with_clause(node(body, "withClause"), common_tables)
    visits += [
        (key, value, common_tables)
        for key, value in body.items()
        if isinstance(value, (dict, list)) and key not in _SKIPPED
    ]
    return visits


def _with_clause(
    clause: Node, common_tables: frozenset[str]
) -> tuple[list[_Visit], frozenset[str]]:
    """Return the queries of a WITH and the names that the statement below it can use."""
    entries = [unwrap(each)[1] for each in nodes(clause, "ctes")]
    every = common_tables | {text(entry, "ctename") for entry in entries}
    visits: list[_Visit] = []
    for entry in entries:
        visible = every if clause.get("recursive") else common_tables
        visits.append(("ctequery", entry.get("ctequery"), visible))
        common_tables |= {text(entry, "ctename")}
    return visits, every


def _note(census: Census, key: str, body: Node, common_tables: frozenset[str]) -> None:
    if "lockingClause" in body:
        census.is_locking = True
    if key == "RangeVar":
        _note_read(census, body, common_tables)
    elif key in _WRITERS:
        census.written[table_name(node(body, "relation"))] = None
    elif key in ("intoClause", "into"):
        census.written[table_name(node(body, "rel"))] = None
    elif key == "CopyStmt" and "relation" in body:
        _note_copy(census, body)
    elif not census.is_volatile:
        census.is_volatile = is_volatile_node(key, body)


def _note_read(census: Census, body: Node, common_tables: frozenset[str]) -> None:
    if text(body, "relname") in common_tables and not text(body, "schemaname"):
        return
    name, location = table_name(body), body.get("location", 0)
    if isinstance(location, int):
        census.read[name] = min(location, census.read.get(name, location))


def _note_copy(census: Census, body: Node) -> None:
    if body.get("is_from"):
        census.written[table_name(node(body, "relation"))] = None
    else:
        _note_read(census, node(body, "relation"), frozenset())


def is_volatile_node(key: str, body: Node) -> bool:
    """Tell whether one node of a tree makes the result change by itself."""
    match key:
        case "SQLValueFunction":
            return True
        case "FuncCall":
            return is_volatile_function((names(body, "funcname") or ("",))[-1])
        case "TypeCast":
            constant = unwrap(body.get("arg"))[1]
            return text(node(constant, "sval"), "sval").strip().lower() in _MOMENTS
        case "RangeTableSample":
            return "repeatable" not in body
        case _:
            return False


def is_volatile_function(name: str) -> bool:
    """Tell whether a function may return something else the next time."""
    return name in _VOLATILE or (name.startswith(_VOLATILE_PREFIXES) and name not in _STABLE)


def is_catalog(table: str) -> bool:
    """Tell whether a table belongs to the server itself."""
    schema, _, name = table.rpartition(".")
    return schema in ("pg_catalog", "information_schema") or (not schema and name.startswith("pg_"))
