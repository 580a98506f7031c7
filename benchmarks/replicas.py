"""How much more three replicas do than one: real processes over one PostgreSQL that waits for the
disk and one sandbox whose every call takes 50 ms, with the pace off.

A replica sends 32 messages at a time. That is more than two cores can serve, so beside the replicas
as shipped, which the processor limits, there are those that send fewer, which Slack's latency
limits, as on machines of their own. The column "processors busy" tells which it was. One and three
replicas take turns.
"""

import argparse
import asyncio
import statistics
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.asking import Run, bot_process, measure
from benchmarks.storage import postgresql
from commandline.sandbox import sandbox_environment
from sandbox.delivery import DeliveryTimes
from sandbox.server import Sandbox

LATENCY = 0.05
REPLICAS = 3
WANTED = 2.2
"""Times as many answers from three replicas as from one."""
WIDTHS = (1, 4, 32)
"""Messages that a replica sends at a time; the last is what is shipped."""
SOON_AGAIN = DeliveryTimes(retry_after=(1.0,) * 60)
"""Where the machine is too slow for all that ask at once, they wait seconds and not minutes."""
WARM_UP = 40
"""Questions for each replica, so that it knows everybody who asks."""


@dataclass(frozen=True)
class Turn:
    """One measurement: answers, and the share of all processors that was busy meanwhile."""

    run: Run
    busy: float


async def compare(url: str, at_once: int, questions: int, turns: int) -> None:
    """Print the rows of one and of three replicas that send ``at_once`` messages at a time."""
    found: dict[int, list[Turn]] = {1: [], REPLICAS: []}
    async with Sandbox(pace=False, times=SOON_AGAIN) as sandbox:
        sandbox.core.faults.add("*", "delay", seconds=LATENCY)
        environment = sandbox_environment(sandbox, url) | {"SLACK_PACE": "OFF"}
        program = ["-m", "benchmarks.replica", str(at_once)]
        async with bot_process(sandbox, program, environment):
            for _ in range(turns):
                found[1].append(await _turn(sandbox, 1, at_once, questions))
                async with _more(sandbox, program, environment):
                    found[REPLICAS].append(await _turn(sandbox, REPLICAS, at_once, questions))
    one = statistics.median(each.run.per_second for each in found[1])
    for count, taken in found.items():
        rates = [each.run.per_second for each in taken]
        rate = statistics.median(rates)
        print(
            f"| {at_once} | {count} | {rate:.0f} | {min(rates):.0f} to {max(rates):.0f} "
            f"| {statistics.median(each.run.p50 for each in taken):.0f} "
            f"| {statistics.median(each.busy for each in taken):.0%} | {rate / one:.2f} |",
            flush=True,
        )


@asynccontextmanager
async def _more(
    sandbox: Sandbox, program: list[str], environment: dict[str, str]
) -> AsyncIterator[None]:
    """The replicas beyond the first."""
    async with AsyncExitStack() as replicas:
        for number in range(2, REPLICAS + 1):
            await replicas.enter_async_context(bot_process(sandbox, program, environment, number))
        yield
    await sandbox.until(lambda: len(sandbox.core.sockets.connections) == 1, timeout=30)


async def _turn(sandbox: Sandbox, replicas: int, at_once: int, questions: int) -> Turn:
    """More people wait than messages are sent at a time, so that no replica idles."""
    waiting = (at_once + 2) * REPLICAS
    await measure(sandbox, waiting, WARM_UP * replicas)
    before = _processor_times()
    run = await measure(sandbox, waiting, questions * replicas)
    return Turn(run, _busy(before, _processor_times()))


def _processor_times() -> tuple[int, int]:
    """Ticks of all processors that were idle, and all ticks (proc(5), /proc/stat)."""
    ticks = [int(each) for each in Path("/proc/stat").read_text("ascii").split("\n")[0].split()[1:]]
    return ticks[3] + ticks[4], sum(ticks[:8])


def _busy(before: tuple[int, int], after: tuple[int, int]) -> float:
    idle, whole = (late - early for early, late in zip(before, after, strict=True))
    return 1 - idle / whole if whole else 0.0


def _urls(database: Callable[[], str]) -> Iterator[tuple[int, str]]:
    for at_once in WIDTHS:
        yield at_once, database()


async def report(questions: int, turns: int) -> None:
    """Print the table, where PostgreSQL is installed."""
    with postgresql() as database:
        if database is None:
            print("PostgreSQL is missing: no replicas", file=sys.stderr)
            return
        print("| at a time | replicas | answers /s | from to | p50 ms | processors busy | of one |")
        print("|---|---|---|---|---|---|---|")
        for at_once, url in _urls(database):
            await compare(url, at_once, questions, turns)
    print(f"\nWanted of three, while the processors are not the limit: {WANTED} of one.")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer questions")
    options = parser.parse_args(arguments)
    asyncio.run(report(150, 1) if options.quick else report(400, 3))


if __name__ == "__main__":
    main()
