"""The same walk after the advice was followed."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

import os

from library_sqlalchemy import Author, Base, Book, people
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session, joinedload, selectinload

engine = create_engine(os.environ.get("PROGRAM_URL", "sqlite://"))
Base.metadata.drop_all(engine)
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all(people(25))
    session.commit()
with Session(engine) as session:
    for author in session.scalars(select(Author).options(selectinload(Author.books))):
        len(author.books)
with Session(engine) as session:
    for book in session.scalars(select(Book).options(joinedload(Book.writer))).all():
        book.writer.name
