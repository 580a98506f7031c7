"""Slack is unwell: it tells everything four times, late and out of order, refuses one call in ten,
fails one in fifty although it did it, loses answers, cuts connections, and goes away. Everybody is
answered, and told nothing twice."""

import asyncio
import random

import pytest

from knowledge.watching import Knowledge
from sandbox.conversation import Message
from sandbox.delivery import DeliveryTimes
from storage.opening import open_store
from tests.endstate import all_sent, failed_payloads, faults_in, keys_of
from tests.faults.postman import COPIES, Postman
from tests.faults.test_kill_asking import ASKERS, QUESTIONS
from tests.faults.test_kill_escalating import acts
from tests.workplace import Workplace, eventually, open_workplace

OFTEN = DeliveryTimes(retry_after=(0.0, *[1.0] * 60))
ACTS = 6
"""What others do while somebody asks."""
MOST_ROUNDS = 100
AWAY_FOR = 300.0
"""Seconds, in the long form."""
SHORT = 5


def make_calls_fail(workplace: Workplace) -> None:
    """The faults of calls, each at its own pace; the rarer come first, as one rule strikes."""
    faults = workplace.sandbox.core.faults
    faults.add("*", "error_after", every=50)
    faults.add("*", "lost_answer", every=41)
    faults.add("*", "reset", every=37)
    faults.add("*", "error", every=31)
    faults.add("*", "ratelimit", every=10)


async def asks_somehow(workplace: Workplace, dice: random.Random) -> Message:
    """In the question channel, by mention, or directly; a mention comes as two events."""
    asker, text = workplace.person(dice.choice(ASKERS)), dice.choice(QUESTIONS)
    match dice.randrange(3):
        case 0:
            return await asker.says("ask-it", text)
        case 1:
            return await asker.mentions_bot("ask-it", text)
        case _:
            return await asker.direct_messages(text)


async def faults_after(workplace: Workplace, asked: list[Message], timeout: float) -> list[str]:
    """What is wrong once all is quiet."""
    sandbox = workplace.sandbox

    def answered() -> bool:
        answers = {key for key in keys_of(sandbox) if key.startswith("answer:")}
        return len(answers) >= len(asked)

    await eventually(answered, timeout)
    await sandbox.settled(timeout)
    await all_sent(workplace.environment["STORE_URL"], timeout)
    await workplace.stop_bot()
    store = await open_store(workplace.environment["STORE_URL"])
    try:
        day = sandbox.core.clock.now().date().isoformat()
        return await faults_in(sandbox, store, asked) + await failed_payloads(store, day)
    finally:
        await store.close()


async def test_everything_is_told_four_times_late_and_in_any_order(
    store_url: str, knowledge: Knowledge, fault_rounds: int
) -> None:
    async with open_workplace(store_url, knowledge, times=OFTEN) as workplace:
        postman = Postman(workplace.sandbox, random.Random(0))
        asked = []
        for seed in range(min(fault_rounds, MOST_ROUNDS)):
            dice = random.Random(seed)
            asked += [await asks_somehow(workplace, dice) for _ in range(3)]
            for _ in range(ACTS):
                await acts(workplace.sandbox, dice)
        await postman.done(timeout=60)

        assert postman.brought >= COPIES * len(asked)
        assert [] == await faults_after(workplace, asked, timeout=60)


async def test_calls_are_refused_fail_although_they_were_done_or_lose_their_answers(
    store_url: str, knowledge: Knowledge, fault_rounds: int
) -> None:
    async with open_workplace(store_url, knowledge, times=OFTEN) as workplace:
        make_calls_fail(workplace)
        asked = []
        for seed in range(min(fault_rounds, MOST_ROUNDS)):
            dice = random.Random(seed)
            asked += [await asks_somehow(workplace, dice) for _ in range(10)]
            for _ in range(ACTS):
                await acts(workplace.sandbox, dice)

        assert [] == await faults_after(workplace, asked, timeout=120)
        struck = {rule.fault: rule.struck for rule in workplace.sandbox.core.faults.rules}
        assert all(struck.values()), struck


@pytest.mark.faults
async def test_slack_is_away_for_five_minutes(
    store_url: str, knowledge: Knowledge, fault_rounds: int
) -> None:
    """What was asked before the bot noticed, and during it, as far as Slack tries again."""
    away_for = AWAY_FOR if fault_rounds > SHORT else 5.0
    often = DeliveryTimes(retry_after=(0.0, *[1.0] * 600))
    async with open_workplace(store_url, knowledge, times=often) as workplace:
        dice = random.Random(0)
        asked = [await asks_somehow(workplace, dice) for _ in range(10)]
        async with workplace.sandbox.away():
            asked += [await asks_somehow(workplace, dice) for _ in range(10)]
            await asyncio.sleep(away_for)
        await workplace.sandbox.connected(timeout=120)

        assert [] == await faults_after(workplace, asked, timeout=180)
