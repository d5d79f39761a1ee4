"""Authors and their books as Django maps them; programs beside this package walk over them."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

from django.db import models


class Author(models.Model):
    """A person who writes."""

    name = models.CharField(max_length=20, default="x")


class Profile(models.Model):
    """What is said of a person."""

    author = models.OneToOneField(Author, on_delete=models.CASCADE, related_name="profile")


class Tag(models.Model):
    """What a book is about."""


class Book(models.Model):
    """What is written."""

    writer = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")
    pages = models.IntegerField(default=1)
    tags = models.ManyToManyField(Tag, related_name="books")
