"""Several people ask the same: the helpdesk solves it once, and each of them hears it."""

import collections

import pytest

from sandbox.conversation import Message
from storage.opening import open_copy
from tests.conversations.counter import Counter
from tests.endstate import all_sent, faults_of_tickets, keys_of
from tests.workplace import Workplace, labels

CODE = "0x8018A7B2"


@pytest.fixture
def counter(workplace: Workplace) -> Counter:
    return Counter(workplace)


async def asked_twice(counter: Counter) -> tuple[Message, Message]:
    """The tier-1 cards of Alice's question and of Bram's, in Dutch, about the same code."""
    first = await counter.asks("alice", f"purple zebra screen with {CODE} again")
    second = await counter.asks("bram", f"mijn zebra blijft steken met {CODE} erbij")
    return first, second


async def linked(counter: Counter) -> tuple[Message, Message]:
    first, second = await asked_twice(counter)
    offer = await counter.in_thread(second, "seem to be about the same")
    await counter.presses("tia", offer, "Link to #1")
    await counter.shows(second, lambda one: "linked to #1" in one.text)
    await counter.shows(first, lambda one: "Solved together with this one: #2" in one.text)
    return first, second


async def faults(counter: Counter) -> list[str]:
    await all_sent(counter.workplace.environment["STORE_URL"])
    store = await open_copy(counter.workplace.environment["STORE_URL"])
    try:
        said = collections.Counter(keys_of(counter.sandbox))
        return await faults_of_tickets(counter.sandbox, store, said)
    finally:
        await store.close()


async def test_the_second_card_offers_the_first_to_its_tier_alone(counter: Counter) -> None:
    first, second = await asked_twice(counter)

    offer = await counter.in_thread(second, "seem to be about the same")

    assert ["Link to #1"] == labels(offer)
    assert "purple zebra screen" in offer.text
    assert not [one for one in counter.notes(first) if "about the same" in one.text]
    told = counter.sandbox.messages_in(counter.person("bram").direct_message)
    assert not [one for one in told if "purple zebra" in one.text]


async def test_admins_see_linked_tickets_in_the_counts(counter: Counter) -> None:
    await linked(counter)
    ada = counter.person("ada")

    await ada.opens_home()

    def shown() -> str:
        return str(ada.home.body["blocks"]) if ada.home else ""

    await counter.sandbox.until(lambda: "Tickets now" in shown(), explain="the counts are shown")
    assert "waiting to be claimed: 1 · linked to another: 1" in shown()


async def two_unlike(counter: Counter) -> tuple[Message, Message]:
    """The tier-1 cards of two questions that nothing but an agent knows to be one."""
    first = await counter.asks("alice", "purple zebra quux, what now?")
    second = await counter.asks("bram", "blauwe walrus blijft hangen, en nu?")
    return first, second


@pytest.mark.parametrize("typed", ["1", " #1 "])
async def test_two_are_linked_by_a_typed_number(counter: Counter, typed: str) -> None:
    first, second = await two_unlike(counter)

    await counter.fills_in("tia", second, "Link to another", number=typed)

    await counter.shows(second, lambda one: "linked to #1" in one.text)
    await counter.shows(first, lambda one: "Solved together with this one: #2" in one.text)
    await counter.in_thread(first, "linked #2 to #1")
    assert "Link to another" not in str(counter.now(first).blocks)
    assert [] == await faults(counter)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("7", "no ticket of that number"),
        ("zebra", "no ticket of that number"),
        ("999999999", "no ticket of that number"),
        ("2", "Nothing can be linked to #2 now"),
    ],
)
async def test_a_number_that_cannot_be_linked_to_is_refused_in_the_form(
    counter: Counter, typed: str, why: str
) -> None:
    _, second = await two_unlike(counter)
    await counter.presses("tia", second, "Link to another")
    await counter.person("tia").opens_modal()

    result = await counter.person("tia").submits({"number": typed})

    assert why in result.errors["number"]
    assert "linked" not in counter.now(second).text


async def test_what_a_colleague_holds_is_not_linked(counter: Counter) -> None:
    _, second = await two_unlike(counter)
    await counter.claims("tom", second)

    await counter.presses("tia", second, "Link to another")

    await counter.refused("tia", counter.person("tom").mention)
    assert [] == counter.person("tia").modals


async def test_linked_neither_waits_alone_and_both_threads_say_so(counter: Counter) -> None:
    first, second = await linked(counter)

    await counter.in_thread(second, "linked #2 to #1")
    await counter.in_thread(first, "linked #2 to #1")
    assert ["Unlink", "Reply to user"] == labels(counter.now(second))
    status = await counter.told("bram", "#2")
    await counter.shows(status, lambda one: "anderen vroegen hetzelfde" in one.text)
    assert [] == await faults(counter)


