"""Walk lazily over relations of every sort, through Django."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

import django
from django.conf import settings
from django.db import connection, models

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()


class Author(models.Model):
    """A person who writes."""

    class Meta:
        """Belongs to no application."""

        app_label = "library"


class Profile(models.Model):
    """What is said of a person."""

    author = models.OneToOneField(Author, on_delete=models.CASCADE, related_name="profile")

    class Meta:
        """Belongs to no application."""

        app_label = "library"


class Book(models.Model):
    """What is written."""

    writer = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")

    class Meta:
        """Belongs to no application."""

        app_label = "library"


with connection.schema_editor() as editor:
    for model in (Author, Profile, Book):
        editor.create_model(model)
Author.objects.bulk_create([Author() for _ in range(20)])
authors = list(Author.objects.all())
Profile.objects.bulk_create([Profile(author=each) for each in authors])
Book.objects.bulk_create([Book(writer=each) for each in authors for _ in range(2)])
for book in Book.objects.all():
    book.writer.pk + book.writer.id  # finds: AEG1101
for author in Author.objects.all():
    list(author.books.all())  # finds: AEG1101
for author in Author.objects.all():
    author.profile.pk  # finds: AEG1101
