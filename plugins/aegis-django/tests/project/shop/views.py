"""Pages of the shop, of which one asks row by row."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

from django.http import HttpRequest, HttpResponse

from shop.models import Customer, Order


def orders(request: HttpRequest) -> HttpResponse:
    """List orders with their customers, row by row."""
    return HttpResponse(", ".join(order.customer.name for order in Order.objects.all()))


def joined(request: HttpRequest) -> HttpResponse:
    """List orders with their customers, all at once."""
    found = Order.objects.select_related("customer")
    return HttpResponse(", ".join(order.customer.name for order in found))


async def customer(request: HttpRequest, key: int) -> HttpResponse:
    """Show a customer, in a coroutine."""
    found = await Customer.objects.aget(pk=key)
    return HttpResponse(f"{found.name}: {await found.orders.acount()}")
