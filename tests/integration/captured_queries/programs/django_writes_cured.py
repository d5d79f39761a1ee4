"""The same writes after the advice was followed."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

from library_django import Author, Book, fill
from django.db import transaction

fill(20)
author = Author.objects.first()
with transaction.atomic():
    Book.objects.bulk_create(
        [Book(writer=author, pages=number) for number in range(20)], batch_size=1000
    )
with transaction.atomic():
    books = list(Book.objects.filter(writer=author))
    for book in books:
        book.pages += 1
    Book.objects.bulk_update(books, ["pages"], batch_size=1000)
with transaction.atomic():
    authors = list(Author.objects.all())
    for author in authors:
        author.name = "y"
    Author.objects.bulk_update(authors, ["name"], batch_size=1000)
