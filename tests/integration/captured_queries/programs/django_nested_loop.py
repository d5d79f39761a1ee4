"""Walk from authors to books and on to their tags, in a loop over a loop."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

from library_django import Author, fill

fill(12)
for author in Author.objects.all():
    # change: Author.objects.prefetch_related("books__tags")
    for book in author.books.all():  # finds: AEG1102
        [tag.pk for tag in book.tags.all()]
