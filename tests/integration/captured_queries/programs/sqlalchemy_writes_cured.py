"""The same writes after the advice was followed."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

from library_sqlalchemy import Author, Base, Book, people
from sqlalchemy import create_engine, insert, update
from sqlalchemy.orm import Session

engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all(people(2))
    session.commit()
with Session(engine) as session:
    session.execute(insert(Book), [{"id": 100 + each, "author_id": 1} for each in range(20)])
    session.commit()
with Session(engine) as session:
    session.execute(insert(Author), [{"id": 100 + each, "name": "y"} for each in range(20)])
    session.commit()
with Session(engine) as session:
    session.execute(update(Book), [{"id": 100 + each, "pages": each} for each in range(20)])
    session.commit()
with Session(engine, expire_on_commit=False) as session:
    for book in session.query(Book).filter(Book.id >= 100).all():
        book.pages = 7
    session.commit()
