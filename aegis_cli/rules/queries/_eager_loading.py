"""The change that loads a known relationship together with its owners."""

from typing import assert_never

from aegis_cli.model.facts.executions import Mapper, Relationship
from aegis_cli.model.text import Text
from aegis_cli.rules.queries._snippet import lines


def eager_summary(relationship: Relationship) -> Text:
    """Return the change in one sentence, with the option that makes it."""
    option = eager_option(relationship)
    return Text(
        en=f"Load {relationship} ahead, together with the rows of {relationship.owner}: {option}.",
        ko=f"{relationship.owner} 조회 시 {relationship} 관계를 미리 함께 가져옵니다: {option}",
    )


def eager_option(relationship: Relationship) -> str:
    """Return the call that loads a relationship ahead."""
    match relationship.mapper:
        case Mapper.SQLALCHEMY:
            option = "selectinload" if relationship.to_many else "joinedload"
            return f"{option}({relationship})"
        case Mapper.DJANGO:
            method = "prefetch_related" if relationship.to_many else "select_related"
            return f'{method}("{relationship.name}")'
        case _:
            assert_never(relationship.mapper)


def eager_change(relationship: Relationship) -> str:
    """Return the change as code, with the caution that belongs to it."""
    return lines(*_statement(relationship), "", *_caution(relationship))


def _statement(relationship: Relationship) -> tuple[str, ...]:
    owner, option = relationship.owner, eager_option(relationship)
    match relationship.mapper:
        case Mapper.SQLALCHEMY:
            name = option.partition("(")[0]
            return (
                "# SQLAlchemy",
                f"from sqlalchemy.orm import {name}",
                "",
                f"select({owner}).options({option})",
            )
        case Mapper.DJANGO:
            return ("# Django", f"{owner}.objects.{option}")
        case _:
            assert_never(relationship.mapper)


def _caution(relationship: Relationship) -> tuple[str, str]:
    if relationship.to_many:
        return (
            "# Caution: every row that is loaded ahead is held in memory;",
            "# page the parent rows and load only what is used.",
        )
    return (
        f"# Caution: a join repeats the columns of {relationship} in every row;",
        "# join only the relations that are used.",
    )
