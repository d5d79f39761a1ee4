"""The same walk after the advice was followed."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

from library_django import Author, Book, fill

fill(20)
for book in Book.objects.select_related("writer"):
    book.writer.name
for author in Author.objects.prefetch_related("books"):
    list(author.books.all())
for author in Author.objects.select_related("profile"):
    author.profile.pk
for book in Book.objects.prefetch_related("tags"):
    [tag.pk for tag in book.tags.all()]
