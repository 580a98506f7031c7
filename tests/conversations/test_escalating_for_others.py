"""Agents open tickets for people who wrote somewhere, called, or were left without an answer."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from knowledge.watching import Knowledge
from sandbox.conversation import Channel, ChannelKind, Message
from tests.conversations.counter import UNKNOWN, Counter
from tests.workplace import labels, open_workplace

UNMATCHED = "purple quux walrus?"
MONDAY_10 = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""Ten in the morning in Amsterdam."""
HOUR = timedelta(hours=1)
WORDS = "my zebra does not sync since monday"


@pytest.fixture
async def counter(store_url: str, knowledge: Knowledge) -> AsyncIterator[Counter]:
    async with open_workplace(store_url, knowledge, clock_start=MONDAY_10) as workplace:
        yield Counter(workplace)


async def opens_for(counter: Counter, agent: str, message: Message, **form: str) -> None:
    """Uses the shortcut and sends its form in."""
    person = counter.person(agent)
    await person.shortcut("escalate_message", message)
    await person.opens_modal()
    result = await person.submits(form)
    assert result.ok, result.errors


def private_channel(counter: Counter) -> Channel:
    """Where alice and tia talk, without the bot."""
    members = [counter.person(name).id for name in ("alice", "tia")]
    workspace = counter.sandbox.workspace
    return workspace.add_channel(
        "C0SECRET", "secret-plans", ChannelKind.PRIVATE, members, members[0]
    )


async def test_an_agent_escalates_a_message_of_a_public_channel_for_its_author(
    counter: Counter,
) -> None:
    alice = counter.person("alice")
    message = await alice.says("general", WORDS)

    await opens_for(counter, "tia", message, tried="a restart")

    card = await counter.workplace.posted_in("tier-1", WORDS)
    assert f"{alice.mention} asks" in card.text
    assert f"{counter.person('tia').mention} has it" in card.text
    assert "a restart" in card.text
    await counter.told("alice", "#1 ·")


async def test_the_form_is_filled_in_from_the_message(counter: Counter) -> None:
    message = await counter.person("alice").says("general", f"{WORDS} <!channel> on my iPhone")

    await counter.person("tia").shortcut("escalate_message", message)

    form = await counter.person("tia").opens_modal()
    inputs = {block.get("block_id"): block for block in form.body["blocks"]}
    assert f"{WORDS} @channel on my iPhone" == inputs["words"]["element"]["initial_value"]
    assert "iOS / iPadOS" == inputs["platform"]["element"]["initial_option"]["value"]


@pytest.mark.parametrize(
    ("name", "words"),
    [("adam", "only members of that channel"), ("gus", "can ask, and nothing more")],
)
async def test_who_is_no_agent_cannot_escalate_a_message(
    counter: Counter, name: str, words: str
) -> None:
    message = await counter.person("alice").says("general", WORDS)
    person = counter.person(name)

    await person.shortcut("escalate_message", message)

    await counter.refused(name, words)
    assert [] == counter.cards(1)


async def test_a_message_becomes_one_ticket_of_its_author(counter: Counter) -> None:
    message = await counter.person("alice").says("general", WORDS)
    await opens_for(counter, "tia", message)
    await counter.workplace.posted_in("tier-1", WORDS)

    await counter.person("tom").shortcut("escalate_message", message)

    await counter.refused("tom", "#1 open about it already")


async def test_an_escalated_question_says_that_it_was_passed_on(counter: Counter) -> None:
    question = await counter.person("alice").says("ask-it", UNKNOWN)
    answer = await counter.workplace.reply_to(question)

    await opens_for(counter, "tia", question)

    await counter.shows(answer, lambda one: "Passed on to the helpdesk" in one.text)


async def test_files_of_an_escalated_message_are_brought_to_the_card(counter: Counter) -> None:
    alice = counter.person("alice")
    picture = await alice.uploads("error.png", b"PNG of the error")
    message = await alice.says("general", WORDS, files=(picture,))
    private = await alice.says(private_channel(counter), "the other zebra", files=(picture,))

    await opens_for(counter, "tia", message)
    await opens_for(counter, "tia", private)
    await alice.presses(await counter.told("alice", "May these words go"), "Yes, pass it on")

    card = await counter.workplace.posted_in("tier-1", WORDS)
    await counter.in_thread(card, "Files with the question (#1)")
    other = await counter.workplace.posted_in("tier-1", "the other zebra")
    await counter.sandbox.settled()
    assert [] == [one for one in counter.notes(other) if one.files]


