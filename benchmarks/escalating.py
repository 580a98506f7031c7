"""Claim to visible card, and App Home, through the sandbox over Socket Mode: with 10,000 closed and
500 open tickets in the store against an empty store, by turns in the same run; and a first and a
later search over the solved ones.

Each bot is a process of its own; both sandboxes run in this one, so a busy machine is busy for
both.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from benchmarks.asking import bot_process
from benchmarks.storage import postgresql
from commandline.sandbox import sandbox_environment
from helpdesk.ticket import (
    Card,
    Counter,
    Event,
    Finding,
    Findings,
    Holder,
    State,
    Ticket,
    Visibility,
    What,
    ticket_id,
)
from knowledge.article import Language
from sandbox.conversation import Message
from sandbox.server import Sandbox
from storage.kinds import TICKET, TICKET_COUNTER
from storage.opening import open_store
from storage.port import Row
from storage.records import Record, RecordKind

CLOSED, OPEN = 10_000, 500
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SUBJECTS = ("zebra", "walrus", "printer", "certificate", "profile", "password", "camera", "dock")
READING_A_CARD = 1.0
ASKERS = ("alice", "adam", "bram", "femke", "sven", "linnea", "mei", "wei")


def ticket(number: int, team: str, users: dict[str, str]) -> Ticket:
    """A ticket that passed two tiers; of the last ``OPEN`` half wait and half are being worked
    on."""
    at = START + timedelta(minutes=number)
    tia, tess = users["tia"], users["tess"]
    subject = SUBJECTS[number % len(SUBJECTS)]
    name = ticket_id(team, number)
    seen = (What.OPENED, What.CLAIMED, What.REPLIED, What.ESCALATED, What.CLAIMED, What.RESOLVED)
    log = tuple(Event(what, at, tia, 1 if step < 4 else 2) for step, what in enumerate(seen))
    closed = Ticket(
        id=name,
        team=team,
        number=number,
        asker=users[ASKERS[number % len(ASKERS)]],
        language=Language.EN,
        channel="",
        thread_ts="",
        visibility=Visibility.PRIVATE,
        words=f"my {subject} shows error number {number} since this morning, what now?",
        opened_at=at,
        changed_at=at,
        waiting_since=at,
        question=f"question {number}",
        state=State.CLOSED,
        tier=2,
        holders=(Holder(1, tia, at), Holder(2, tess, at)),
        findings=(Finding(1, tia, at, Findings("not the cable", checked="the log" * 20)),),
        root_cause=f"an expired {subject} of batch {number % 97}",
        solution="remove the old profile, restart, and enroll anew " * 4,
        resolved_by=tess,
        resolved_tier=2,
        cards=(Card(1, f"card {number} 1", "C0TIER1"), Card(2, f"card {number} 2", "C0TIER2")),
        rating="good" if number % 3 else "",
        closed_at=at,
        log=log,
    )
    if number <= CLOSED:
        return closed
    fresh = replace(closed, tier=1, solution="", root_cause="", rating="", closed_at=None)
    if number % 2:
        return replace(fresh, state=State.WAITING)
    return replace(fresh, state=State.CLAIMED, holder=tia, held_since=at)


def row(kind: RecordKind[Record], record: Record) -> Row:
    columns = {
        "kind": kind.name,
        "id": record.id,
        "team": record.team,
        "version": 1,
        "indexes": kind.index_values(record),
        "body": kind.to_json(record),
    }
    return Row("record", columns)


async def fill(url: str, sandbox: Sandbox) -> None:
    """Closed and open tickets, and the counter behind them."""
    team = sandbox.workspace.team_id
    users = {name: sandbox.person(name).id for name in (*ASKERS, "tia", "tess")}

    async def rows() -> AsyncIterator[Row]:
        for number in range(1, CLOSED + OPEN + 1):
            yield row(TICKET, ticket(number, team, users))  # type: ignore[arg-type]
        counter = Counter(team, team, CLOSED + OPEN)
        yield row(TICKET_COUNTER, counter)  # type: ignore[arg-type]

    store = await open_store(url)
    await store.import_rows(rows())
    await store.close()


class Desk:
    """One sandbox with its bot."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.asked = 0

    async def card(self) -> Message:
        """A new ticket's card in the tier-1 channel."""
        self.asked += 1
        alice = self.sandbox.person("alice")
        words = f"zebra quux item{self.asked:04}?"
        question = await alice.says("ask-it", words)
        await self.sandbox.until(lambda: question.replies, timeout=30)
        answer = self.sandbox.replies(question)[0]
        await alice.presses(answer, "Ask the helpdesk")
        await alice.opens_modal()
        await alice.submits({})

        def posted() -> list[Message]:
            shown = self.sandbox.messages_in("tier-1")
            return [one for one in shown if one.bot_id and words in one.text]

        return (await self.sandbox.until(posted, timeout=30))[0]

    async def claimed(self) -> float:
        """Milliseconds from the press on Claim to the card that names the holder."""
        card, tia = await self.card(), self.sandbox.person("tia")
        await self.sandbox.settled()
        # Nobody presses sooner, and what is looked up for a new card is done by then.
        await asyncio.sleep(READING_A_CARD)
        began = time.perf_counter()
        await tia.presses(card, "Claim")
        await self._until(lambda: f"{tia.mention} has it" in self._now(card).text)
        return (time.perf_counter() - began) * 1000

    async def home(self, name: str) -> float:
        """Milliseconds from opening App Home to its publication."""
        person = self.sandbox.person(name)
        before = person.home.hash if person.home else ""
        began = time.perf_counter()
        await person.opens_home()
        await self._until(lambda: person.home is not None and person.home.hash != before)
        return (time.perf_counter() - began) * 1000

    async def search(self, words: str) -> float:
        """Milliseconds from the command to what was found."""
        tess = self.sandbox.person("tess")
        before = len(tess.ephemerals())
        began = time.perf_counter()
        await tess.commands("/signpost", f"search {words}")
        await self._until(lambda: len(tess.ephemerals()) > before)
        return (time.perf_counter() - began) * 1000

    def _now(self, message: Message) -> Message:
        return self.sandbox.channel(message.channel).find(message.ts) or message

    async def _until(self, condition: Callable[[], bool]) -> None:
        await self.sandbox.until(condition, timeout=30)


