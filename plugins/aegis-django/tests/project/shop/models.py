"""What the shop sells to whom."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

from django.db import models


class Customer(models.Model):
    """Somebody who buys."""

    name = models.CharField(max_length=40)


class Order(models.Model):
    """What somebody bought."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="orders")
