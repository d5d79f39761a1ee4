"""Authors and their books as SQLAlchemy maps them; programs beside this one walk over them."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

from sqlalchemy import ForeignKey
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(AsyncAttrs, DeclarativeBase):
    """What all classes share."""


class Author(Base):
    """A person who writes."""

    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="x")
    books: Mapped[list["Book"]] = relationship(back_populates="writer")


class Book(Base):
    """What is written."""

    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    pages: Mapped[int] = mapped_column(default=1)
    writer: Mapped[Author] = relationship(back_populates="books")


def people(count):
    """Return so many authors with two books each, all with keys: no row is asked back."""
    return [
        Author(id=each, books=[Book(id=2 * each), Book(id=2 * each + 1)])
        for each in range(1, count + 1)
    ]
