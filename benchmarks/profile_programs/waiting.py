"""Serve requests with asyncio: many small tasks, a queue, a lock and short waits."""

import asyncio
import sys


async def look_up(number: int, lock: asyncio.Lock) -> int:
    """Wait for others a few times."""
    await asyncio.sleep(0)
    async with lock:
        await asyncio.sleep(0)
    return number * number


async def serve(number: int, queue: "asyncio.Queue[int]", lock: asyncio.Lock) -> None:
    """Look two things up at once and hand the sum on."""
    found = await asyncio.gather(look_up(number, lock), look_up(number + 1, lock))
    body = ",".join(str(each) for each in range(number % 60))
    await queue.put(sum(found) + len(body))


async def collect(count: int, queue: "asyncio.Queue[int]") -> int:
    """Add up what was handed on."""
    total = 0
    for _ in range(count):
        total += await queue.get()
    return total


async def main(scale: int) -> None:
    """Serve in waves of fifty requests."""
    queue: asyncio.Queue[int] = asyncio.Queue()
    lock = asyncio.Lock()
    collected = asyncio.create_task(collect(scale * 1000, queue))
    for wave in range(scale * 20):
        await asyncio.gather(*(serve(wave * 50 + each, queue, lock) for each in range(50)))
    print(await collected)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
