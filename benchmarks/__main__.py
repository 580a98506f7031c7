"""`python -m benchmarks [--quick]`: every benchmark, one after the other, as Markdown tables."""

import asyncio
import inspect
import sys
from collections.abc import Awaitable
from importlib import import_module

PARTS = ("storage", "matching", "asking", "announcing", "rollout", "escalating")


def main(arguments: list[str]) -> None:
    for part in PARTS:
        print(f"\n## {part}\n", flush=True)
        running = import_module(f"benchmarks.{part}").main(arguments)
        if inspect.isawaitable(running):
            asyncio.run(_finished(running))


async def _finished(running: Awaitable[None]) -> None:
    await running


if __name__ == "__main__":
    main(sys.argv[1:])