async def test_from_a_private_channel_the_author_is_asked_before_anything_leaves_it(
    counter: Counter,
) -> None:
    alice, tia = counter.person("alice"), counter.person("tia")
    message = await alice.says(private_channel(counter), WORDS)

    await opens_for(counter, "tia", message)
    asked = await counter.told("alice", "May these words go to the helpdesk?")
    await counter.sandbox.settled()

    assert [] == counter.cards(1)
    assert ["Yes, pass it on", "No, keep it here"] == labels(asked)
    await alice.presses(asked, "Yes, pass it on")
    card = await counter.workplace.posted_in("tier-1", WORDS)
    assert f"{tia.mention} has it" in card.text
    await counter.shows(asked, lambda one: "the helpdesk has it now" in one.text)
    await counter.told("tia", "#1 is open for")


async def test_who_does_not_agree_is_left_in_peace_and_the_words_are_forgotten(
    counter: Counter,
) -> None:
    alice = counter.person("alice")
    message = await alice.says(private_channel(counter), WORDS)
    await opens_for(counter, "tia", message)
    asked = await counter.told("alice", "May these words go to the helpdesk?")

    await alice.presses(asked, "No, keep it here")

    await counter.shows(asked, lambda one: "Nothing was passed on" in one.text)
    told = await counter.told("tia", "has not agreed")
    assert [] == counter.cards(1)
    assert WORDS not in told.text
    assert WORDS not in str(counter.now(asked).blocks)


async def test_no_answer_within_three_days_is_a_no(counter: Counter) -> None:
    message = await counter.person("alice").says(private_channel(counter), WORDS)
    await opens_for(counter, "tia", message)
    asked = await counter.told("alice", "May these words go to the helpdesk?")

    counter.sandbox.core.clock.advance(timedelta(days=3) - timedelta(minutes=5))
    await counter.sandbox.settled()
    before = counter.now(asked).text
    counter.sandbox.core.clock.advance(timedelta(minutes=6))

    await counter.shows(asked, lambda one: "Nothing was passed on" in one.text)
    assert "May these words" in before


async def test_asking_the_author_twice_is_refused(counter: Counter) -> None:
    message = await counter.person("alice").says(private_channel(counter), WORDS)
    await opens_for(counter, "tia", message)
    await counter.told("alice", "May these words go to the helpdesk?")

    await counter.person("tia").shortcut("escalate_message", message)
    await counter.person("tia").opens_modal()
    result = await counter.person("tia").submits({})

    assert "was asked already" in result.errors["words"]


async def test_a_question_left_without_an_answer_is_offered_the_helpdesk_once(
    counter: Counter,
) -> None:
    alice = counter.person("alice")
    question = await alice.says("ask-it", UNMATCHED)
    await counter.workplace.reply_to(question)

    counter.sandbox.core.clock.advance(HOUR - timedelta(minutes=1))
    await counter.sandbox.settled()
    before = len(counter.notes(question))
    counter.sandbox.core.clock.advance(timedelta(minutes=2))
    offer = await counter.in_thread(question, "Shall the helpdesk look at it?")
    counter.sandbox.core.clock.advance(8 * HOUR)
    await counter.sandbox.settled()

    assert 1 == before
    assert alice.mention in offer.text
    assert 2 == len(counter.notes(question))
    await counter.sends_form(alice, offer, UNMATCHED)


async def test_a_question_that_somebody_answered_is_not_offered_the_helpdesk(
    counter: Counter,
) -> None:
    question = await counter.person("alice").says("ask-it", UNMATCHED)
    await counter.workplace.reply_to(question)
    await counter.person("bram").replies(question, "turn it off and on again")
    await counter.sandbox.settled()

    counter.sandbox.core.clock.advance(2 * HOUR)
    await counter.sandbox.settled()

    assert 1 == len(counter.notes(question))


