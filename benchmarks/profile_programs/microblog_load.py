"""Ask Microblog (github.com/miguelgrinberg/microblog) for pages, through Flask's test client.

Runs with the checkout as the current folder: the first argument is how many pages of each kind.
"""

import logging
import os
import sys
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

AUTHORS = 60
POSTS_OF_EACH = 10
WORDS = "plain words about nothing in particular that a reader skims"


def main(pages: int) -> None:
    """Fill a database, sign in, and read."""
    logging.disable(logging.INFO)
    sys.path.insert(0, str(Path.cwd()))
    with TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/app.db"
        app_module, models = import_module("app"), import_module("app.models")
        app = app_module.create_app()
        app.config.update(WTF_CSRF_ENABLED=False, TESTING=True)
        with app.app_context():
            app_module.db.create_all()
            token = fill(app_module.db.session, models)
        print(read(app.test_client(), token, pages))


def fill(session: Any, models: Any) -> str:
    """Write authors with posts, and return a token of the first."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    authors = [
        models.User(username=f"author{number}", email=f"author{number}@example.com")
        for number in range(AUTHORS)
    ]
    authors[0].set_password("open")
    session.add_all(authors)
    for number in range(AUTHORS * POSTS_OF_EACH):
        session.add(
            models.Post(
                body=f"{WORDS} {number}",
                author=authors[number * 7 % AUTHORS],
                timestamp=start + timedelta(minutes=number),
            )
        )
    token: str = authors[0].get_token()
    session.commit()
    return token


def read(client: Any, token: str, pages: int) -> int:
    """Read the posts of everybody and the list of authors, and count the characters."""
    client.post("/auth/login", data={"username": "author0", "password": "open"})
    total = 0
    for number in range(pages):
        total += len(client.get(f"/explore?page={1 + number % 20}").data)
        answer = client.get("/api/users?per_page=30", headers={"Authorization": f"Bearer {token}"})
        total += len(answer.data)
    return total


if __name__ == "__main__":
    main(int(sys.argv[1]))
