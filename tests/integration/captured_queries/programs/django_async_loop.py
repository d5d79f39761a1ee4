"""Walk lazily over relations in coroutines, for which Django asks in a thread."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

import asyncio

from asgiref.sync import sync_to_async
from library_django import Author, Book, fill


async def books():
    """Ask for the books of each author."""
    found = 0
    async for author in Author.objects.all():
        # change: Author.objects.prefetch_related("books")
        async for book in author.books.all():  # finds: AEG1101
            found += book.pages
    return found


async def writers():
    """Ask for the author of each book by key."""
    found = []
    async for book in Book.objects.all():
        # change: SELECT * FROM library_author WHERE id = ANY($1);
        writer = await Author.objects.aget(pk=book.writer_id)  # finds: AEG1101
        found.append(writer.name)
    return len(found)


def profiles():
    """Load the profile of each author when it is asked for."""
    return [
        # change: Author.objects.select_related("profile")
        author.profile.pk  # finds: AEG1101
        for author in Author.objects.all()
    ]


async def main():
    """Fill the database and walk over it."""
    await sync_to_async(fill)(20)
    print(await books())
    print(await writers())
    print(len(await sync_to_async(profiles)()))


asyncio.run(main())
