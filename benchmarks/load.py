"""Question to answer while 50 questions a second come in, on one replica with each engine.

People ask whether or not the others were answered: questions come at random moments of a fixed
schedule (exponential gaps, the same in each run), and each time is counted from its moment on the
schedule, so that a bot that falls behind cannot hide it. The bot is a process of its own; the
sandbox and the people share this one. Everything is durable, the pace is off.
"""

import argparse
import asyncio
import random
import tempfile
import time
from dataclasses import dataclass

from benchmarks.asking import ASKERS, QUESTIONS, bot_process, measure, resident_megabytes
from benchmarks.storage import postgresql
from commandline.sandbox import sandbox_environment
from sandbox.conversation import Message
from sandbox.server import Sandbox

A_SECOND = 50
WARM_UP = 100
GIVEN_UP_AFTER = 60.0


@dataclass(frozen=True)
class Answers:
    """Milliseconds from each question's moment to its answer, and how many were never answered."""

    times: tuple[float, ...]
    unanswered: int
    seconds: float

    def percentile(self, share: float) -> float:
        ranked = sorted(self.times)
        return ranked[min(len(ranked) - 1, int(len(ranked) * share))]


async def under_load(sandbox: Sandbox, questions: int, rate: float) -> Answers:
    """Ask so many questions, ``rate`` a second on average."""
    dice = random.Random(1)
    began = moment = time.perf_counter()
    asking: list[asyncio.Task[float | None]] = []
    for number in range(questions):
        moment += dice.expovariate(rate)
        await asyncio.sleep(moment - time.perf_counter())
        asking.append(asyncio.create_task(_answered(sandbox, number, moment)))
    found = await asyncio.gather(*asking)
    times = tuple(one * 1000 for one in found if one is not None)
    return Answers(times, len(found) - len(times), time.perf_counter() - began)


async def _answered(sandbox: Sandbox, number: int, moment: float) -> float | None:
    asker = sandbox.person(ASKERS[number % len(ASKERS)])
    question: Message = await asker.says("ask-it", QUESTIONS[number % len(QUESTIONS)])
    try:
        await sandbox.until(lambda: bool(question.replies), timeout=GIVEN_UP_AFTER)
    except TimeoutError:
        return None
    return time.perf_counter() - moment


async def one_engine(name: str, url: str, questions: int, rate: float) -> None:
    """Print the row of an engine."""
    async with Sandbox(pace=False) as sandbox:
        environment = sandbox_environment(sandbox, url) | {"SLACK_PACE": "OFF"}
        async with bot_process(sandbox, ["bot.py", "run"], environment) as (pid, _):
            await measure(sandbox, 10, WARM_UP)
            answers = await under_load(sandbox, questions, rate)
            memory = resident_megabytes(pid)
    print(
        f"| {name} | {len(answers.times) / answers.seconds:.1f} | {answers.percentile(0.5):.0f} "
        f"| {answers.percentile(0.99):.0f} | {answers.percentile(1.0):.0f} "
        f"| {answers.unanswered} | {memory:.0f} |",
        flush=True,
    )


async def report(questions: int, rate: float) -> None:
    """Print the table; PostgreSQL, which waits for the disk, where it is installed."""
    print(f"{questions:,} questions, {rate:g} a second.\n")
    print("| engine | answers /s | p50 ms | p99 ms | longest ms | unanswered | memory MB |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        await one_engine("TinyDB", f"tinydb:{folder}/store", questions, rate)
    with postgresql() as database:
        if database is not None:
            await one_engine("PostgreSQL", database(), questions, rate)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer questions")
    parser.add_argument("--rate", type=float, default=A_SECOND, help="questions a second (50)")
    options = parser.parse_args(arguments)
    asyncio.run(report(500 if options.quick else 6_000, options.rate))


if __name__ == "__main__":
    main()
