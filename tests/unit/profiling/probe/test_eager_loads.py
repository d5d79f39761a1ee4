"""An attribute that was loaded ahead notices its first reading, and is as before from then on."""

from types import FrameType
from typing import Any

from aegis_cli.profiling.probe.eager_loads import EagerLoads

BOOKS = ("django", "Author", "books", True, "prefetch_related")
WRITER = ("sqlalchemy", "Book", "writer", False, "joinedload")


class Attribute:
    """What an object mapper puts into a class."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __get__(self, instance: object, owner: type | None = None) -> object:
        return self if instance is None else self.value

    def __set__(self, instance: object, value: object) -> None:
        self.value = value


def _author() -> Any:
    class Author:
        """A mapped class."""

        books = Attribute([1, 2])

    return Author


def test_the_first_reading_is_told_once_and_the_class_is_as_before() -> None:
    eager, author = EagerLoads(), _author()
    assert eager.watch(BOOKS, [author.books])
    assert not eager.is_read(BOOKS)
    assert type(author.books).__name__ == "Attribute"

    values = [author().books for _ in range(3)]

    assert values == [[1, 2]] * 3
    assert eager.reads == [["django", "Author", "books"]]
    assert eager.is_read(BOOKS)
    assert type(author.books) is Attribute


def test_looking_at_the_class_and_writing_are_no_readings() -> None:
    eager, author = EagerLoads(), _author()
    eager.watch(BOOKS, [author.books])

    author.books  # noqa: B018  # looks at the class
    author().books = [3]

    assert not eager.is_read(BOOKS)
    assert author().books == [3]


def test_django_that_fills_its_own_caches_reads_nothing() -> None:
    eager, author = EagerLoads(), _author()
    eager.watch(BOOKS, [author.books])
    space: dict[str, Any] = {}
    path = "/venv/lib/python3.11/site-packages/django/db/models/query.py"
    source = "def fill(author):\n    return author.books\n"
    exec(compile(source, path, "exec"), space)  # noqa: S102  # stands in for Django

    assert space["fill"](author()) == [1, 2]

    assert not eager.is_read(BOOKS)


def test_what_cannot_be_noticed_is_not_watched() -> None:
    eager, author = EagerLoads(), _author()

    assert not eager.watch(WRITER, [])
    assert not eager.watch(BOOKS, [author.books, len])
    assert type(author.books) is Attribute, "all or nothing"


def test_joined_loads_are_counted_by_call_site_which_is_looked_for_some_times_only() -> None:
    eager = EagerLoads()
    asked: list[FrameType | None] = []

    def site() -> int:
        asked.append(None)
        return 7

    for _ in range(50):
        eager.joined(WRITER, site)

    has_news = [eager.has_news]
    assert eager.take_joined() == [[7, 50, *WRITER]]
    has_news.append(eager.has_news)
    assert has_news == [True, False]
    assert len(asked) == 20


def test_a_child_after_a_fork_tells_what_was_read_again() -> None:
    eager, author = EagerLoads(), _author()
    eager.watch(BOOKS, [author.books])
    assert author().books == [1, 2]
    eager.joined(WRITER, lambda: 1)
    eager.reads.clear()

    eager.forget()

    assert eager.reads == [["django", "Author", "books"]]
    assert eager.take_joined() == []
