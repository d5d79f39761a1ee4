"""Walk lazily over relations of every sort, through Django."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

from library_django import Author, Book, fill

fill(20)
for book in Book.objects.all():
    book.writer.name  # finds: AEG1101 Book.objects.select_related("writer")
for author in Author.objects.all():
    list(author.books.all())  # finds: AEG1101 Author.objects.prefetch_related("books")
for author in Author.objects.all():
    author.profile.pk  # finds: AEG1101 Author.objects.select_related("profile")
for book in Book.objects.all():
    [tag.pk for tag in book.tags.all()]  # finds: AEG1101 Book.objects.prefetch_related("tags")
