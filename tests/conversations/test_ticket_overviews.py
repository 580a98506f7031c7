"""Overviews in private, by command."""

import pytest

from tests.conversations.counter import Counter
from tests.workplace import Workplace


@pytest.fixture
def counter(workplace: Workplace) -> Counter:
    return Counter(workplace)


async def test_an_agent_lists_own_and_waiting_tickets(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.asks("adam", "purple quux walrus?")

    await counter.person("tia").commands("/signpost", "tickets")

    told = await counter.refused("tia", "Open tickets: 2")
    assert "zebra" in told.text
    assert "walrus" in told.text


async def test_an_asker_lists_what_they_asked_and_nothing_else(counter: Counter) -> None:
    await counter.asks("alice")
    await counter.asks("adam", "purple quux walrus?")

    await counter.person("adam").commands("/signpost", "tickets")

    told = await counter.refused("adam", "Your questions at the helpdesk: 1")
    assert "walrus" in told.text
    assert "zebra" not in told.text


async def test_one_ticket_is_shown_with_its_history(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)

    await counter.person("tess").commands("/signpost", "ticket #1")

    told = await counter.refused("tess", "What happened to #1")
    assert "opened" in told.text
    assert "claimed" in told.text


async def test_the_ticket_of_somebody_else_is_not_shown(counter: Counter) -> None:
    await counter.asks("alice")

    await counter.person("adam").commands("/signpost", "ticket 1")

    assert "zebra" not in (await counter.refused("adam", "only members of that channel")).text


async def test_a_number_that_does_not_exist_is_said_so(counter: Counter) -> None:
    await counter.person("tia").commands("/signpost", "ticket 99")

    await counter.refused("tia", "no ticket of that number")
