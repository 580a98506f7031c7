"""From the plan to the channels, through the true app and the sandbox."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import yaml

from knowledge.question import Question
from knowledge.watching import Knowledge
from rollout.reading import load_plan
from rollout.schedule import Planned, schedule
from sandbox.conversation import Message
from sandbox.people import Actor
from storage.kinds import QUESTION, person_key
from storage.opening import open_copy
from tests.workplace import Workplace, eventually, labels, open_workplace

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
PLAN = Path(__file__).parents[2] / "rollout" / "plan.example.yaml"
BEFORE = datetime(2027, 6, 28, 8, 0, tzinfo=UTC)
FIRST = "pre-enrollment-1-it"


@asynccontextmanager
async def rollout(store_url: str, knowledge: Knowledge) -> AsyncIterator[Workplace]:
    """A workplace in the week before the sample plan begins."""
    manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
    setup = {"clock_start": BEFORE, "manifest": manifest}
    async with open_workplace(store_url, knowledge, **setup) as workplace:
        await domain_time(workplace, BEFORE)
        yield workplace


async def domain_time(workplace: Workplace, at: datetime) -> None:
    """The bot has taken the sandbox's time over."""
    bot = workplace.bot
    assert bot is not None
    await eventually(lambda: bot._clock.now() >= at)


async def prepares(admin: Actor, workplace: Workplace, planned: str, title: str) -> Message:
    """The admin prepares a planned message; gives its card."""
    await admin.commands("/signpost", "announce")
    await admin.opens_modal()
    await admin.submits({"planned": planned})
    return await workplace.posted_in("rollout-admins", title)


async def approves(admin: Actor, workplace: Workplace, card: Message) -> None:
    await admin.presses(card, "Approve")
    await workplace.becomes(card, lambda shown: "Approved, goes out" in shown.text)


async def test_ada_prepares_axel_approves_and_the_channel_reads_it_at_its_time(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge) as workplace:
        ada, axel = workplace.person("ada"), workplace.person("axel")
        card = await prepares(ada, workplace, FIRST, "Announcement: IT: your devices")
        await approves(axel, workplace, card)
        before = [one for one in workplace.sandbox.messages_in("it") if one.bot_id]

        workplace.sandbox.core.clock.jump_to(datetime(2027, 7, 7, 7, 0, 30, tzinfo=UTC))
        announced = await workplace.posted_in("it", "IT: your devices join Microsoft Intune")
        workplace.sandbox.core.clock.advance(timedelta(seconds=30))
        card = await workplace.becomes(card, lambda shown: "Sent: 1, failed: 0" in shown.text)

        assert [] == before
        assert ["How to enroll", "Ask a question", "I need help"] == labels(announced)
        assert "Sent, planned for" in card.text


async def questions_of(person: Actor, workplace: Workplace) -> list[Question]:
    team = workplace.sandbox.workspace.team_id
    store = await open_copy(workplace.environment["STORE_URL"])
    try:
        found = await store.find(QUESTION, "asker", person_key(team, person.id))
        return [one.record for one in found]
    finally:
        await store.close()


async def test_linnea_reads_it_in_her_language_and_presses_every_button(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge) as workplace:
        ada, axel, linnea = (workplace.person(name) for name in ("ada", "axel", "linnea"))
        card = await prepares(ada, workplace, "enrollment-it", "Announcement: IT: your account")
        await approves(axel, workplace, card)
        workplace.sandbox.core.clock.jump_to(datetime(2027, 7, 20, 7, 0, 30, tzinfo=UTC))
        announced = await workplace.posted_in("it", "IT: your account is ready")

        await linnea.presses(announced, "I have enrolled")
        thanked = await workplace.whisper_to(linnea)
        await linnea.presses(announced, "How to enroll")
        await linnea.opens_modal()
        await linnea.submits({"platform": "ios"})
        await linnea.presses(announced, "Ask a question")
        await linnea.opens_modal()
        await linnea.submits({"question": "hur registrerar jag min iPhone?"})

        assert "Thank you, noted. Only you see this." == thanked.text
        await workplace.posted_in(linnea.direct_message, "hur registrerar jag min iPhone?")
        (question,) = await questions_of(linnea, workplace)
        assert "enrollment-it" == question.wave


async def test_somebody_who_is_no_admin_prepares_and_approves_nothing(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge) as workplace:
        ada, alice = workplace.person("ada"), workplace.person("alice")
        await alice.commands("/signpost", "announce")
        await workplace.sandbox.settled()
        card = await prepares(ada, workplace, FIRST, "Announcement: IT: your devices")

        await ada.presses(card, "Approve")
        refused = await workplace.whisper_to(ada)

        assert alice.modals == []
        assert refused.text.startswith("Somebody else must approve what you wrote.")


async def test_the_bot_stopped_at_the_due_time_sends_once_when_it_is_back(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge) as workplace:
        ada, axel = workplace.person("ada"), workplace.person("axel")
        card = await prepares(ada, workplace, FIRST, "Announcement: IT: your devices")
        await approves(axel, workplace, card)
        await workplace.stop_bot()
        workplace.sandbox.core.clock.jump_to(datetime(2027, 7, 7, 9, 0, tzinfo=UTC))

        await workplace.start_bot()
        await workplace.posted_in("it", "IT: your devices")
        await workplace.stop_bot()
        await workplace.start_bot()
        alice = workplace.person("alice")
        await workplace.reply_to(await alice.says("ask-it", "how do I enroll my iPhone?"))

        assert 1 == len([one for one in workplace.sandbox.messages_in("it") if one.bot_id])


async def test_the_sample_plan_is_played_from_july_to_october(
    store_url: str, knowledge: Knowledge
) -> None:
    """Every announcement in its channel, and none before its date."""
    planned = schedule(load_plan(PLAN)).announcements
    async with rollout(store_url, knowledge) as workplace:
        ada, axel = workplace.person("ada"), workplace.person("axel")
        for one in planned:
            await announces(ada, axel, workplace, one)

        for number, one in enumerate(planned, 1):
            workplace.sandbox.core.clock.jump_to(one.at + timedelta(seconds=1))
            await eventually(partial(has_posted, workplace, number), timeout=15)
            assert number == posted(workplace), one.id

        assert 17 == posted(workplace)


async def announces(ada: Actor, axel: Actor, workplace: Workplace, one: Planned) -> None:
    await ada.commands("/signpost", "announce")
    await ada.opens_modal()
    await ada.submits({"planned": one.id})
    channel = workplace.sandbox.channel("rollout-admins")

    def newest() -> Message | None:
        cards = [card for card in workplace.sandbox.messages_in(channel) if card.bot_id]
        return cards[-1] if cards and "Draft, planned for" in cards[-1].text else None

    card = await workplace.sandbox.until(newest, explain=f"the card of {one.id}")
    assert card is not None
    await approves(axel, workplace, card)


def has_posted(workplace: Workplace, count: int) -> bool:
    return posted(workplace) >= count


def posted(workplace: Workplace) -> int:
    """How many announcements stand in the channels."""
    channels = ("general", "it", "sales", "retail", "hr")
    return sum(bool(one.bot_id) for name in channels for one in workplace.sandbox.messages_in(name))
