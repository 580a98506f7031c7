"""kill -9 and SIGTERM from the question to "Solved": what people do again until it is done is done
once, and the asker has one solution."""

import asyncio
import random
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from commandline.sandbox import sandbox_environment
from sandbox.conversation import Message
from sandbox.errors import ActRefused
from sandbox.people import Actor, Place
from sandbox.server import Sandbox
from storage.opening import open_store
from tests.endstate import all_sent, faults_in
from tests.faults.test_kill_asking import few_articles
from tests.process import PATIENT, BotProcess, endings, given_up
from tests.workplace import labels

__all__ = ["few_articles"]

PATIENCE = 150.0
"""Seconds for one step, on a busy machine and with the bot killed on it."""
LONGEST_LIFE = 4.0
"""Seconds a bot lives at most before it is killed; the whole path takes about twice as long."""
MOST_KILLS = 3
"""For one question."""
AFTER_A_TRY = 0.2


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(times=PATIENT, pace=False) as opened:
        yield opened


class Journey:
    """One question on its way through the tiers, by people who press again when nothing happens."""

    def __init__(self, sandbox: Sandbox, seed: int) -> None:
        self.sandbox = sandbox
        self.words = f"zebra quux number {seed}"

    def seen(self, place: Place, *words: str, label: str = "") -> Message | None:
        """The newest message of the bot about this question with these words and that button."""
        for one in reversed(self.sandbox.messages_in(place)):
            fits = one.bot_id and all(word in one.text for word in (self.words, *words))
            if fits and (not label or label in labels(one)):
                return one
        return None

    async def until(
        self, attempt: Callable[[], Any], done: Callable[[], Message | None]
    ) -> Message:
        """Tries again and again until what is expected shows."""
        given_up = time.monotonic() + PATIENCE
        while (found := done()) is None:
            assert time.monotonic() < given_up, f"{self.words}: nothing came of it"
            try:
                async with asyncio.timeout(4):
                    await attempt()
            except (ActRefused, TimeoutError, KeyError):
                await asyncio.sleep(0)
            await asyncio.sleep(AFTER_A_TRY)
        return found

    async def presses(
        self, who: Actor, place: Place, label: str, form: dict[str, str] | None = None
    ) -> None:
        """Presses what shows, and sends in the form behind it."""
        message = self.seen(place, label=label)
        if message is None:
            return
        while who.modals:
            await who.closes_modal()
        await who.presses(message, label)
        if form is not None:
            await who.opens_modal(2.0)
            await who.submits(form)

    async def goes_through(self) -> Message:
        """From the question to "Solved"; gives the question."""
        person = self.sandbox.person
        alice = person("alice")
        asked = await alice.direct_messages(f"{self.words}, what now?")
        home = alice.direct_message
        await self.until(lambda: self._asks(alice, asked), lambda: self.seen("tier-1"))
        await self._climbs("tia", "tier-1", "tier-2")
        await self._climbs("tess", "tier-2", "tier-3")
        await self._claims("tara", "tier-3")
        await self.until(
            lambda: self.presses(
                person("tara"), "tier-3", "Resolve", {"root-cause": "old", "solution": self.words}
            ),
            lambda: self.seen("tier-1", "resolved by"),
        )
        await self.until(
            lambda: self.presses(person("tia"), "tier-1", "Deliver", {}),
            lambda: self._solution(home, "Solved"),
        )
        await self.until(
            lambda: self._solved(alice),
            lambda: self.seen("tier-1", "closed since"),
        )
        return asked

    async def _asks(self, alice: Actor, asked: Message) -> None:
        answers = [
            one
            for one in self.sandbox.messages_in(alice.direct_message)
            if one.bot_id and one.ts > asked.ts and "Ask the helpdesk" in labels(one)
        ]
        if not answers:
            return
        while alice.modals:
            await alice.closes_modal()
        await alice.presses(answers[0], "Ask the helpdesk")
        await alice.opens_modal(2.0)
        await alice.submits({"words": f"{self.words}, what now?"})

    async def _claims(self, name: str, place: str) -> None:
        who = self.sandbox.person(name)
        await self.until(
            lambda: self.presses(who, place, "Claim"),
            lambda: self.seen(place, f"{who.mention} has it"),
        )

    async def _climbs(self, name: str, place: str, above: str) -> None:
        await self._claims(name, place)
        who = self.sandbox.person(name)
        await self.until(
            lambda: self.presses(who, place, "Escalate", {"learned": "not the cable"}),
            lambda: self.seen(above),
        )

    def _solution(self, home: Place, label: str) -> Message | None:
        """The solution in the thread of the status message."""
        channel = home if not isinstance(home, str) else self.sandbox.channel(home)
        for one in channel.messages():
            if one.bot_id and "has a solution" in one.text and self.words in one.text:
                return one if label in labels(one) else None
        return None

    async def _solved(self, alice: Actor) -> None:
        if message := self._solution(alice.direct_message, "Solved"):
            await alice.presses(message, "Solved")


async def test_the_whole_path_is_gone_once_however_often_the_bot_is_killed_on_it(
    sandbox: Sandbox, few_articles: Path, store_url: str, tmp_path: Path, fault_rounds: int
) -> None:
    environment = sandbox_environment(sandbox, store_url) | {
        "SLACK_PACE": "OFF",
        "KNOWLEDGE_DIR": str(few_articles),
    }
    bot = BotProcess(sandbox, environment, tmp_path / "bot.log")
    asked: list[Message] = []
    await bot.start()
    for seed in range(fault_rounds):
        dice = random.Random(seed)
        going = asyncio.create_task(Journey(sandbox, seed).goes_through())
        kills = [signal.SIGKILL] * dice.randint(0, MOST_KILLS - 1)
        for how in (*kills, *endings(seed)):
            await asyncio.sleep(dice.random() * LONGEST_LIFE)
            await bot.ends(how)
        asked.append(await going)
    await sandbox.settled(timeout=60)
    await all_sent(store_url)
    assert 0 == await bot.terminate()
    assert [] == given_up(sandbox)

    told = list(sandbox.person("alice").direct_message.messages())
    brought = [one.text.splitlines()[1] for one in told if "has a solution" in one.text]
    assert sorted(Journey(sandbox, seed).words for seed in range(fault_rounds)) == sorted(brought)
    store = await open_store(store_url)
    try:
        assert [] == await faults_in(sandbox, store, asked)
    finally:
        await store.close()
