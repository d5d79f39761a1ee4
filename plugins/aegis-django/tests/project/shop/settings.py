"""How the shop is set up: SQLite in a file of the current folder, the plugin switched on."""

from pathlib import Path

SECRET_KEY = "only for tests"  # noqa: S105  # nothing is kept secret here
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["aegis_django", "shop"]
MIDDLEWARE = ["aegis_django.middleware.UnitOfWorkMiddleware"]
TEST_RUNNER = "aegis_django.test.AegisTestRunner"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(Path.cwd() / "shop.sqlite")}
}
