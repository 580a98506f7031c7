"""Bridge mode: all tiers in one channel for a while."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from knowledge.watching import Knowledge
from sandbox.conversation import ChannelKind, Message
from tests.conversations.counter import Counter
from tests.workplace import open_workplace

LINK = "https://meet.example/bridge"
TWO_DAYS = timedelta(days=2)


@pytest.fixture
async def counter(store_url: str, knowledge: Knowledge) -> AsyncIterator[Counter]:
    """The helpdesk with a bridge channel in which all tiers are."""
    async with open_workplace(store_url, knowledge) as workplace:
        tia = workplace.person("tia")
        bridge = workplace.sandbox.acts.create(tia.person, "bridge", ChannelKind.PRIVATE)
        for name in ("signpost", "tom", "tess", "tara"):
            await tia.invites("bridge", name)
        await workplace.stop_bot()
        workplace.environment = {**workplace.environment, "BRIDGE_CHANNEL": bridge.id}
        await workplace.start_bot()
        yield Counter(workplace)


async def asked(counter: Counter, name: str, text: str, place: str) -> Message:
    person = counter.person(name)
    answer = await counter.workplace.reply_to(await person.direct_messages(text))
    await person.presses(answer, "Ask the helpdesk")
    await person.opens_modal()
    await person.submits()
    return await counter.workplace.posted_in(place, text)


async def test_on_the_bridge_every_tier_sees_and_claims_and_the_link_is_on_the_card(
    counter: Counter,
) -> None:
    await counter.person("ada").commands("/signpost", f"bridge on {LINK}")
    await counter.workplace.posted_in("tier-2", "opened the bridge")

    card = await asked(counter, "alice", "purple quux walrus?", "bridge")
    await counter.claims("tara", card)

    assert LINK in card.text
    assert [] == [one for one in counter.cards(1) if "walrus" in one.text]


async def test_off_the_bridge_tickets_go_to_tier_1_again(counter: Counter) -> None:
    await counter.person("ada").commands("/signpost", "bridge on")
    await counter.workplace.posted_in("tier-1", "opened the bridge")

    await counter.person("ada").commands("/signpost", "bridge off")
    await counter.workplace.posted_in("tier-1", "closed the bridge")

    assert await asked(counter, "alice", "purple quux walrus?", "tier-1")


async def test_the_bridge_ends_after_its_last_day(counter: Counter) -> None:
    today = counter.sandbox.core.clock.now().date()
    await counter.person("ada").commands("/signpost", f"bridge on until {today}")
    await counter.workplace.posted_in("tier-1", "opened the bridge")

    counter.sandbox.core.clock.advance(TWO_DAYS)

    assert await asked(counter, "alice", "purple quux walrus?", "tier-1")


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("tia", "bridge on", "Only members of the admin channel"),
        ("ada", "bridge on until 2020-01-01", "does not exist or has passed"),
        ("ada", "bridge on until 2027-02-30", "does not exist or has passed"),
    ],
)
async def test_what_cannot_be_is_refused(
    counter: Counter, name: str, text: str, words: str
) -> None:
    await counter.person(name).commands("/signpost", text)

    await counter.refused(name, words)


async def test_an_agent_opens_a_ticket_for_somebody_who_called(counter: Counter) -> None:
    alice = counter.person("alice")

    await counter.person("tia").commands("/signpost", f"new {alice.mention} cannot sign in")

    card = await counter.workplace.posted_in("tier-1", "cannot sign in")
    assert f"{counter.person('tia').mention} has it" in card.text
    assert "by phone or in person" in card.text
    await counter.told("alice", "#1 ·")
    await counter.refused("tia", "#1 is open for")


async def test_who_is_no_agent_opens_nothing_for_others(counter: Counter) -> None:
    alice = counter.person("alice")

    await counter.person("adam").commands("/signpost", f"new {alice.mention} cannot sign in")

    await counter.refused("adam", "only members of that channel")
    assert [] == counter.cards(1)
