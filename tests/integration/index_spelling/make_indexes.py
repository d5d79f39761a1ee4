"""Run spellings with the library they are meant for: `make_indexes.py LIBRARY DSN < JSON`.

The JSON on stdin is a list of spellings; each makes one index.
This is a program of its own, because Django is set up once per process.
"""

import json
import sys

import psycopg2
from psycopg2.extensions import parse_dsn


def with_django(dsn: str, spellings: list[str]) -> None:
    """Add the indexes as a migration with `atomic = False` would."""
    import django  # noqa: PLC0415  # has no types, is one of two
    from django.conf import settings  # noqa: PLC0415  # see above

    parts = parse_dsn(dsn)
    names = {"dbname": "NAME", "host": "HOST", "port": "PORT", "user": "USER"}
    database = {names[key]: value for key, value in parts.items() if key in names}
    database |= {"PASSWORD": parts.get("password", ""), "ENGINE": "django.db.backends.postgresql"}
    settings.configure(
        DATABASES={"default": database},
        INSTALLED_APPS=["django.contrib.postgres"],
        USE_TZ=True,
    )
    django.setup()

    from django.contrib.postgres import indexes  # noqa: PLC0415  # see above
    from django.db import (  # noqa: PLC0415  # see above
        connection,
        migrations,
        models,
    )
    from django.db.models import F, functions  # noqa: PLC0415  # see above
    from django.db.models.fields import json as json_fields  # noqa: PLC0415  # see above

    known = {**vars(indexes), **vars(functions), **vars(json_fields)}
    known |= {"models": models, "migrations": migrations, "F": F}

    class User(models.Model):  # type: ignore[misc]  # noqa: DJ008  # has no types, and nobody prints it
        class Meta:
            app_label = "spelled"

    class Order(models.Model):  # type: ignore[misc]  # noqa: DJ008  # has no types, and nobody prints it
        user = models.ForeignKey(User, on_delete=models.CASCADE, null=True)
        status = models.CharField(max_length=20)
        created_at, paid_at = models.DateTimeField(), models.DateTimeField(null=True)
        total, order, Mixed = (models.IntegerField(null=True) for _ in range(3))
        email, data = models.TextField(), models.JSONField(null=True)
        active, hidden = models.BooleanField(), models.BooleanField()

        class Meta:
            app_label = "spelled"
            db_table = "spelled_order"

    with connection.schema_editor(atomic=False) as editor:
        for spelling in spellings:
            namespace = dict(known)
            if "RunSQL" in spelling:
                exec(f"operation = {spelling.splitlines()[1]}", namespace)  # noqa: S102  # our own text
                namespace["operation"].database_forwards("spelled", editor, None, None)
            else:
                exec(spelling, namespace)  # noqa: S102  # our own text
                editor.add_index(Order, namespace["indexes"][0], concurrently=True)


def with_sqlalchemy(dsn: str, spellings: list[str]) -> None:
    """Add the indexes to the table as it is reflected."""
    import sqlalchemy  # noqa: PLC0415  # one of two libraries is used

    engine = sqlalchemy.create_engine(
        "postgresql+psycopg2://",
        creator=lambda: psycopg2.connect(dsn),
        isolation_level="AUTOCOMMIT",
    )
    with engine.connect() as connection:
        for spelling in spellings:
            namespace: dict[str, sqlalchemy.Index] = {}
            known = {"Index": sqlalchemy.Index, "text": sqlalchemy.text}
            exec(f"index = {spelling.splitlines()[1]}", known, namespace)  # noqa: S102  # our own text
            sqlalchemy.Table(
                "spelled_order", sqlalchemy.MetaData(), namespace["index"], autoload_with=connection
            )
            namespace["index"].create(connection)


if __name__ == "__main__":
    run = {"django": with_django, "sqlalchemy": with_sqlalchemy}[sys.argv[1]]
    run(sys.argv[2], json.load(sys.stdin))
