"""Words cross between the asker and the helpdesk, and only those that are meant to."""

import pytest

from sandbox.conversation import Message
from tests.conversations.counter import UNKNOWN, Counter
from tests.workplace import Workplace


@pytest.fixture
def counter(workplace: Workplace) -> Counter:
    return Counter(workplace)


async def claimed(counter: Counter) -> Message:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.in_thread(card, "took #1")
    return card


async def test_what_agents_write_in_the_thread_stays_there(counter: Counter) -> None:
    card = await claimed(counter)
    before = len(counter.sandbox.messages_in(counter.person("alice").direct_message))

    await counter.person("tia").replies(card, "this user again, sigh")
    await counter.sandbox.settled()

    after = counter.sandbox.messages_in(counter.person("alice").direct_message)
    assert before == len(after)


async def test_a_reply_reaches_the_asker_once_and_gets_a_check_mark(counter: Counter) -> None:
    card = await claimed(counter)

    await counter.fills_in("tia", card, "Reply to user", text="which build is it?")

    reply = await counter.told("alice", "which build is it?")
    status = await counter.told("alice", "#1 ·")
    assert status.ts == reply.thread_ts
    note = await counter.in_thread(card, "✓")
    assert "which build is it?" in note.text


async def test_what_the_asker_answers_comes_into_the_thread_and_mentions_the_holder_once(
    counter: Counter,
) -> None:
    card = await claimed(counter)
    status = await counter.told("alice", "#1 ·")

    await counter.person("alice").replies(status, "build 22621")
    first = await counter.in_thread(card, "build 22621")
    await counter.person("alice").replies(status, "and it is a Surface")
    second = await counter.in_thread(card, "and it is a Surface")

    assert counter.person("tia").mention in first.text
    assert counter.person("tia").mention not in second.text


async def test_after_escalation_the_askers_words_go_to_the_tier_that_has_it(
    counter: Counter,
) -> None:
    card = await claimed(counter)
    second = await counter.escalates("tia", card, 2, learned="not the cable")
    status = await counter.told("alice", "#1 ·")

    await counter.person("alice").replies(status, "still broken")

    await counter.in_thread(second, "still broken")


async def test_edits_follow_and_deletions_blank_the_copy(counter: Counter) -> None:
    card = await claimed(counter)
    status = await counter.told("alice", "#1 ·")
    said = await counter.person("alice").replies(status, "bild 22621")
    copy = await counter.in_thread(card, "bild 22621")

    await counter.person("alice").edits(said, "build 22621")
    await counter.shows(copy, lambda one: "build 22621" in one.text)
    await counter.person("alice").deletes(counter.now(said))

    blanked = await counter.shows(copy, lambda one: "deleted by its author" in one.text)
    assert "22621" not in blanked.text + str(blanked.blocks)


async def test_editing_an_internal_note_publishes_nothing(counter: Counter) -> None:
    card = await claimed(counter)
    note = await counter.person("tia").replies(card, "probably a profile")
    before = len(counter.sandbox.messages_in(counter.person("alice").direct_message))

    await counter.person("tia").edits(note, "surely a profile, and a silly one")
    await counter.sandbox.settled()

    after = counter.sandbox.messages_in(counter.person("alice").direct_message)
    assert before == len(after)


async def test_send_to_user_sends_a_message_of_the_thread_and_its_edits(counter: Counter) -> None:
    card = await claimed(counter)
    note = await counter.person("tia").replies(card, "please restart it")

    await counter.person("tia").shortcut("send_to_user", note)
    sent = await counter.told("alice", "please restart it")
    await counter.person("tia").edits(note, "please restart it twice")

    await counter.shows(sent, lambda one: "restart it twice" in one.text)


async def test_use_as_solution_fills_in_the_form(counter: Counter) -> None:
    card = await claimed(counter)
    note = await counter.person("tia").replies(card, "remove the old profile")

    await counter.person("tia").shortcut("use_as_solution", note)

    form = await counter.person("tia").opens_modal()
    inputs = {block.get("block_id"): block for block in form.body["blocks"]}
    assert "remove the old profile" == inputs["solution"]["element"]["initial_value"]


