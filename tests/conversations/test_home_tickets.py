"""App Home shows askers, agents and admins their part of the helpdesk."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from knowledge.watching import Knowledge
from sandbox.people import Actor
from tests.conversations.counter import Counter
from tests.workplace import eventually, open_workplace

MONDAY_10 = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BLOCKS_OF_A_VIEW = 100


@pytest.fixture
async def counter(store_url: str, knowledge: Knowledge) -> AsyncIterator[Counter]:
    async with open_workplace(store_url, knowledge, clock_start=MONDAY_10) as workplace:
        yield Counter(workplace)


async def home_of(counter: Counter, person: Actor, *containing: str) -> str:
    def shown() -> str:
        words = str(person.home.body["blocks"]) if person.home else ""
        return words if all(one in words for one in containing) else ""

    return str(await counter.sandbox.until(shown, explain=f"home shows {containing!r}"))


async def test_an_asker_sees_open_and_past_tickets_and_nobody_elses(counter: Counter) -> None:
    await counter.asks("alice")
    await counter.asks("adam", "purple quux walrus?")
    alice = counter.person("alice")

    await alice.opens_home()

    shown = await home_of(counter, alice, "My questions at the helpdesk", "#1 ·")
    assert "zebra" in shown
    assert "walrus" not in shown


async def test_a_closed_ticket_is_opened_again_from_home(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.presses("alice", await counter.told("alice", "#1 ·"), "No longer needed")
    await counter.shows(card, lambda one: "closed since" in one.text)
    alice = counter.person("alice")
    await alice.opens_home()
    await home_of(counter, alice, "Open again")
    assert alice.home is not None

    await alice.presses(alice.home, "Open again")

    await counter.shows(card, lambda one: "waits in tier 1" in one.text)
    await counter.in_thread(card, "opened #1 again")


async def test_a_home_that_was_opened_follows_the_ticket(counter: Counter) -> None:
    card = await counter.asks("alice")
    alice = counter.person("alice")
    await alice.opens_home()
    await home_of(counter, alice, "waiting to be claimed")

    await counter.claims("tia", card)
    counter.sandbox.core.clock.advance(timedelta(seconds=5))

    await home_of(counter, alice, "being worked on", counter.person("tia").id)


async def test_a_home_that_nobody_opened_is_not_published(counter: Counter) -> None:
    card = await counter.asks("alice")

    await counter.claims("tia", card)
    counter.sandbox.core.clock.advance(timedelta(seconds=5))
    await counter.sandbox.settled()

    assert counter.person("alice").home is None
    assert counter.person("tia").home is None


async def test_many_changes_within_moments_publish_once(counter: Counter) -> None:
    clock = counter.sandbox.core.clock
    clock.pause()
    cards = [await counter.asks("alice", f"zebra quux item0{number}?") for number in range(3)]
    alice = counter.person("alice")
    await alice.opens_home()
    await home_of(counter, alice, "item02")
    published = set[int]()
    counter.sandbox.core.traffic.listeners.append(
        lambda entry: published.add(entry.number) if entry.name == "views.publish" else None
    )

    for card in cards:
        await counter.claims("tia", card)
    clock.advance(timedelta(seconds=5))
    await home_of(counter, alice, "being worked on")
    await counter.sandbox.settled()

    assert 1 == len(published)


async def test_an_agent_sees_own_tickets_and_what_waits_for_how_long(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.asks("adam", "purple quux walrus?")
    counter.sandbox.core.clock.advance(timedelta(minutes=10))
    tia = counter.person("tia")

    await tia.opens_home()

    shown = await home_of(counter, tia, "My tickets", "Waiting in tier 1: 1", "waiting for 10 min")
    assert "zebra" in shown
    assert "walrus" in shown
    assert "Waiting in tier 2" not in shown


async def test_what_is_due_within_the_hour_comes_first(counter: Counter) -> None:
    await counter.asks("alice")
    tia = counter.person("tia")

    await tia.opens_home()
    soon = await home_of(counter, tia, "Due soon")
    counter.sandbox.core.clock.advance(timedelta(minutes=100))
    await tia.opens_home()

    assert soon.index("Due soon") < soon.index("Waiting in tier 1")
    await home_of(counter, tia, "#1 · due")


async def test_a_ticket_is_shown_from_home_with_its_history(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    tia = counter.person("tia")
    await tia.opens_home()
    await home_of(counter, tia, "My tickets")
    assert tia.home is not None

    await tia.presses(tia.home, "Show")

    modal = await tia.opens_modal()
    assert "#1" == modal.body["title"]["text"]
    assert "What happened to #1" in str(modal.body["blocks"])


async def test_admins_see_counts_how_it_was_liked_and_what_goes_out_next(
    counter: Counter,
) -> None:
    await counter.asks("alice")
    ada = counter.person("ada")

    await ada.opens_home()

    shown = await home_of(counter, ada, "Tickets now", "waiting to be claimed: 1")
    assert "How askers liked the help" in shown
    assert "Due soon" not in shown


@pytest.mark.parametrize("name", ["alice", "gus"])
async def test_who_is_no_agent_and_no_admin_sees_neither_part(counter: Counter, name: str) -> None:
    await counter.asks("adam", "purple quux walrus?")
    person = counter.person(name)

    await person.opens_home()

    shown = await home_of(counter, person, "Ask a question")
    for words in ("My tickets", "Waiting in tier", "Tickets now", "walrus"):
        assert words not in shown


async def test_lists_longer_than_a_page_are_turned_and_stay_within_a_view(
    counter: Counter,
) -> None:
    for number in range(7):
        await counter.asks("alice", f"zebra quux item0{number}?")
    tia = counter.person("tia")
    await tia.opens_home()
    first = await home_of(counter, tia, "Waiting in tier 1: 7", "item04", "Next page")
    assert "item05" not in first
    assert tia.home is not None

    await tia.presses(tia.home, "Next page")
    second = await home_of(counter, tia, "item06", "Earlier page")
    await tia.presses(tia.home, "Earlier page")
    await home_of(counter, tia, "item00", "Next page")

    assert "item05" in second
    assert tia.home is not None
    assert BLOCKS_OF_A_VIEW >= len(tia.home.body["blocks"])


async def test_opening_home_anew_begins_at_the_first_page(counter: Counter) -> None:
    for number in range(6):
        await counter.asks("alice", f"zebra quux item0{number}?")
    tia = counter.person("tia")
    await tia.opens_home()
    await home_of(counter, tia, "Next page")
    assert tia.home is not None
    await tia.presses(tia.home, "Next page")
    await home_of(counter, tia, "item05")

    await tia.opens_home()

    await home_of(counter, tia, "item00", "Next page")
    await eventually(lambda: tia.home and "Earlier page" not in str(tia.home.body))
    assert tia.home is not None
