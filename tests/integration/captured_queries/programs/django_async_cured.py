"""The same walk in coroutines after the advice was followed."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

import asyncio

from asgiref.sync import sync_to_async
from library_django import Author, Book, fill


async def books():
    """Load the books of all authors with them."""
    found = 0
    async for author in Author.objects.prefetch_related("books"):
        for book in author.books.all():
            found += book.pages
    return found


async def writers():
    """Load the authors of all books with them."""
    return len([book.writer.name async for book in Book.objects.select_related("writer")])


def profiles():
    """Load the profiles of all authors with them."""
    return [author.profile.pk for author in Author.objects.select_related("profile")]


async def main():
    """Fill the database and walk over it."""
    await sync_to_async(fill)(20)
    print(await books())
    print(await writers())
    print(len(await sync_to_async(profiles)()))


asyncio.run(main())
