"""A card that comes to a tier brings the runbooks of that tier, for agents alone."""

import pytest

from sandbox.conversation import Message
from tests.conversations.counter import Counter
from tests.workplace import Workplace, labels

BLOCKED = "conditional access blocks me, zebra quux"
LEAD = "Runbooks that may help"


@pytest.fixture
def counter(workplace: Workplace) -> Counter:
    return Counter(workplace)


async def at_tier_2(counter: Counter, words: str = BLOCKED, learned: str = "no idea") -> Message:
    card = await counter.asks("alice", words)
    await counter.claims("tia", card)
    return await counter.escalates("tia", card, 2, learned=learned)


async def test_the_thread_of_the_card_names_the_runbooks_that_fit(counter: Counter) -> None:
    card = await at_tier_2(counter)

    note = await counter.in_thread(card, LEAD)

    assert any("Conditional Access" in label for label in labels(note))
    assert 2 >= len(labels(note))
    assert 1 == len([one for one in counter.notes(card) if LEAD in one.text])


async def test_findings_lead_to_a_runbook_too(counter: Counter) -> None:
    card = await at_tier_2(
        counter, "purple quux walrus", "collect the logs of a Windows computer for tier 3"
    )

    note = await counter.in_thread(card, LEAD)

    assert any("Windows" in label for label in labels(note))


async def test_a_press_opens_the_runbook(counter: Counter) -> None:
    note = await counter.in_thread(await at_tier_2(counter), LEAD)
    label = next(label for label in labels(note) if "Conditional Access" in label)

    await counter.presses("tess", note, label)

    view = await counter.person("tess").opens_modal()
    assert label == view.body["blocks"][0]["text"]["text"]


async def test_a_runbook_of_a_higher_tier_is_shown_to_its_readers_only(counter: Counter) -> None:
    note = await counter.in_thread(await at_tier_2(counter), LEAD)
    await counter.person("tess").invites("tier-2", "gus")
    label = next(label for label in labels(note) if "Conditional Access" in label)

    await counter.presses("gus", note, label)

    await counter.refused("gus", "can ask, and nothing more")
    with pytest.raises(TimeoutError):
        await counter.person("gus").opens_modal(timeout=0.5)


async def test_no_runbook_reaches_the_asker(counter: Counter) -> None:
    card = await at_tier_2(counter)
    await counter.in_thread(card, LEAD)
    await counter.sandbox.settled()

    told = counter.sandbox.messages_in(counter.person("alice").direct_message)

    assert told
    assert not [one for one in told if "unbook" in str((one.text, one.blocks))]
