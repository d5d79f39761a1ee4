"""Load relationships ahead with SQLAlchemy, of which some are read."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

import sys

from library_sqlalchemy import Author, Base, Book, people
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session, joinedload, selectinload

engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all(people(10))
    session.commit()
do_read = "read" in sys.argv
found = 0
for _ in range(4):
    with Session(engine) as session:
        for author in session.scalars(select(Author).options(selectinload(Author.books))):
            found += len(author.books) if do_read else 1
    with Session(engine) as session:
        for book in session.scalars(select(Book).options(joinedload(Book.writer))).unique():
            found += len(book.writer.name) if do_read else 1
print(found, type(Author.books).__name__, type(Author.books).__module__, str(Author.books))