async def compare(engine: str, urls: Sequence[str], rounds: int) -> None:
    """Print one engine's rows: ``urls`` are two empty stores, of which the second is filled."""
    async with AsyncExitStack() as parts:
        desks = []
        for url, filled in zip(urls, (False, True), strict=True):
            sandbox = await parts.enter_async_context(Sandbox(pace=False))
            if filled:
                await fill(url, sandbox)
            own = sandbox_environment(sandbox, url) | {"SLACK_PACE": "OFF"}
            await parts.enter_async_context(bot_process(sandbox, ["bot.py", "run"], own))
            desks.append(Desk(sandbox))
        empty, full = desks
        for desk in desks:
            await desk.claimed()
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(rounds):
            times[0].append(await empty.claimed())
            times[1].append(await full.claimed())
        few, many = (statistics.median(one) for one in times)
        print(f"| {engine} | claim, empty store | {few:.0f} | {max(times[0]):.0f} | |")
        print(
            f"| {engine} | claim, full store | {many:.0f} | {max(times[1]):.0f} "
            f"| {many / few:.2f} |"
        )
        for name in ("alice", "tia", "ada"):
            shown = [await full.home(name) for _ in range(rounds)]
            print(
                f"| {engine} | App Home of {name} | {statistics.median(shown):.0f} "
                f"| {max(shown):.0f} | |",
                flush=True,
            )
        first = await full.search("expired certificate")
        later = [await full.search(f"expired {one}") for one in SUBJECTS]
        print(f"| {engine} | first search | {first:.0f} | | |")
        print(
            f"| {engine} | later searches | {statistics.median(later):.0f} | {max(later):.0f} | |",
            flush=True,
        )


async def measure(rounds: int) -> None:
    """Print the table of both engines; PostgreSQL where it is installed."""
    print("| engine | what | median ms | longest ms | of empty |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        urls = [f"tinydb:{folder}/empty", f"tinydb:{folder}/full"]
        await compare("TinyDB", urls, rounds)
    with postgresql() as database:
        if database is not None:
            await compare("PostgreSQL", [database(), database()], rounds)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    options = parser.parse_args(arguments)
    asyncio.run(measure(10 if options.quick else 40))


if __name__ == "__main__":
    main()