async def test_somebody_else_replies_and_is_named_and_the_claim_stays(counter: Counter) -> None:
    card = await claimed(counter)

    await counter.fills_in("tom", card, "Reply to user", text="hello from tom")

    note = await counter.in_thread(card, "✓")
    assert counter.person("tom").mention in note.text
    assert f"{counter.person('tia').mention} holds the ticket" in note.text
    assert f"{counter.person('tia').mention} has it" in counter.now(card).text


async def test_an_agent_who_answers_in_the_askers_thread_is_mirrored(counter: Counter) -> None:
    alice = counter.person("alice")
    question = await alice.says("ask-it", UNKNOWN)
    answer = await counter.workplace.reply_to(question)
    card = await counter.sends_form(alice, answer, UNKNOWN, visibility="thread")
    await counter.claims("tia", card)

    await counter.person("tia").replies(question, "try the other cable")

    note = await counter.in_thread(card, "answered directly")
    assert "try the other cable" in note.text


async def test_a_third_person_in_the_thread_is_named(counter: Counter) -> None:
    alice = counter.person("alice")
    question = await alice.says("ask-it", UNKNOWN)
    answer = await counter.workplace.reply_to(question)
    card = await counter.sends_form(alice, answer, UNKNOWN, visibility="thread")

    await counter.person("bram").replies(question, "me too")

    note = await counter.in_thread(card, "me too")
    assert counter.person("bram").mention in note.text
    assert "did not ask this" in note.text


async def test_live_mentions_never_fire_on_the_other_side(counter: Counter) -> None:
    card = await claimed(counter)
    status = await counter.told("alice", "#1 ·")

    await counter.person("alice").replies(status, "<!channel> <!here> look")
    copy = await counter.in_thread(card, "look")
    await counter.fills_in("tia", card, "Reply to user", text="<!channel> seen")
    reply = await counter.told("alice", "seen")

    for message in (copy, reply):
        assert "<!channel>" not in message.text + str(message.blocks)
        assert "<!here>" not in message.text + str(message.blocks)


async def test_a_password_is_masked_on_the_card_and_in_the_thread(counter: Counter) -> None:
    card = await counter.asks("alice", "zebra quux, my password is Winter2026! and now?")
    status = await counter.told("alice", "#1 ·")

    await counter.person("alice").replies(status, "password: Summer2027!")

    copy = await counter.in_thread(card, "password")
    assert "Winter2026!" not in card.text + str(card.blocks)
    assert "Summer2027!" not in copy.text + str(copy.blocks)


async def test_files_stay_where_they_are_and_both_sides_are_told(counter: Counter) -> None:
    card = await claimed(counter)
    status = await counter.told("alice", "#1 ·")
    alice = counter.person("alice")
    picture = await alice.uploads("screen.png", b"PNG")

    await alice.says(alice.direct_message, "this is the screen", thread=status, files=(picture,))

    assert "added files" in (await counter.in_thread(card, "this is the screen")).text
    await counter.told("alice", "cannot carry files")


async def test_a_different_question_after_closing_goes_to_the_faq(counter: Counter) -> None:
    await counter.asks("alice")
    status = await counter.told("alice", "#1 ·")
    await counter.presses("alice", status, "No longer needed")
    await counter.shows(status, lambda one: "closed" in one.text)

    await counter.person("alice").replies(status, "how do I enroll my iPhone?")

    await counter.told("alice", "Enroll an iPhone or iPad")


async def test_when_the_asker_cannot_be_reached_the_sender_is_told_what_to_do(
    counter: Counter,
) -> None:
    card = await claimed(counter)
    direct = counter.person("alice").direct_message
    counter.sandbox.core.faults.add(
        "chat.postMessage", "error", code="user_disabled", channel=direct.id
    )

    await counter.fills_in("tia", card, "Reply to user", text="are you there?")

    note = await counter.in_thread(card, "✗")
    assert "call them" in note.text


async def test_a_question_deleted_after_replies_keeps_its_thread(counter: Counter) -> None:
    alice = counter.person("alice")
    question = await alice.says("ask-it", UNKNOWN)
    answer = await counter.workplace.reply_to(question)
    card = await counter.sends_form(alice, answer, UNKNOWN, visibility="thread")
    await counter.claims("tia", card)
    await alice.deletes(question)

    await counter.fills_in("tia", card, "Reply to user", text="still here?")

    await counter.in_thread(question, "still here?")
