"""Fill the shop, visit its pages as browsers do, and have a task run."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

import asyncio
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
django.setup()

from django.core.management import call_command
from django.test import AsyncClient, Client

from shop.jobs import count_orders


async def ask() -> None:
    """Show two customers at once."""
    client = AsyncClient()
    answers = await asyncio.gather(*(client.get(f"/customers/{key}/") for key in (1, 2)))
    print([each.content.decode() for each in answers])


call_command("fill")
client = Client()
for path in ("/orders/", "/orders/", "/orders/", "/orders/joined/", "/nothing/"):
    print(path, client.get(path).status_code)
asyncio.run(ask())
print(count_orders.delay().get())
