"""Walk lazily from authors to books and back, through SQLAlchemy."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


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


def titles():
    """Load the books of each author when they are asked for."""
    with Session(engine) as session:
        return [
            len(author.books)  # finds: AEG1101
            for author in session.scalars(select(Author).where(Author.id > 0))
        ]


def writers():
    """Load the author of each book when it is asked for."""
    found = []
    with Session(engine) as session:
        for book in session.scalars(select(Book)).all():
            found.append(book.writer.id)  # finds: AEG1101
    return found


titles()
writers()
