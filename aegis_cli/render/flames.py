"""What flame graphs need in any format: where each box stands, and one line of words."""

from collections.abc import Iterator
from dataclasses import dataclass

from aegis_cli.model.flame import NO_PARENT, Flame, FlameFrame
from aegis_cli.model.quantity import Quantity
from aegis_cli.model.text import Language
from aegis_cli.render.format_number import format_quantity, is_finite


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A node as it is drawn; `start` and `width` are parts of the whole, 0 to 1."""

    frame: FlameFrame
    value: float
    start: float
    width: float
    depth: int


def total(flame: Flame) -> float:
    """Return the time of all outermost calls, drawn or not."""
    drawn = sum(_finite(each.value) for each in flame.nodes if each.parent == NO_PARENT)
    return drawn + _finite(flame.left_out)


def boxes(flame: Flame) -> Iterator[Box]:
    """Yield the boxes in the order of the nodes; siblings stand one behind the other."""
    whole = total(flame)
    if whole <= 0:
        return
    placed: list[tuple[float, int]] = []
    free: dict[int, float] = {NO_PARENT: 0.0}
    for number, node in enumerate(flame.nodes):
        value = max(0.0, _finite(node.value))
        start = free[node.parent]
        depth = placed[node.parent][1] + 1 if node.parent != NO_PARENT else 0
        free[node.parent] = start + value
        free[number] = start
        placed.append((start, depth))
        frame = flame.frames[node.frame]
        yield Box(frame=frame, value=value, start=start / whole, width=value / whole, depth=depth)


def flame_phrase(flame: Flame, language: Language) -> str:
    """Say that there is a flame graph, and where it is drawn."""
    amount = format_quantity(Quantity(value=total(flame), unit=flame.unit), language)
    title, count = flame.title.pick(language), len(flame.nodes)
    if language is Language.KO:
        return f"{title}: {amount}, 상자 {count:,}개. --format html에서 그림으로 볼 수 있습니다"
    return f"{title}: {amount} in {count:,} boxes; --format html draws it"


def _finite(value: float) -> float:
    return value if is_finite(value) else 0.0
