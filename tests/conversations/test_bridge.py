"""Bridge mode: all tiers in one channel for a while."""

from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

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


async def test_on_the_bridge_the_tiers_above_get_their_cards_there_with_the_link(
    counter: Counter,
) -> None:
    await counter.person("ada").commands("/signpost", f"bridge on {LINK}")
    await counter.workplace.posted_in("tier-2", "opened the bridge")
    card = await asked(counter, "alice", "purple quux walrus?", "bridge")
    await counter.claims("tess", card)

    await counter.fills_in("tess", card, "Escalate", learned="not the cable")

    second = await counter.workplace.posted_in("bridge", "waits in tier 2")
    assert LINK in second.text
    await counter.claims("tia", second)
    assert [] == [one for one in counter.cards(2) if "walrus" in one.text]


async def test_cards_that_stand_already_get_the_link_and_lose_it(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)

    await counter.person("ada").commands("/signpost", f"bridge on {LINK}")
    linked = await counter.shows(card, lambda one: LINK in one.text)
    assert f"{counter.person('tia').mention} has it" in linked.text
    await counter.person("ada").commands("/signpost", "bridge off")

    await counter.shows(card, lambda one: LINK not in one.text)


async def test_a_claim_on_the_bridge_is_released_there_and_claimed_by_another_tier(
    counter: Counter,
) -> None:
    await counter.person("ada").commands("/signpost", f"bridge on {LINK}")
    await counter.workplace.posted_in("tier-2", "opened the bridge")
    card = await asked(counter, "alice", "purple quux walrus?", "bridge")
    await counter.claims("tara", card)

    await counter.presses("tara", card, "Release")
    await counter.shows(card, lambda one: "waits in tier 1" in one.text)

    await counter.claims("tess", card)


async def test_who_leaves_the_own_tier_and_stays_on_the_bridge_keeps_the_claim(
    counter: Counter,
) -> None:
    await counter.person("ada").commands("/signpost", "bridge on")
    await counter.workplace.posted_in("tier-2", "opened the bridge")
    card = await asked(counter, "alice", "purple quux walrus?", "bridge")
    await counter.claims("tia", card)

    await counter.person("tia").leaves("tier-1")
    await counter.sandbox.settled()
    await counter.presses("tia", card, "Release")

    await counter.shows(card, lambda one: "waits in tier 1" in one.text)
    assert [] == [one for one in counter.notes(card) if "no longer in" in one.text]


async def test_when_the_bot_is_not_in_the_bridge_channel_the_card_goes_to_the_tier(
    counter: Counter,
) -> None:
    await counter.person("ada").commands("/signpost", "bridge on")
    await counter.workplace.posted_in("tier-2", "opened the bridge")
    card = await asked(counter, "alice", "purple quux walrus?", "bridge")
    await counter.claims("tess", card)
    await counter.person("tia").removes("bridge", "signpost")

    await counter.fills_in("tess", card, "Escalate", learned="not the cable")

    assert await counter.workplace.posted_in("tier-2", "waits in tier 2")


async def test_the_last_day_of_the_bridge_ends_at_midnight_of_the_helpdesk(
    counter: Counter,
) -> None:
    clock = counter.sandbox.core.clock
    zone = ZoneInfo("Europe/Amsterdam")
    today = clock.now().astimezone(zone).date()
    midnight = datetime.combine(today + timedelta(days=1), time(), zone)
    await counter.person("ada").commands("/signpost", f"bridge on until {today}")
    await counter.workplace.posted_in("tier-1", "opened the bridge")

    clock.advance(midnight - clock.now() - timedelta(minutes=5))
    assert await asked(counter, "alice", "purple quux walrus?", "bridge")
    clock.advance(timedelta(minutes=6))

    assert await asked(counter, "adam", "orange quux walrus?", "tier-1")


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
