"""`python -m benchmarks [--quick]`: every benchmark, one after the other, as Markdown tables."""

import inspect
import sys
from collections.abc import Awaitable
from importlib import import_module

import uvloop

PARTS = (
    "storage",
    "matching",
    "asking",
    "announcing",
    "rollout",
    "escalating",
    "load",
    "replicas",
    "soak",
)


def main(arguments: list[str]) -> None:
    for part in PARTS:
        print(f"\n## {part}\n", flush=True)
        running = import_module(f"benchmarks.{part}").main(arguments)
        if inspect.isawaitable(running):
            uvloop.run(_finished(running))


async def _finished(running: Awaitable[None]) -> None:
    await running


if __name__ == "__main__":
    main(sys.argv[1:])
