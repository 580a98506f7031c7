"""kill -9 and SIGTERM in the middle of announcing to 200 channels: each channel reads it once."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from commandline.sandbox import sandbox_environment
from handlers.announcing_waiting import announce_command
from knowledge.article import Language
from rollout.announcement import Announcement, Audience, State, announcement_id, drafted
from rollout.messages import Message
from sandbox.conversation import ChannelKind
from sandbox.seed import BOT_USER_ID, TEAM_ID, user_id
from sandbox.server import Sandbox
from storage.kinds import ANNOUNCEMENT
from storage.opening import open_copy, open_store
from storage.port import Commit, Put
from tests.endstate import all_sent
from tests.faults.test_kill_asking import few_articles
from tests.process import BotProcess, endings

__all__ = ["few_articles"]

CHANNELS = 200
SENT_WITHIN = 240.0


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(pace=False) as opened:
        for number in range(CHANNELS):
            members = (user_id("ada"), BOT_USER_ID)
            opened.workspace.add_channel(
                f"C0TEAM{number:03d}", f"team-{number:03d}", ChannelKind.PUBLIC, members, members[0]
            )
        yield opened


def approved(number: int, sends_at: datetime, now: datetime) -> Announcement:
    """An announcement to all the channels, as approved."""
    draft = Announcement(
        id=announcement_id(TEAM_ID, sends_at.year, f"fault-{number}"),
        team=TEAM_ID,
        state=State.SCHEDULED,
        planned="",
        group="",
        phase=None,
        messages={
            Language.EN: Message(f"Round {number}", "Devices join.", "Enroll.", "Ask in ask-it.")
        },
        audience=tuple(Audience(f"C0TEAM{each:03d}", Language.EN) for each in range(CHANNELS)),
        sends_at=sends_at,
        author=user_id("ada"),
        approved_by=user_id("axel"),
    )
    return drafted(draft, now)


async def schedule(store_url: str, rounds: int, now: datetime) -> None:
    """An announcement for every three rounds, all due at once."""
    announcements = [
        approved(number, now + timedelta(seconds=1), now) for number in range(-(-rounds // 3))
    ]
    store = await open_store(store_url)
    try:
        await store.commit(
            Commit(
                at=now,
                puts=tuple(Put(ANNOUNCEMENT, one) for one in announcements),
                due=tuple(announce_command(one) for one in announcements),
            )
        )
    finally:
        await store.close()


def said(sandbox: Sandbox) -> Counter[tuple[str, str]]:
    """How often each channel reads each announcement."""
    found: Counter[tuple[str, str]] = Counter()
    for number in range(CHANNELS):
        name = f"C0TEAM{number:03d}"
        found.update(
            (name, one.text.splitlines()[0]) for one in sandbox.messages_in(name) if one.bot_id
        )
    return found


async def states(store_url: str) -> set[str]:
    store = await open_copy(store_url)
    try:
        found = await store.find(ANNOUNCEMENT, "team", TEAM_ID, limit=1000)
        return {one.record.state.value for one in found}
    finally:
        await store.close()


async def all_finished(store_url: str) -> None:
    async with asyncio.timeout(SENT_WITHIN):
        while await states(store_url) != {State.SENT.value}:  # noqa: ASYNC110 - another process
            await asyncio.sleep(1)


async def test_each_channel_reads_it_once_however_often_the_bot_is_ended(
    sandbox: Sandbox, few_articles: Path, store_url: str, tmp_path: Path, fault_rounds: int
) -> None:
    environment = sandbox_environment(sandbox, store_url) | {
        "SLACK_PACE": "OFF",
        "KNOWLEDGE_DIR": str(few_articles),
    }
    bot = BotProcess(sandbox, environment, tmp_path / "bot.log")
    await schedule(store_url, fault_rounds, sandbox.core.clock.now())
    await bot.start()
    for seed in range(fault_rounds):
        dice = random.Random(seed)
        for how in endings(seed):
            await asyncio.sleep(dice.random() * 2.0)
            await bot.ends(how)
    await all_sent(store_url, SENT_WITHIN)
    await all_finished(store_url)
    assert 0 == await bot.terminate()

    rounds = -(-fault_rounds // 3)
    counts = said(sandbox)
    assert CHANNELS * rounds == len(counts)
    assert [] == [place for place, times in counts.items() if times > 1]
