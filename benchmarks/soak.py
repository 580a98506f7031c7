"""Six hours of the sandbox's time at ten times a normal day's load: what the bot holds of memory,
open files and threads, hour by hour.

A normal day is taken as 100 questions and 10 tickets in eight working hours, which is what a few
thousand people ask in the weeks of their enrollment. The sandbox's clock runs fast, so that timers,
reminders and the regular looks of six hours all fall due; people act at their moments of that
clock. The bot is a process of its own.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.asking import ASKERS, QUESTIONS, bot_process, resident_megabytes
from benchmarks.storage import postgresql
from commandline.sandbox import sandbox_environment
from sandbox.conversation import Message
from sandbox.people import Actor
from sandbox.server import Sandbox
from storage.opening import open_copy
from tests.workplace import labels

MORNING = datetime(2027, 6, 1, 7, 0, tzinfo=UTC)
"""A Tuesday, nine o'clock in Amsterdam."""
HOURS = 6
A_DAY = timedelta(hours=8)
QUESTIONS_A_DAY, TICKETS_A_DAY = 100, 10
TIMES = 10
WITHIN = 60.0
"""Seconds of real time for one step of anybody."""


@dataclass(frozen=True)
class Held:
    """What the process holds at a moment, and what its store has to send and has given up."""

    megabytes: float
    files: int
    threads: int
    waiting: int
    dead: int


async def held(pid: int, url: str, now: datetime) -> Held:
    store = await open_copy(url)
    try:
        backlog = await store.backlog(now)
    finally:
        await store.close()
    of = Path(f"/proc/{pid}")
    return Held(
        resident_megabytes(pid),
        sum(1 for _ in (of / "fd").iterdir()),
        sum(1 for _ in (of / "task").iterdir()),
        sum(backlog.outbox.values()),
        backlog.dead,
    )


class Day:
    """What people do, each thing at its moment of the sandbox's clock."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.answered = 0
        self.solved = 0

    async def passes(self, hours: int) -> None:
        """All the questions and tickets of so many hours."""
        share = TIMES * timedelta(hours=hours) / A_DAY
        async with asyncio.TaskGroup() as people:
            people.create_task(self._asked(round(QUESTIONS_A_DAY * share), hours))
            people.create_task(self._helped(round(TICKETS_A_DAY * share), hours))

    async def _at(self, number: int, count: int, hours: int) -> None:
        await self._sandbox.core.clock.wait_until(MORNING + timedelta(hours=hours) * number / count)

    async def _asked(self, count: int, hours: int) -> None:
        async with asyncio.TaskGroup() as askers:
            for number in range(count):
                await self._at(number, count, hours)
                askers.create_task(self._asks(number))

    async def _asks(self, number: int) -> None:
        """Every second one presses Solved under the answer."""
        asker = self._sandbox.person(ASKERS[number % len(ASKERS)])
        question = await asker.says("ask-it", QUESTIONS[number % len(QUESTIONS)])
        await self._until(lambda: bool(question.replies))
        self.answered += 1
        if number % 2:
            await asker.presses(self._sandbox.replies(question)[0], "Solved")

    async def _helped(self, count: int, hours: int) -> None:
        """One after the other, as one agent works."""
        for number in range(count):
            await self._at(number, count, hours)
            await self._goes_through(f"zebra quux item{number:04}")

    async def _goes_through(self, words: str) -> None:
        alice, tia = self._sandbox.person("alice"), self._sandbox.person("tia")
        question = await alice.says("ask-it", f"{words}?")
        await self._until(lambda: bool(question.replies))
        await alice.presses(self._sandbox.replies(question)[0], "Ask the helpdesk")
        await alice.opens_modal(WITHIN)
        await alice.submits({})
        card = await self._shown("tier-1", words, "Claim")
        await tia.presses(card, "Claim")
        card = await self._shown("tier-1", words, "Resolve")
        await self._fills_in(tia, card, "Resolve", {"root-cause": "old", "solution": words})
        card = await self._shown("tier-1", words, "Deliver")
        await self._fills_in(tia, card, "Deliver", {})
        solution = await self._shown(alice.direct_message.id, words, "Solved")
        await alice.presses(solution, "Solved")
        self.solved += 1

    async def _fills_in(self, who: Actor, card: Message, label: str, form: dict[str, str]) -> None:
        await who.presses(card, label)
        await who.opens_modal(WITHIN)
        await who.submits(form)

    async def _shown(self, place: str, words: str, label: str) -> Message:
        """The newest message about it that has this button."""

        def newest() -> Message | None:
            for one in reversed(self._sandbox.messages_in(place)):
                if one.bot_id and words in one.text and label in labels(one):
                    return one
            return None

        found = await self._sandbox.until(newest, timeout=WITHIN, explain=f"{words}: {label}")
        assert found is not None
        return found

    async def _until(self, condition: Callable[[], bool]) -> None:
        await self._sandbox.until(condition, timeout=WITHIN)


async def soak(engine: str, url: str, minutes: float) -> None:
    """Print a row for each hour, and what became of memory and files after the first."""
    async with Sandbox(pace=False, clock_start=MORNING - timedelta(minutes=10)) as sandbox:
        environment = sandbox_environment(sandbox, url) | {"SLACK_PACE": "OFF"}
        async with bot_process(sandbox, ["bot.py", "run"], environment) as (pid, _):
            clock = sandbox.core.clock
            clock.jump_to(MORNING)
            clock.speed(HOURS * 60 / minutes)
            day = Day(sandbox)
            passing = asyncio.create_task(day.passes(HOURS))
            found: list[Held] = []
            for hour in range(HOURS + 1):
                await clock.wait_until(MORNING + timedelta(hours=hour))
                if hour == HOURS:
                    await passing
                    await sandbox.settled(WITHIN)
                found.append(await held(pid, url, clock.now()))
                print(_row(engine, hour, found[-1], day), flush=True)
                if passing.done():
                    passing.result()
    print(_verdict(engine, found[1:]), flush=True)


def _row(engine: str, hour: int, now: Held, day: Day) -> str:
    return (
        f"| {engine} | {hour} | {day.answered} | {day.solved} | {now.megabytes:.0f} | {now.files} "
        f"| {now.threads} | {now.waiting} | {now.dead} |"
    )


def _verdict(engine: str, found: list[Held]) -> str:
    first, last = found[0], found[-1]
    files = [one.files for one in found]
    return (
        f"| {engine} | 1 to {HOURS} | | | {last.megabytes / first.megabytes:.2f} times "
        f"| {min(files)} to {max(files)} | | | |"
    )


async def report(minutes: float) -> None:
    """Print the table of both engines; PostgreSQL where it is installed."""
    print(f"{HOURS} hours in {minutes:g} minutes for each engine.\n")
    print("| engine | hour | answered | solved | memory MB | files | threads | waiting | dead |")
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        await soak("TinyDB", f"tinydb:{folder}/store", minutes)
    with postgresql() as database:
        if database is not None:
            await soak("PostgreSQL", database(), minutes)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="in two minutes instead of six")
    parser.add_argument("--minutes", type=float, help="of real time for each engine")
    options = parser.parse_args(arguments)
    asyncio.run(report(options.minutes or (2 if options.quick else 6)))


if __name__ == "__main__":
    main()
