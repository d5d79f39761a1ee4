"""The same walk after the advice was followed."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

import asyncio
import os

from library_sqlalchemy import Author, Base, Book, people
from sqlalchemy import select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import joinedload, selectinload


async def titles(session):
    """Load the books of all authors with them."""
    found = 0
    query = select(Author).options(selectinload(Author.books)).where(Author.id > 0)
    for author in (await session.scalars(query)).all():
        found += len(await author.awaitable_attrs.books)
    return found


def writers(session):
    """Load the authors of all books with them."""
    found = []
    for book in session.scalars(select(Book).options(joinedload(Book.writer))).all():
        found.append(book.writer.name)
    return len(found)


async def pages(session):
    """Ask for the books of all authors at once."""
    authors = (await session.scalars(select(Author).order_by(Author.name))).all()
    query = select(Book.pages).where(Book.author_id.in_([each.id for each in authors]))
    return sum((await session.execute(query)).scalars())


async def main():
    """Fill the database and walk over it, each time with a session of its own."""
    engine = create_async_engine(os.environ["PROGRAM_URL"])
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    sessions = async_sessionmaker(engine)
    async with sessions() as session:
        session.add_all(people(25))
        await session.commit()
    async with sessions() as session:
        print(await titles(session))
    async with sessions() as session:
        print(await session.run_sync(writers))
    async with sessions() as session:
        print(await pages(session))
    await engine.dispose()


asyncio.run(main())
