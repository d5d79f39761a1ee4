"""AEG4101: A function opens a connection for its own use and closes it again."""

import ast
import re
from collections.abc import Iterator

from aegis_cli.codebase.context import Context
from aegis_cli.codebase.detector import SourceDetector
from aegis_cli.codebase.file_kinds import FileKind
from aegis_cli.codebase.scopes import CallSite, FunctionScope
from aegis_cli.codebase.visitors import Piece
from aegis_cli.model.facts.source_code import Sighting
from aegis_cli.model.finding import Finding
from aegis_cli.model.rule import Rule
from aegis_cli.model.severity import Confidence, Severity
from aegis_cli.model.text import Text

RULE = Rule(
    code="AEG4101",
    name="connection-per-call",
    section="4.1",
    title=Text(en="A new connection for every call", ko="호출마다 새로 만드는 커넥션"),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1.0",
)
_CONNECTS = frozenset(
    (
        "psycopg2.connect",
        "psycopg.connect",
        "psycopg.Connection.connect",
        "pymysql.connect",
        "MySQLdb.connect",
        "mysql.connector.connect",
        "asyncpg.connect",
        "pymongo.MongoClient",
    )
)
_CONNECTING = re.compile(
    r"(?:create|open|make|get|new)_(?:db_|database_)?conn(?:ection)?$|connect$"
)
_ENTRIES = frozenset(("main", "run", "cli", "handle", "upgrade", "downgrade", "setup", "init"))

_CHANGE = """\
engine = create_engine(url, pool_size=5)  # once, at module level
with engine.connect() as connection: ...
# Django: DATABASES["default"]["CONN_MAX_AGE"] = 60"""


class ConnectionPerCall(SourceDetector):
    """See functions that connect, use and close."""

    rule = RULE
    pieces = (FunctionScope,)
    kinds = frozenset((FileKind.PRODUCT,))

    @staticmethod
    def look(piece: Piece, context: Context) -> Iterator[Sighting]:
        """Yield a connection that is opened and closed in one function."""
        if not isinstance(piece, FunctionScope) or _is_entry(piece):
            return
        closed = _closed(piece)
        for site in piece.calls:
            name = site.name.rpartition(".")[2] or context.text(site.node.func)
            is_known = site.name in _CONNECTS
            if (is_known or _CONNECTING.match(name)) and closed & _targets(site):
                yield context.sighting(
                    RULE.code, site.node, subject=site.name or name, is_hint=not is_known
                )

    def report(self, sighting: Sighting) -> Iterator[Finding]:
        """Report every such connection."""
        yield self.found(
            sighting,
            message=Text(
                en=f"{sighting.subject}() opens a connection for one call and closes it again: "
                "each call pays for the handshake, and the server starts a process for it",
                ko=f"{sighting.subject}()로 호출 한 번을 위해 커넥션을 열고 닫습니다. 호출마다 "
                "연결 과정을 거치고 서버는 프로세스를 새로 시작합니다",
            ),
            summary=Text(
                en="Take a connection from a pool that lives as long as the process.",
                ko="프로세스와 함께 사는 풀에서 커넥션을 꺼내 쓰세요.",
            ),
            change=_CHANGE,
            confidence=Confidence.MEDIUM,
        )


def _is_entry(scope: FunctionScope) -> bool:
    """Tell whether a function is there to open connections, or runs once."""
    name = scope.symbol.rpartition(".")[2].strip("_")
    return name in _ENTRIES or _CONNECTING.match(name) is not None


def _targets(site: CallSite) -> frozenset[str]:
    """Return the names that hold what a call gives."""
    statement = site.statement
    if isinstance(statement, ast.Assign) and statement.value is site.node:
        return frozenset(each.id for each in statement.targets if isinstance(each, ast.Name))
    return frozenset()


def _closed(scope: FunctionScope) -> frozenset[str]:
    return frozenset(
        site.node.func.value.id
        for site in scope.calls
        if isinstance(site.node.func, ast.Attribute)
        and site.node.func.attr == "close"
        and isinstance(site.node.func.value, ast.Name)
    )
