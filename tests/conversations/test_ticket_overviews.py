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


async def solved(counter: Counter, asker: str, text: str, cause: str, solution: str) -> None:
    """A ticket that tier 1 resolved."""
    card = await counter.asks(asker, text)
    await counter.claims("tia", card)
    await counter.resolves("tia", card, cause, solution)


@pytest.mark.parametrize(
    "words", ["walrus", "expired certificate", "REENROLL the phone", "walrsu quux"]
)
async def test_solved_tickets_are_found_by_question_cause_and_solution(
    counter: Counter, words: str
) -> None:
    await solved(counter, "alice", "purple quux walrus?", "an expired certificate", "reenroll it")
    await counter.asks("adam", "zebra that nobody solved")

    await counter.person("tess").commands("/signpost", f"search {words}")

    told = await counter.refused("tess", "Solved tickets that fit")
    assert "#1 ·" in told.text
    assert "an expired certificate" in told.text
    assert "nobody solved" not in told.text


async def test_a_ticket_solved_after_the_first_search_is_found_by_the_next(
    counter: Counter,
) -> None:
    await counter.person("tia").commands("/signpost", "search walrus")
    await counter.refused("tia", 'fit "walrus": 0')
    await solved(counter, "alice", "purple quux walrus?", "an expired certificate", "reenroll it")

    await counter.person("tia").commands("/signpost", "search walrus")

    await counter.refused("tia", 'fit "walrus": 1')


@pytest.mark.parametrize("name", ["alice", "gus", "ada"])
async def test_only_agents_search(counter: Counter, name: str) -> None:
    await solved(counter, "adam", "purple quux walrus?", "a secret cause", "reenroll it")
    person = counter.person(name)

    await person.commands("/signpost", "search walrus")

    told = await counter.workplace.whisper_to(person)
    assert "a secret cause" not in told.text


async def test_a_ticket_is_shown_from_what_was_found(counter: Counter) -> None:
    await solved(counter, "alice", "purple quux walrus?", "an expired certificate", "reenroll it")
    tess = counter.person("tess")
    await tess.commands("/signpost", "search walrus")
    found = await counter.refused("tess", "Solved tickets that fit")

    await tess.presses(found, "Show")

    modal = await tess.opens_modal()
    assert "What happened to #1" in str(modal.body["blocks"])


async def test_more_than_twenty_tickets_are_paged(counter: Counter) -> None:
    for number in range(21):
        await counter.asks("alice", f"zebra quux number {number:02}?")
    tia = counter.person("tia")

    await tia.commands("/signpost", "tickets")
    first = await counter.refused("tia", "1 to 20 of 21")
    await tia.presses(first, "Next page")

    second = await counter.refused("tia", "21 to 21 of 21")
    assert "number 20" in second.text
    assert "number 19" not in second.text


async def test_twenty_tickets_have_no_second_page(counter: Counter) -> None:
    for number in range(20):
        await counter.asks("alice", f"zebra quux number {number:02}?")

    await counter.person("tia").commands("/signpost", "tickets")

    told = await counter.refused("tia", "number 19")
    assert "Next page" not in str(told.blocks)
    assert "1 to 20" not in told.text