async def test_one_delivery_reaches_each_in_their_language_and_each_answers(
    counter: Counter,
) -> None:
    first, _ = await linked(counter)
    await counter.claims("tia", first)
    await counter.resolves("tia", first, "a lost licence", "Sign in again.")

    await counter.presses("tia", first, "Deliver")
    form = await counter.person("tia").opens_modal()
    shown = [block["label"]["text"] for block in form.body["blocks"] if block["type"] == "input"]
    result = await counter.person("tia").submits(
        {"text": "Please sign in again.", "text-nl": "Meld je opnieuw aan."}
    )

    assert result.ok
    assert "What those who write English will read (#1)" == shown[0]
    assert "What those who write Dutch will read (#2)" == shown[1]
    english = await counter.told("alice", "Please sign in again.")
    dutch = await counter.told("bram", "Meld je opnieuw aan.")
    await counter.presses("alice", english, "Solved")
    await counter.shows(first, lambda one: "closed since" in one.text)
    assert labels(counter.now(dutch))


async def test_not_solved_it_leaves_the_group_and_the_other_stays_closed(counter: Counter) -> None:
    first, second = await linked(counter)
    await counter.claims("tia", first)
    await counter.resolves("tia", first, "a lost licence", "Sign in again.")
    await counter.fills_in(
        "tia", first, "Deliver", **{"text": "Sign in again.", "text-nl": "Meld je aan."}
    )
    english = await counter.told("alice", "Sign in again.")
    dutch = await counter.told("bram", "Meld je aan.")
    await counter.presses("alice", english, "Solved")

    await counter.presses("bram", dutch, "Niet opgelost")

    await counter.shows(second, lambda one: "waits in tier 1" in one.text)
    await counter.shows(first, lambda one: "Solved together" not in one.text)
    await counter.shows(first, lambda one: "closed since" in one.text)
    assert ["Claim"] == labels(counter.now(second))
    assert [] == await faults(counter)


async def test_an_article_goes_to_each_in_their_own_language(counter: Counter) -> None:
    first, _ = await linked(counter)
    await counter.claims("tia", first)
    await counter.resolves("tia", first, "x", "See the article on iPhones: enroll-ios")
    await counter.presses("tia", first, "Deliver")
    form = await counter.person("tia").opens_modal()
    select = next(b for b in form.body["blocks"] if b.get("block_id") == "article")
    article = select["element"]["options"][0]["value"]

    await counter.person("tia").submits({"article": article})

    english, dutch = (
        await counter.told("alice", "has a solution"),
        await counter.told("bram", "#2:"),
    )
    assert english.text.partition("\n")[2] != dutch.text.partition("\n")[2]


async def test_unlinked_it_is_claimed_like_any_other(counter: Counter) -> None:
    first, second = await linked(counter)

    await counter.presses("tom", second, "Unlink")

    await counter.shows(second, lambda one: "waits in tier 1" in one.text)
    await counter.shows(first, lambda one: "Solved together" not in one.text)
    await counter.claims("tom", second)
    assert [] == await faults(counter)


async def test_when_the_first_ends_without_a_solution_the_other_waits_again(
    counter: Counter,
) -> None:
    _, second = await linked(counter)
    status = await counter.told("alice", "#1")

    await counter.presses("alice", status, "No longer needed")

    await counter.in_thread(second, "ended without a solution")
    await counter.shows(second, lambda one: "waits in tier 1" in one.text)
    assert ["Claim"] == labels(counter.now(second))
    assert [] == await faults(counter)


async def test_a_linked_question_that_is_withdrawn_leaves_the_group(counter: Counter) -> None:
    first, _ = await linked(counter)
    status = await counter.told("bram", "#2")

    await counter.presses("bram", status, "Niet meer nodig")

    await counter.shows(first, lambda one: "Solved together" not in one.text)
    assert [] == await faults(counter)


async def test_only_the_tier_links(counter: Counter) -> None:
    _, second = await asked_twice(counter)
    offer = await counter.in_thread(second, "seem to be about the same")
    await counter.person("tia").invites("tier-1", "gus")

    await counter.presses("gus", offer, "Link to #1")

    await counter.refused("gus", "can ask, and nothing more")
    assert ["Claim"] == labels(counter.now(second))


async def test_somebody_elses_claim_is_not_linked_away(counter: Counter) -> None:
    _, second = await asked_twice(counter)
    offer = await counter.in_thread(second, "seem to be about the same")
    await counter.claims("tom", second)

    await counter.presses("tia", offer, "Link to #1")

    await counter.refused("tia", "Talk to them in the thread")


async def test_the_form_of_one_is_not_sent_to_a_group_that_came_meanwhile(
    counter: Counter,
) -> None:
    first, second = await asked_twice(counter)
    await counter.claims("tia", first)
    await counter.resolves("tia", first, "x", "Sign in again.")
    await counter.presses("tia", first, "Deliver")
    await counter.person("tia").opens_modal()
    offer = await counter.in_thread(second, "seem to be about the same")
    await counter.presses("tom", offer, "Link to #1")
    await counter.shows(second, lambda one: "linked to #1" in one.text)

    result = await counter.person("tia").submits({"text": "Sign in again."})

    assert "another language" in str(result.errors)


async def test_news_from_a_linked_asker_reach_who_works_on_the_main_one(counter: Counter) -> None:
    first, second = await linked(counter)
    await counter.claims("tom", first)
    status = await counter.told("bram", "#2")

    await counter.person("bram").replies(status, "het is nu groen")
    await counter.in_thread(second, "het is nu groen")

    note = await counter.in_thread(first, "The asker of #2")
    assert note.text.startswith(counter.person("tom").mention)
    assert "groen" not in note.text
