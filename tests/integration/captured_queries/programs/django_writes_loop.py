"""Write row by row through Django."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

from library_django import Author, Book, fill
from django.db import transaction

fill(20)
author = Author.objects.first()
with transaction.atomic():
    for number in range(20):
        # change: Book.objects.bulk_create(rows, batch_size=1000)
        Book.objects.create(writer=author, pages=number)  # finds: AEG1401
with transaction.atomic():
    for book in Book.objects.filter(writer=author):
        book.pages += 1
        # change: Book.objects.bulk_update(rows, ["…"], batch_size=1000)
        book.save()  # finds: AEG1402
for author in list(Author.objects.all()):
    with transaction.atomic():  # finds: AEG1406
        author.name = "y"
        author.save()
