"""Walk lazily from authors to books and back, through SQLAlchemy."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

import os

from library_sqlalchemy import Author, Base, Book, people
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

engine = create_engine(os.environ.get("PROGRAM_URL", "sqlite://"))
Base.metadata.drop_all(engine)
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all(people(25))
    session.commit()


def titles():
    """Load the books of each author when they are asked for."""
    with Session(engine) as session:
        return [
            # change: select(Author).options(selectinload(Author.books))
            len(author.books)  # finds: AEG1101
            for author in session.scalars(select(Author).where(Author.id > 0))
        ]


def writers():
    """Load the author of each book when it is asked for."""
    found = []
    with Session(engine) as session:
        for book in session.scalars(select(Book)).all():
            # change: select(Book).options(joinedload(Book.writer))
            found.append(book.writer.name)  # finds: AEG1101
    return found


titles()
writers()
