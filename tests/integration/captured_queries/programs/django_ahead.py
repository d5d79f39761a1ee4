"""Load relationships ahead with Django, of which some are read."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

import sys

from library_django import Author, Book, fill

fill(10)
do_read = "read" in sys.argv
found = 0
for _ in range(4):
    for author in Author.objects.prefetch_related("books__tags").select_related("profile"):
        found += author.profile.pk if do_read else 1
        found += sum(book.tags.count() for book in author.books.all()) if do_read else 1
    for book in Book.objects.select_related("writer"):
        found += len(book.writer.name) if do_read else 1
book.save()
print(found, type(vars(Book)["writer"]).__qualname__, type(vars(Author)["books"]).__module__)
