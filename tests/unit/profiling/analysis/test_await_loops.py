"""Loops whose rounds could wait together are told from those that must not."""

import ast
from textwrap import dedent

import pytest

from aegis_cli.profiling.analysis.await_loops import LoopOfAwaits, independent_loop

INDEPENDENT = {
    "collected": "for x in xs:\n    out.append(await fetch(x))",
    "assigned": "for x in xs:\n    found = await client.get(x)\n    print(found)",
    "added up": "for x in xs:\n    total += await count(x)",
    "in a list": "out = [await fetch(x) for x in xs]",
    "in a dictionary": "out = {x: await fetch(x) for x in xs}",
    "several names": "for key, x in xs.items():\n    out[key] = await fetch(x, key)",
}
DEPENDENT = {
    "on the result before": "for x in xs:\n    token = await fetch(x, token)",
    "on a list that grows": "for x in xs:\n    seen.append(await fetch(x, seen))",
    "on nothing of the loop": "for _ in range(3):\n    out.append(await fetch())",
    "until something is found": "for x in xs:\n    if await fetch(x):\n        break",
    "until it returns": "for x in xs:\n    y = await fetch(x)\n    if y:\n        return y",
    "with a condition that changes": "while xs:\n    await fetch(xs.pop())",
    "of one connection": "for x in xs:\n    await connection.execute(x)",
    "of a stream": "for x in xs:\n    await writer.write(x)",
    "to pause": "for x in xs:\n    await sleep(x)",
    "under a lock": "for x in xs:\n    async with lock:\n        await fetch(x)",
    "with errors": "for x in xs:\n    try:\n        await fetch(x)\n    except E:\n        pass",
    "with others": "for x in xs:\n    a = await fetch(x)\n    b = await other(a)",
    "handed out": "for x in xs:\n    yield await fetch(x)",
    "of something else": "for x in xs:\n    await tasks[x]",
    "in an inner function": "for x in xs:\n    async def later():\n        await fetch(x)",
    "of an asynchronous loop": "async for x in xs:\n    await fetch(x)",
}


def loop_in(body: str) -> LoopOfAwaits | None:
    """Return what is proven of the first line with an `await`."""
    source = "async def work(xs):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    lines = source.splitlines()
    line = next(at for at, text in enumerate(lines, 1) if "await " in text)
    return independent_loop(ast.parse(source), line)


@pytest.mark.parametrize("body", INDEPENDENT.values(), ids=INDEPENDENT)
def test_rounds_that_need_nothing_of_each_other_are_found(body: str) -> None:
    assert loop_in(body) is not None


@pytest.mark.parametrize("body", DEPENDENT.values(), ids=DEPENDENT)
def test_rounds_that_may_need_each_other_are_left_alone(body: str) -> None:
    assert loop_in(body) is None


def test_tells_what_the_loop_goes_through_and_awaits() -> None:
    found = loop_in("for user in users[:10]:\n    out.append(await fetch(user.id))")

    assert found == LoopOfAwaits(target="user", items="users[:10]", call="fetch(user.id)")


def test_an_await_outside_of_a_loop_is_none() -> None:
    tree = ast.parse(dedent("async def work(x):\n    await fetch(x)\n"))

    assert independent_loop(tree, 2) is None
