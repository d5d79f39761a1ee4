"""Tests of the shop, one of which asks row by row."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

from django.test import TestCase

from shop.models import Customer, Order


class OrderPages(TestCase):
    """Orders of ten customers."""

    def setUp(self) -> None:
        """Make them."""
        found = Customer.objects.bulk_create([Customer(name=str(each)) for each in range(10)])
        Order.objects.bulk_create([Order(customer=each) for each in found])

    def test_row_by_row(self) -> None:
        names = [order.customer.name for order in Order.objects.all()]
        self.assertEqual(len(names), 10)

    def test_joined(self) -> None:
        names = [order.customer.name for order in Order.objects.select_related("customer")]
        self.assertEqual(len(names), 10)
