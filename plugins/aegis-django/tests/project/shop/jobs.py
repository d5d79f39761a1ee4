"""Work that Celery does for the shop; eagerly, as no broker is there."""

# ruff: noqa: PGH004
# ruff: noqa
# mypy: ignore-errors

from celery import Celery

from shop.models import Order

app = Celery("shop", set_as_current=False)
app.conf.update(task_always_eager=True, task_eager_propagates=True)


@app.task(name="shop.count_orders")
def count_orders() -> int:
    """Count orders."""
    return int(Order.objects.count())
