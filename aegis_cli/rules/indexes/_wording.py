"""Places, ages and changes as all rules about indexes tell them."""

from aegis_cli.indexing.spelling_other import quote_backtick, quote_double
from aegis_cli.model.facts.index_advice import Dialect, TableHealth
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.model.location import CodeLocation, Location, ObjectLocation
from aegis_cli.model.quantity import Basis
from aegis_cli.model.text import Text
from aegis_cli.sqltext.identifiers import qualified

SECONDS_PER_DAY = 86_400
BYTES_PER_MB = 1_000_000


def places(
    model: CodeLocation | None, server: str, kind: str, table: TableName, index: str = ""
) -> tuple[Location, ...]:
    """Return where to look: the application's model first where it is known."""
    name = f"{table.schema}.{index}" if index else str(table)
    target = ObjectLocation(server=server, kind=kind, name=name)
    return (target,) if model is None else (model, target)


def lines(*parts: str) -> str:
    """Return the parts that say something, one below the other."""
    return "\n".join(each for each in parts if each)


def since(age_s: float | None) -> Text:
    """Say how long the counters have been counting."""
    if age_s is None:
        return Text(en="since an unknown time", ko="알 수 없는 시점부터")
    days = age_s / SECONDS_PER_DAY
    if days >= 1:
        return Text(en=f"in {days:,.0f} days", ko=f"{days:,.0f}일 동안")
    hours = age_s / 3600
    return Text(en=f"in {hours:.1f} hours", ko=f"{hours:.1f}시간 동안")


def whose_counters(*, is_standby: bool, replicas: int | None) -> Text:
    """Say which server's use of an index the counters do not tell; empty if there is none."""
    if is_standby:
        return Text(
            en="; counted on a standby, the primary and other standbys count for themselves",
            ko="; 스탠바이에서 센 값이며, 프라이머리와 다른 스탠바이는 따로 집계합니다",
        )
    if replicas:
        return Text(
            en=f"; {replicas} standby servers count for themselves, look there, too",
            ko=f"; 스탠바이 {replicas}대는 따로 집계하므로 그쪽도 확인해야 합니다",
        )
    if replicas is None:
        return Text(
            en="; whether there are standby servers is hidden from this role",
            ko="; 스탠바이가 있는지는 이 역할로 볼 수 없습니다",
        )
    return Text.same("")


def analyze(health: TableHealth) -> str:
    """Return the statement that gathers the statistics of a table anew."""
    from_name = table_sql(health.table.name, health.dialect)
    if health.dialect is Dialect.MYSQL:
        return f"ANALYZE TABLE {from_name};"
    return f"ANALYZE {from_name};"


def size_basis(dialect: Dialect) -> Basis:
    """Return how sizes of tables and indexes are known: SQLite keeps none, they are estimated."""
    return Basis.HEURISTIC if dialect is Dialect.SQLITE else Basis.MEASURED


def table_sql(table: TableName, dialect: Dialect) -> str:
    """Return a table's name as SQL."""
    match dialect:
        case Dialect.POSTGRESQL:
            return qualified(table.schema, table.name)
        case Dialect.MYSQL:
            return quote_backtick(table.name)
        case Dialect.SQLITE:
            return quote_double(table.name)
