"""Make the tables and some rows."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

from django.core.management.base import BaseCommand
from django.db import connection

from shop.models import Customer, Order


class Command(BaseCommand):
    """Fills the shop."""

    def handle(self, *args: object, **options: object) -> None:
        """Make ten customers with two orders each."""
        with connection.schema_editor() as editor:
            editor.create_model(Customer)
            editor.create_model(Order)
        Customer.objects.bulk_create([Customer(name=f"c{number}") for number in range(10)])
        found = list(Customer.objects.all())
        Order.objects.bulk_create([Order(customer=each) for each in found for _ in range(2)])
