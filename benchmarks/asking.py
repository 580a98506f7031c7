"""Question to answer through the sandbox over Socket Mode, everything durable, against a bare echo
bot (Bolt's AsyncApp with its default client) in the same run.

Each bot is a process of its own; the sandbox runs in this one. Questions go to one direct message
per asker, as many at a time as the concurrency says.
"""

import argparse
import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from commandline.sandbox import sandbox_environment
from knowledge.article import Audience, Language
from knowledge.loading import load_library
from sandbox.conversation import Message
from sandbox.people import Actor
from sandbox.server import Sandbox

ROOT = Path(__file__).parent.parent
CONCURRENCY = (1, 10, 50)
QUESTIONS = ("how do I enroll my iPhone?", "how long does enrolling take?", "is it mandatory?")
ASKERS = ("alice", "adam", "bram", "femke", "sven", "linnea", "mei", "wei", "tia", "tom")


@dataclass(frozen=True)
class Run:
    """How one bot did at one concurrency: questions answered a second, and milliseconds."""

    per_second: float
    p50: float
    p99: float


@asynccontextmanager
async def bot_process(
    sandbox: Sandbox, program: list[str], environment: dict[str, str], connections: int = 1
) -> AsyncIterator[tuple[int, float]]:
    """The process id, and the seconds from start to its connection, the last of ``connections``
    where it joins other replicas."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *program,
        cwd=ROOT,
        env=dict(os.environ) | environment,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await sandbox.connected(connections, timeout=60)
        yield process.pid, time.perf_counter() - began
    finally:
        process.terminate()
        await process.wait()


def all_different() -> list[str]:
    """Every English way to ask that the articles know, mixed: no match is remembered for them."""
    texts = [
        phrasing
        for article in load_library(ROOT / "knowledge" / "faq").articles
        if article.language is Language.EN and article.audience is Audience.EVERYONE
        for phrasing in article.phrasings
    ]
    random.Random(7).shuffle(texts)
    return texts


async def measure(
    sandbox: Sandbox, concurrency: int, questions: int, texts: Sequence[str] = QUESTIONS
) -> Run:
    """Ask ``questions`` in all, ``concurrency`` at a time."""
    pending = iter((number, texts[number % len(texts)]) for number in range(questions))
    times: list[float] = []
    began = time.perf_counter()
    askers = [_ask_in_turn(sandbox, pending, times) for _ in range(concurrency)]
    await asyncio.gather(*askers)
    took = time.perf_counter() - began
    ranked = sorted(times)
    return Run(
        questions / took, statistics.median(ranked) * 1000, ranked[-len(ranked) // 100] * 1000
    )


async def _ask_in_turn(
    sandbox: Sandbox, pending: Iterator[tuple[int, str]], times: list[float]
) -> None:
    for number, text in pending:
        asker = sandbox.person(ASKERS[number % len(ASKERS)])
        times.append(await _answered(sandbox, asker, text))


async def _answered(sandbox: Sandbox, asker: Actor, text: str) -> float:
    """Seconds from the question to the answer in its thread."""
    began = time.perf_counter()
    question = await asker.says("ask-it", text)
    await sandbox.until(lambda: _is_answered(question), timeout=60)
    return time.perf_counter() - began


def _is_answered(question: Message) -> bool:
    return bool(question.replies)


def resident_megabytes(pid: int) -> float:
    """The memory a process holds, from /proc."""
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {pid} has no memory to read")


async def compare(questions: int) -> None:
    """Print the table of both bots: first with the few questions that many ask, then with questions
    that are all different."""
    results: dict[str, dict[str, Run]] = {}
    different = all_different()
    for name in ("echo", "signpost"):
        with tempfile.TemporaryDirectory() as folder:
            async with Sandbox(pace=False) as sandbox:
                own = sandbox_environment(sandbox, f"tinydb:{folder}/store") | {"SLACK_PACE": "OFF"}
                program = ["-m", "benchmarks.echo"] if name == "echo" else ["bot.py", "run"]
                async with bot_process(sandbox, program, own) as (_, ready):
                    await measure(sandbox, 1, 30)
                    results[name] = {
                        f"{concurrency}{kind}": await measure(
                            sandbox, concurrency, questions, texts
                        )
                        for kind, texts in (("", QUESTIONS), (", all different", different))
                        for concurrency in CONCURRENCY
                    }
                    print(f"{name}: start to ready {ready:.2f} s")
    print("\n| at once | echo /s | signpost /s | share | echo p50 ms | signpost p50 ms | ratio |")
    print("|---|---|---|---|---|---|---|")
    for row, echo in results["echo"].items():
        ours = results["signpost"][row]
        print(
            f"| {row} | {echo.per_second:.0f} | {ours.per_second:.0f} "
            f"| {ours.per_second / echo.per_second:.2f} | {echo.p50:.1f} | {ours.p50:.1f} "
            f"| {ours.p50 / echo.p50:.2f} |"
        )


async def memory(first: int, last: int) -> None:
    """Print the memory after ``first`` and after ``last`` questions."""
    with tempfile.TemporaryDirectory() as folder:
        async with Sandbox(pace=False) as sandbox:
            own = sandbox_environment(sandbox, f"tinydb:{folder}/store") | {"SLACK_PACE": "OFF"}
            async with bot_process(sandbox, ["bot.py", "run"], own) as (pid, _):
                await measure(sandbox, 20, first)
                early = resident_megabytes(pid)
                await measure(sandbox, 20, last - first)
                late = resident_megabytes(pid)
    print(f"\nmemory after {first}: {early:.0f} MB, after {last}: {late:.0f} MB, ", end="")
    print(f"ratio {late / early:.2f}")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer questions")
    options = parser.parse_args(arguments)
    asyncio.run(compare(300 if options.quick else 1_000))
    asyncio.run(memory(300, 1_000) if options.quick else memory(1_000, 10_000))


if __name__ == "__main__":
    main()
