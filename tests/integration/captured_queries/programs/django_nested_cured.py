"""The same walk after the advice was followed."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

from library_django import Author, fill

fill(12)
for author in Author.objects.prefetch_related("books__tags"):
    for book in author.books.all():
        [tag.pk for tag in book.tags.all()]
