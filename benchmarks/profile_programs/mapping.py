"""Map objects with SQLAlchemy on SQLite: inserts, lazy loads in a loop, eager loads, updates."""

import sys

from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    relationship,
    selectinload,
)


class Base(DeclarativeBase):
    """The base of all mapped classes."""


class Author(Base):
    """Somebody who wrote books."""

    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books: Mapped[list["Book"]] = relationship(back_populates="author")


class Book(Base):
    """A book with one author."""

    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"), index=True)
    author: Mapped[Author] = relationship(back_populates="books")


def fill(session: Session, authors: int) -> None:
    """Insert authors with four books each."""
    for number in range(authors):
        author = Author(name=f"author {number}")
        author.books = [Book(title=f"book {number}.{each}") for each in range(4)]
        session.add(author)
    session.commit()


def read_lazily(session: Session) -> int:
    """Ask for each author's books by itself."""
    return sum(len(author.books) for author in session.scalars(select(Author)))


def read_eagerly(session: Session) -> int:
    """Ask for all books at once."""
    wanted = select(Author).options(selectinload(Author.books))
    return sum(len(author.books) for author in session.scalars(wanted))


def main(scale: int) -> None:
    """Run everything on a database in memory."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    total = 0
    with Session(engine) as session:
        fill(session, scale * 100)
    for reading in (read_lazily, read_eagerly, read_lazily):
        with Session(engine) as session:
            total += reading(session)
    with Session(engine) as session:
        for book in session.scalars(select(Book).where(Book.id % 5 == 0)):
            book.title = book.title.upper()
        session.commit()
    print(total)


if __name__ == "__main__":
    main(int(sys.argv[1]))
