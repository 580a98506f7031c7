"""A ticket teaches the bot how people ask, once a second person agrees."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from knowledge.watching import Knowledge
from sandbox.conversation import Message
from tests.conversations.counter import Counter
from tests.workplace import labels, open_workplace

ROOT = Path(__file__).parents[2]
WORDS = "purple quux walrus wobbles"


@pytest.fixture
async def counter(store_url: str) -> AsyncIterator[Counter]:
    """A workplace whose bot learns by itself, apart from the other tests."""
    knowledge = Knowledge(ROOT / "knowledge" / "faq", ROOT / "sandbox" / "company.yaml")
    async with open_workplace(store_url, knowledge) as workplace:
        yield Counter(workplace)


async def proposed_by_tia(counter: Counter) -> Message:
    card = await counter.asks("alice", f"{WORDS}?")
    await counter.claims("tia", card)
    await counter.resolves("tia", card, "x", "the article on iPhones says it")
    form = {"words": WORDS, "article": "enroll-ios"}
    await counter.fills_in("tia", card, "People ask for an article", **form)
    return await counter.workplace.posted_in("rollout-admins", "proposes")


async def test_published_by_another_person_it_answers_the_next_asker(counter: Counter) -> None:
    card = await proposed_by_tia(counter)

    await counter.presses("ada", card, "Publish")
    await counter.shows(card, lambda one: "published what" in one.text and not labels(one))

    adam = counter.person("adam")
    answer = await counter.workplace.reply_to(await adam.direct_messages(WORDS))
    assert answer.text.startswith("Enroll an iPhone or iPad")


async def test_it_is_still_known_after_a_restart(counter: Counter) -> None:
    card = await proposed_by_tia(counter)
    await counter.presses("ada", card, "Publish")
    await counter.shows(card, lambda one: not labels(one))
    await counter.workplace.stop_bot()
    counter.workplace.knowledge = Knowledge(
        ROOT / "knowledge" / "faq", ROOT / "sandbox" / "company.yaml"
    )

    await counter.workplace.start_bot()

    adam = counter.person("adam")
    answer = await counter.workplace.reply_to(await adam.direct_messages(WORDS))
    assert answer.text.startswith("Enroll an iPhone or iPad")


async def test_ones_own_proposal_is_published_by_somebody_else(counter: Counter) -> None:
    await counter.person("ada").invites("rollout-admins", "tia")
    card = await proposed_by_tia(counter)

    await counter.presses("tia", card, "Publish")

    await counter.refused("tia", "Somebody else has to publish")
    assert ["Publish", "Discard"] == labels(counter.now(card))


async def test_discarded_it_is_not_learned(counter: Counter) -> None:
    card = await proposed_by_tia(counter)

    await counter.presses("axel", card, "Discard")
    await counter.shows(card, lambda one: "discarded what" in one.text)

    adam = counter.person("adam")
    answer = await counter.workplace.reply_to(await adam.direct_messages(WORDS))
    assert "I have no answer" in answer.text