async def test_a_question_that_went_to_the_helpdesk_is_not_offered_it(counter: Counter) -> None:
    alice = counter.person("alice")
    question = await alice.says("ask-it", UNMATCHED)
    answer = await counter.workplace.reply_to(question)
    await counter.sends_form(alice, answer, UNMATCHED, visibility="private")

    counter.sandbox.core.clock.advance(2 * HOUR)
    await counter.sandbox.settled()

    assert 1 == len(counter.notes(question))


async def test_the_platform_of_who_called_is_read_from_the_words(counter: Counter) -> None:
    alice = counter.person("alice")

    await counter.person("tia").commands(
        "/signpost", f"new {alice.mention} zebra stuck on my iPhone with 0x80180014"
    )

    card = await counter.workplace.posted_in("tier-1", "zebra stuck")
    assert "Device: iOS / iPadOS · error codes: 0x80180014" in card.text


async def test_who_called_is_answered_by_phone_and_it_is_recorded(counter: Counter) -> None:
    alice = counter.person("alice")
    await counter.person("tia").commands("/signpost", f"new {alice.mention} {WORDS}")
    card = await counter.workplace.posted_in("tier-1", WORDS)
    before = len(counter.sandbox.messages_in(alice.direct_message))

    await counter.fills_in("tia", card, "Answered by phone", text="restart the zebra")

    note = await counter.in_thread(card, "answered by phone")
    await counter.sandbox.settled()
    assert "restart the zebra" in note.text
    assert before == len(counter.sandbox.messages_in(alice.direct_message))


async def phoned_solution(counter: Counter) -> Message:
    """Alice called, and tia told her the solution on the phone; gives the card."""
    alice = counter.person("alice")
    await counter.person("tia").commands("/signpost", f"new {alice.mention} {WORDS}")
    card = await counter.workplace.posted_in("tier-1", WORDS)
    await counter.resolves("tia", card, "an old profile", "restart the zebra")
    await counter.fills_in("tia", card, "Deliver", text="restart it, I said")
    return await counter.shows(card, lambda one: "Not solved" in labels(one))


async def test_the_solution_for_who_called_is_told_by_phone_and_recorded(counter: Counter) -> None:
    alice = counter.person("alice")

    card = await phoned_solution(counter)
    note = await counter.in_thread(card, "answered by phone")
    await counter.sandbox.settled()

    assert "restart it, I said" in note.text
    [status] = counter.sandbox.messages_in(alice.direct_message)
    assert "the helpdesk has told you the solution" in status.text


@pytest.mark.parametrize(
    ("label", "said", "after"),
    [
        ("Solved", "Solved, as {alice} told {tom}", "closed"),
        ("Not solved", "{alice} told {tom} that #1 is not solved", "waits in"),
    ],
)
async def test_tier_1_records_whether_the_solution_helped_who_called(
    counter: Counter, label: str, said: str, after: str
) -> None:
    card = await phoned_solution(counter)

    await counter.presses("tom", card, label)

    names = {name: counter.person(name).mention for name in ("alice", "tom")}
    await counter.in_thread(card, said.format(**names))
    await counter.shows(card, lambda one: after in one.text)


async def test_tier_1_and_not_who_called_is_asked_whether_it_helped(counter: Counter) -> None:
    alice, tia = counter.person("alice"), counter.person("tia")
    card = await phoned_solution(counter)
    await counter.sandbox.settled()

    counter.sandbox.core.clock.advance(timedelta(days=4))

    reminder = await counter.in_thread(card, "whether the solution for #1 helped")
    await counter.sandbox.settled()
    assert reminder.text.startswith(f"{tia.mention}: Ask {alice.mention}")
    assert 1 == len(counter.sandbox.messages_in(alice.direct_message))


async def test_who_called_hears_nothing_in_slack_while_it_goes_on(counter: Counter) -> None:
    alice = counter.person("alice")
    await counter.person("tia").commands("/signpost", f"new {alice.mention} {WORDS}")
    await counter.workplace.posted_in("tier-1", WORDS)
    await counter.told("alice", "#1 ·")

    counter.sandbox.core.clock.advance(timedelta(days=3))
    await counter.sandbox.settled()

    assert 1 == len(counter.sandbox.messages_in(alice.direct_message))


async def test_what_did_not_come_by_phone_has_no_phone_in_its_menu(counter: Counter) -> None:
    card = await counter.asks("alice")

    assert "Answered by phone" not in str(card.blocks)
