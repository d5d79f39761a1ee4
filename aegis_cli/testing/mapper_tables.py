"""Turn the tables of a TOML case about an object mapper into facts."""

from aegis_cli.model.facts.captured_queries import EagerLoad
from aegis_cli.model.facts.executions import Attribution, LoadAhead, Mapper, Relationship
from aegis_cli.model.location import CodeLocation
from aegis_cli.testing.table import Table

_US_PER_MS = 1000


def eager_load(table: Table) -> EagerLoad:
    """Build a relationship that was loaded ahead; without a time it came by a join."""
    relationship = Relationship(
        mapper=Mapper(table.optional_text("mapper") or "sqlalchemy"),
        owner=table.optional_text("owner") or "Author",
        name=table.optional_text("attribute") or "books",
        to_many=table.flag("to_many", default=True),
    )
    code = CodeLocation(path=table.optional_text("code_path") or "app.py", line=1)
    return EagerLoad(
        ahead=LoadAhead(
            relationship=relationship, way=table.optional_text("way") or "selectinload"
        ),
        attributions=(Attribution(code=code),),
        loads=table.whole("loads", 1),
        total_us=round(table.number("total_ms", 0.0) * _US_PER_MS),
        share=table.number("share", 0.0),
        is_read=table.flag("is_read", default=False),
    )
