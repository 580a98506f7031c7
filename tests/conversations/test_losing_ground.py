"""Holders leave, cards and channels go away, and no ticket is lost with them."""

import pytest

from tests.conversations.counter import Counter
from tests.workplace import Workplace, labels


@pytest.fixture
def counter(workplace: Workplace) -> Counter:
    return Counter(workplace)


async def test_a_holder_who_leaves_the_channel_loses_the_claim(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)

    await counter.person("tia").leaves("tier-1")

    free = await counter.shows(card, lambda one: "waits in tier 1" in one.text)
    assert ["Claim"] == labels(free)
    note = await counter.in_thread(card, "no longer in tier 1")
    assert counter.person("tia").mention in note.text


async def test_a_deactivated_holder_loses_the_claim(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)

    counter.sandbox.change_person("tia", deleted=True)

    await counter.shows(card, lambda one: "waits in tier 1" in one.text)


async def test_when_the_deliverer_left_any_agent_of_tier_1_delivers(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.resolves("tia", card, "profile", "remove the profile")

    await counter.person("tia").leaves("tier-1")
    await counter.in_thread(card, "no longer in tier 1")

    assert await counter.delivers("tom", card)


async def test_while_the_deliverer_is_there_others_do_not_deliver(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.resolves("tia", card, "profile", "remove the profile")

    await counter.presses("tom", card, "Deliver")

    told = await counter.refused("tom", "has #1 since")
    assert counter.person("tia").mention in told.text


async def test_a_deleted_card_is_posted_anew(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.in_thread(card, "took #1")
    gone = card.ts

    counter.sandbox.workspace.delete(counter.now(card))

    def anew() -> bool:
        return any(one.ts != gone and "has it" in one.text for one in counter.cards(1))

    await counter.sandbox.until(anew, explain="the card stands again")
    again = next(one for one in counter.cards(1) if one.ts != gone)
    await counter.presses("tia", again, "Release")
    await counter.shows(again, lambda one: "waits in tier 1" in one.text)


async def test_when_the_asker_is_deactivated_the_tiers_are_told_and_the_ticket_closes(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)

    counter.sandbox.change_person("alice", deleted=True)

    await counter.in_thread(card, "was deactivated")
    assert [] == labels(await counter.shows(card, lambda one: "closed since" in one.text))


async def test_when_the_bot_was_removed_from_tier_2_the_card_goes_to_tier_1_and_the_admins_know(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.person("tess").removes("tier-2", "signpost")

    await counter.fills_in("tia", card, "Escalate", learned="not the cable")

    def rerouted() -> bool:
        return any("waits in tier 2" in one.text for one in counter.cards(1) if one.ts != card.ts)

    await counter.sandbox.until(rerouted, timeout=15, explain="the card goes to tier 1")
    second = next(one for one in counter.cards(1) if one.ts != card.ts)
    await counter.workplace.posted_in("rollout-admins", "/invite @signpost")
    await counter.claims("tom", second)
    await counter.resolves("tom", second, "profile", "remove the profile")


async def test_when_a_cards_channel_is_archived_the_next_word_moves_card_and_word_to_the_admins(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    status = await counter.told("alice", "#1 ·")
    await counter.in_thread(card, "took #1")
    await counter.person("tia").archives("tier-1")
    alice = counter.person("alice")

    await alice.says(alice.direct_message, "it got worse since", thread=status)
    await alice.says(alice.direct_message, "and now it is off", thread=status)

    moved = await counter.workplace.posted_in("rollout-admins", "#1 ·")
    for words in ("whose channel I cannot write to", "it got worse since", "and now it is off"):
        await counter.in_thread(moved, words)
    await counter.sandbox.settled()
    relayed = [one.text for one in counter.notes(moved) if "it got worse" in one.text]
    assert 1 == len(relayed)
    await counter.presses("ada", moved, "Reply to user")
    await counter.person("ada").opens_modal()


async def test_after_a_card_was_deleted_while_the_bot_was_down_the_askers_words_are_not_lost(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    status = await counter.told("alice", "#1 ·")
    await counter.sandbox.settled()
    await counter.workplace.stop_bot()
    counter.sandbox.workspace.delete(counter.now(card))
    await counter.workplace.start_bot()
    alice = counter.person("alice")

    original = await alice.says(alice.direct_message, "it got worse since", thread=status)

    again = await counter.workplace.posted_in("tier-1", "#1 ·")
    relayed = await counter.in_thread(again, "it got worse since")
    await alice.edits(original, "it is better now")
    await counter.shows(relayed, lambda one: "it is better now" in one.text)


async def test_with_tier_1_archived_the_card_goes_to_the_admins(counter: Counter) -> None:
    await counter.person("tia").archives("tier-1")
    alice = counter.person("alice")
    answer = await counter.workplace.reply_to(await alice.direct_messages("purple quux walrus?"))

    await alice.presses(answer, "Ask the helpdesk")
    await alice.opens_modal()
    await alice.submits()

    def rerouted() -> bool:
        posted = counter.sandbox.messages_in("rollout-admins")
        return any("#1 ·" in one.text for one in posted if one.bot_id)

    await counter.sandbox.until(rerouted, timeout=15, explain="the card goes to the admins")
