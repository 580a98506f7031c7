"""kill -9 and SIGTERM at random points of asking: no question is lost, none is answered twice."""

import asyncio
import random
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from commandline.sandbox import sandbox_environment
from sandbox.conversation import Message
from sandbox.errors import ActRefused
from sandbox.people import Actor
from sandbox.server import Sandbox
from storage.opening import open_store
from tests.endstate import all_sent, faults_in, keys_of
from tests.payload_types import SENT
from tests.process import PATIENT, BotProcess, endings, given_up
from tests.workplace import eventually, labels

FAQ = Path(__file__).parents[2] / "knowledge" / "faq"
ASKERS = ("alice", "bram", "sven", "mei", "adam", "femke", "linnea", "wei")
QUESTIONS = (
    "how do I enroll my iPhone?",
    "hoe lang duurt het registreren?",
    "hur registrerar jag min dator?",
    "公司看得到我的照片嗎？",
    "what is the capital of Australia?",
)


TOPICS = ("enroll-ios", "enroll-windows", "how-long-it-takes", "what-can-it-see")


@pytest.fixture
def few_articles(tmp_path: Path) -> Path:
    """A small knowledge base, so that a killed bot is soon back."""
    folder = tmp_path / "faq"
    for language in ("en", "nl", "sv", "zh-Hant"):
        (folder / language).mkdir(parents=True)
        for topic in TOPICS:
            shutil.copy(FAQ / language / f"{topic}.md", folder / language)
    return folder


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(times=PATIENT, pace=False) as opened:
        SENT.listen(opened.core.traffic)
        yield opened


def answers_in(sandbox: Sandbox) -> set[str]:
    return {key for key in keys_of(sandbox) if key.startswith("answer:")}


async def asks_something(sandbox: Sandbox, dice: random.Random) -> Message:
    asker = sandbox.person(dice.choice(ASKERS))
    text = dice.choice(QUESTIONS)
    if dice.random() < 0.5:
        return await asker.says("ask-it", text)
    return await asker.direct_messages(text)


async def presses_something(sandbox: Sandbox, asker: Actor, question: Message) -> None:
    """Ask the helpdesk, where an answer offers it; a bot that is being killed may not hear it."""
    for answer in sandbox.messages_in(sandbox.channel(question.channel)):
        if answer.bot_id and (answer.thread_ts or "") in ("", question.ts):
            buttons = [label for label in labels(answer) if "elp" in label or "服務台" in label]
            if buttons and answer.ts > question.ts:
                asyncio.ensure_future(_press(asker, answer, buttons[0]))  # noqa: RUF006
                return


async def _press(asker: Actor, answer: Message, label: str) -> None:
    try:
        await asker.presses(answer, label)
    except ActRefused:
        # What a person sees when the bot does not acknowledge; the press simply did not happen.
        return


async def test_no_question_is_lost_or_answered_twice_however_often_the_bot_is_killed(
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
        for how in endings(seed):
            for _ in range(dice.randint(1, 6)):
                asked.append(await asks_something(sandbox, dice))
                await asyncio.sleep(dice.random() * 0.03)
                asker = sandbox.person(dice.choice(ASKERS))
                await presses_something(sandbox, asker, dice.choice(asked))
            await asyncio.sleep(dice.random() * 0.15)
            await bot.ends(how)
    await sandbox.settled(timeout=60)
    await eventually(lambda: len(asked) <= len(answers_in(sandbox)), timeout=90)
    await all_sent(store_url)
    assert 0 == await bot.terminate()
    assert [] == given_up(sandbox)

    store = await open_store(store_url)
    try:
        assert [] == await faults_in(sandbox, store, asked)
    finally:
        await store.close()
