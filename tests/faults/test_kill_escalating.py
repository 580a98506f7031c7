"""kill -9 and SIGTERM on the way of tickets: none is lost or doubled, each tier has one card, and
each message reaches its person once."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from commandline.sandbox import sandbox_environment
from sandbox.conversation import Message
from sandbox.errors import ActRefused
from sandbox.people import Actor
from sandbox.server import Sandbox
from storage.kinds import TICKET_COUNTER
from storage.opening import open_store
from tests.endstate import all_sent, faults_in, keys_of
from tests.faults.test_kill_asking import few_articles
from tests.payload_types import SENT
from tests.process import PATIENT, BotProcess, endings, given_up

__all__ = ["few_articles"]

ASKERS = ("alice", "adam", "bram")
AGENTS = {"tier-1": ("tia", "tom"), "tier-2": ("tess", "ted"), "tier-3": ("tara", "theo")}
QUIET_FOR = 4.0
ANSWERS = {
    "text": "which build is it?",
    "learned": "not the cable",
    "root-cause": "an old profile",
    "solution": "remove the profile",
    "case": "TRACK-42",
}


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(times=PATIENT) as opened:
        SENT.listen(opened.core.traffic)
        yield opened


def pressable(message: Message) -> Iterator[str]:
    """The labels of everything that can be pressed on a message but what needs a colleague."""
    for block in message.blocks or ():
        for element in block.get("elements", ()) if block["type"] == "actions" else ():
            if element["type"] == "button":
                yield element["text"]["text"]
            for option in element.get("options", ()):
                if option["text"]["text"] not in ("Assign", "Toewijzen"):
                    yield option["text"]["text"]


async def acts(sandbox: Sandbox, dice: random.Random) -> None:
    """Somebody does something that the screen offers."""
    place = dice.choice([*AGENTS, *ASKERS])
    asker = place in ASKERS
    actor = sandbox.person(place if asker else dice.choice(AGENTS[place]))
    channel = actor.direct_message if asker else sandbox.channel(place)
    offers = [
        (message, label)
        for message in sandbox.messages_in(channel)
        if message.bot_id
        for label in pressable(message)
    ]
    if offers:
        message, label = dice.choice(offers[-12:])
        await tries(actor, message, label)


async def tries(actor: Actor, message: Message, label: str) -> None:
    """A press and the form behind it, as far as the bot that is being killed lets them come."""
    try:
        async with asyncio.timeout(4):
            await actor.presses(message, label)
            if actor.modals:
                await actor.submits(_filled_in(actor.modal.body))
    except (ActRefused, TimeoutError, KeyError):
        return


def _filled_in(view: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        name = block.get("block_id")
        if block["type"] == "input" and name in ANSWERS:
            values[name] = ANSWERS[name]
        if block["type"] == "input" and name == "article" and not block["optional"]:
            values[name] = block["element"]["options"][0]["value"]
    return values


async def quiet(sandbox: Sandbox) -> None:
    """Return when nothing new was said for a while."""
    async with asyncio.timeout(120):
        while True:
            await sandbox.settled(timeout=60)
            before = len(list(keys_of(sandbox)))
            await asyncio.sleep(QUIET_FOR)
            if before == len(list(keys_of(sandbox))):
                return


async def test_no_ticket_is_lost_or_doubled_however_often_the_bot_is_killed(
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
        asker = sandbox.person(dice.choice(ASKERS))
        asked.append(await asker.direct_messages(f"zebra quux number {seed}, what now?"))
        await asyncio.sleep(0.3)
        hands = [random.Random(seed * 10 + hand) for hand in range(3)]
        for how in endings(seed):
            doing = [asyncio.create_task(_acts_often(sandbox, hand)) for hand in hands]
            await asyncio.sleep(dice.random() * 2.5)
            await bot.ends(how)
            await asyncio.gather(*doing)
    await quiet(sandbox)
    await all_sent(store_url)
    assert 0 == await bot.terminate()
    assert [] == given_up(sandbox)

    store = await open_store(store_url)
    try:
        assert [] == await faults_in(sandbox, store, asked)
        assert await store.get(TICKET_COUNTER, sandbox.workspace.team_id), "nobody got through"
    finally:
        await store.close()


async def _acts_often(sandbox: Sandbox, dice: random.Random) -> None:
    for _ in range(12):
        await acts(sandbox, dice)
        await asyncio.sleep(dice.random() * 0.1)
