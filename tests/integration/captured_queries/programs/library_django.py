"""Django, set up for the library, and a function that fills it."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

import os
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.db import connection


def _database():
    """Return PostgreSQL where the environment names one, else SQLite in memory."""
    url = os.environ.get("PROGRAM_DSN")
    if url is None:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username,
        "PASSWORD": parts.password,
        "HOST": parts.hostname,
        "PORT": parts.port,
    }


settings.configure(
    DATABASES={"default": _database()},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["library"],
)
django.setup()

from library.models import Author, Book, Profile, Tag


def fill(count):
    """Make the tables, and so many authors with a profile and two books each."""
    tables = Author, Tag, Profile, Book
    with connection.schema_editor() as editor:
        if Author._meta.db_table in connection.introspection.table_names():
            for model in reversed(tables):
                editor.delete_model(model)
        for model in tables:
            editor.create_model(model)
    Author.objects.bulk_create([Author() for _ in range(count)])
    authors = list(Author.objects.all())
    Profile.objects.bulk_create([Profile(author=each) for each in authors])
    Book.objects.bulk_create([Book(writer=each) for each in authors for _ in range(2)])
    Tag.objects.bulk_create([Tag() for _ in range(3)])
    tag = Tag.objects.first()
    through = Book.tags.through
    through.objects.bulk_create([through(book=each, tag=tag) for each in Book.objects.all()])
