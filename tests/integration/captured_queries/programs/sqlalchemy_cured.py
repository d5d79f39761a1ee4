"""The same walk after the advice was followed."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)


class Base(DeclarativeBase):
    """What all classes share."""


class Author(Base):
    """A person who writes."""

    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    books: Mapped[list["Book"]] = relationship(back_populates="writer")


class Book(Base):
    """What is written."""

    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    writer: Mapped[Author] = relationship(back_populates="books")


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all(Author(id=each + 1, books=[Book(), Book()]) for each in range(25))
    session.commit()
with Session(engine) as session:
    for author in session.scalars(select(Author).options(selectinload(Author.books))):
        len(author.books)
with Session(engine) as session:
    for book in session.scalars(select(Book).options(joinedload(Book.writer))).all():
        book.writer.id
