"""Walk lazily over relations of every sort, through Django."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

from library_django import Author, Book, fill

fill(20)
for book in Book.objects.all():
    # change: Book.objects.select_related("writer")
    book.writer.name  # finds: AEG1101
for author in Author.objects.all():
    # change: Author.objects.prefetch_related("books")
    list(author.books.all())  # finds: AEG1101
for author in Author.objects.all():
    # change: Author.objects.select_related("profile")
    author.profile.pk  # finds: AEG1101
for book in Book.objects.all():
    # change: Book.objects.prefetch_related("tags")
    [tag.pk for tag in book.tags.all()]  # finds: AEG1101
