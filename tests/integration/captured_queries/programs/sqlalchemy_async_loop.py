"""Walk lazily from authors to books and back, through SQLAlchemy's asynchronous sessions."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

import asyncio
import os

from library_sqlalchemy import Author, Base, Book, people
from sqlalchemy import select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine


async def titles(session):
    """Load the books of each author when they are asked for."""
    found = 0
    for author in (await session.scalars(select(Author).where(Author.id > 0))).all():
        # change: select(Author).options(selectinload(Author.books))
        found += len(await author.awaitable_attrs.books)  # finds: AEG1101
    return found


def writers(session):
    """Load the author of each book when it is asked for, in code that knows nothing of waiting."""
    found = []
    for book in session.scalars(select(Book)).all():
        # change: select(Book).options(joinedload(Book.writer))
        found.append(book.writer.name)  # finds: AEG1101
    return len(found)


async def pages(session):
    """Ask for the books of each author."""
    found = 0
    for author in (await session.scalars(select(Author).order_by(Author.name))).all():
        query = select(Book.pages).where(Book.author_id == author.id)
        # change: SELECT * FROM book WHERE author_id = ANY($1);
        found += sum((await session.execute(query)).scalars())  # finds: AEG1101
    return found


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
