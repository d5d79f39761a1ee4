"""Write row by row through SQLAlchemy."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

from library_sqlalchemy import Author, Base, Book, people
from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session

engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all(people(2))
    session.commit()
with Session(engine) as session:
    for number in range(20):
        session.add(Book(id=100 + number, author_id=1))
        # change: session.execute(insert(Book), list_of_dicts)
        session.flush()  # finds: AEG1401
    session.commit()
with Session(engine) as session:
    for number in range(20):
        session.execute(insert(Author), {"id": 100 + number, "name": "y"})  # finds: AEG1401
    session.commit()
with Session(engine) as session:
    for book in session.query(Book).filter(Book.id >= 100).all():
        book.pages += 1
        # change: session.execute(update(Book), list_of_dicts_with_primary_key)
        session.flush()  # finds: AEG1402
    session.commit()
with Session(engine, expire_on_commit=False) as session:
    for book in session.query(Book).filter(Book.id >= 100).all():
        book.pages = 7
        session.commit()  # finds: AEG1406
