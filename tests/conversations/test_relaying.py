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


async def test_what_the_asker_writes_in_a_rush_comes_in_the_order_it_was_written(
    counter: Counter,
) -> None:
    card = await claimed(counter)
    status = await counter.told("alice", "#1 ·")
    written = [f"line number {number:02}" for number in range(12)]

    for line in written:
        await counter.person("alice").replies(status, line)

    def relayed() -> list[str]:
        texts = [one.text for one in counter.notes(card)]
        return [line for text in texts for line in written if line in text]

    await counter.sandbox.until(lambda: len(relayed()) == len(written))
    assert written == relayed()


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


def files_in(counter: Counter, root: Message) -> list[tuple[str, bytes]]:
    """The files that the bot posted in a thread."""
    workspace = counter.sandbox.workspace
    return [
        (str(one["title"]), workspace.file_bytes[one["id"]])
        for note in counter.notes(root)
        for one in note.files or ()
    ]


async def test_files_of_the_asker_are_brought_to_the_helpdesk(counter: Counter) -> None:
    card = await claimed(counter)
    status = await counter.told("alice", "#1 ·")
    alice = counter.person("alice")
    picture = await alice.uploads("screen.png", b"PNG of the screen")

    await alice.says(alice.direct_message, "this is the screen", thread=status, files=(picture,))

    await counter.in_thread(card, "this is the screen")
    await counter.in_thread(card, "Files with the message above (#1, 1)")
    assert [("screen.png", b"PNG of the screen")] == files_in(counter, card)


async def test_files_of_the_question_are_brought_to_the_card(counter: Counter) -> None:
    alice = counter.person("alice")
    picture = await alice.uploads("error.png", b"PNG of the error")
    question = await alice.says(alice.direct_message, UNKNOWN, files=(picture,))
    answer = await counter.workplace.reply_to(question)

    card = await counter.sends_form(alice, answer, UNKNOWN)

    await counter.in_thread(card, "Files with the question (#1)")
    assert [("error.png", b"PNG of the error")] == files_in(counter, card)


async def test_files_of_the_question_that_cannot_be_brought_give_one_notice_to_each_side(
    counter: Counter,
) -> None:
    alice = counter.person("alice")
    picture = await alice.uploads("error.png", b"PNG")
    question = await alice.says(alice.direct_message, UNKNOWN, files=(picture,))
    answer = await counter.workplace.reply_to(question)
    counter.sandbox.core.faults.add("files.info", "error", code="missing_scope")

    card = await counter.sends_form(alice, answer, UNKNOWN)

    note = await counter.in_thread(card, "could not be brought over")
    await counter.told("alice", "cannot carry files")
    await counter.sandbox.settled()
    assert alice.mention in note.text
    assert 1 == len([one for one in counter.notes(card) if "brought over" in one.text])


async def test_files_of_an_agent_are_brought_to_the_asker(counter: Counter) -> None:
    card = await claimed(counter)
    tia, status = counter.person("tia"), await counter.told("alice", "#1 ·")
    log = await tia.uploads("steps.txt", b"first this, then that")
    note = await tia.says("tier-1", "do it like this", thread=card, files=(log,))

    await tia.shortcut("send_to_user", note)

    await counter.told("alice", "do it like this")
    await counter.in_thread(status, "Files with the message above")
    assert [("steps.txt", b"first this, then that")] == files_in(counter, status)


@pytest.mark.parametrize("method", ["files.info", "files.completeUploadExternal"])
async def test_files_that_cannot_be_brought_give_one_notice_to_each_side(
    counter: Counter, method: str
) -> None:
    card = await claimed(counter)
    status = await counter.told("alice", "#1 ·")
    alice = counter.person("alice")
    picture = await alice.uploads("screen.png", b"PNG")
    counter.sandbox.core.faults.add(method, "error", code="missing_scope")

    await alice.says(alice.direct_message, "this is the screen", thread=status, files=(picture,))

    note = await counter.in_thread(card, "could not be brought over")
    await counter.told("alice", "cannot carry files")
    await counter.sandbox.settled()
    assert alice.mention in note.text
    assert 1 == len([one for one in counter.notes(card) if "brought over" in one.text])
    assert [] == files_in(counter, card)


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


async def in_public(counter: Counter) -> tuple[Message, Message]:
    """The question in the channel, answered in its thread, and its claimed card."""
    alice = counter.person("alice")
    question = await alice.says("ask-it", UNKNOWN)
    answer = await counter.workplace.reply_to(question)
    card = await counter.sends_form(alice, answer, UNKNOWN, visibility="thread")
    await counter.in_thread(question, "#1 ·")
    await counter.claims("tia", card)
    return question, card


async def test_who_presses_me_too_is_named_and_told_when_it_is_solved(counter: Counter) -> None:
    question, card = await in_public(counter)
    status = await counter.in_thread(question, "#1 ·")
    bram = counter.person("bram")

    await bram.presses(counter.now(status), "Me too, tell me")
    await counter.shows(card, lambda one: f"Also in the thread: {bram.mention}" in one.text)
    noted = await counter.workplace.whisper_to(bram)
    await counter.resolves("tia", card, "an old profile", "remove the profile")
    await counter.fills_in("tia", card, "Deliver")
    solution = await counter.in_thread(question, "has a solution")
    await counter.presses("alice", solution, "Solved")

    told = await counter.told("bram", "remove the profile")
    assert "#1" in noted.text
    assert "#1" in told.text


async def test_who_only_replies_is_named_once_invited_and_not_told(counter: Counter) -> None:
    question, card = await in_public(counter)
    bram = counter.person("bram")

    await bram.replies(question, "same here")
    await counter.in_thread(card, "same here")
    await bram.replies(question, "still the same")
    await counter.in_thread(card, "still the same")
    await counter.resolves("tia", card, "an old profile", "remove the profile")
    await counter.fills_in("tia", card, "Deliver")
    solution = await counter.in_thread(question, "has a solution")
    await counter.presses("alice", solution, "Solved")
    await counter.sandbox.settled()

    assert f"Also in the thread: {bram.mention}" in counter.now(card).text
    assert 1 == len(bram.ephemerals())
    assert [] == [
        one for one in counter.sandbox.messages_in(bram.direct_message) if "#1" in one.text
    ]


async def test_pressing_me_too_twice_or_by_the_asker_adds_nobody(counter: Counter) -> None:
    question, card = await in_public(counter)
    status = await counter.in_thread(question, "#1 ·")
    bram = counter.person("bram")

    for _ in range(2):
        await bram.presses(counter.now(status), "Me too, tell me")
    await counter.presses("alice", status, "Me too, tell me")
    await counter.refused("alice", "asked #1 yourself")

    shown = await counter.shows(card, lambda one: "want to be told" in one.text)
    assert "want to be told: 1" in shown.text
    assert 1 == shown.text.count(bram.mention)


async def test_an_agent_who_answers_in_public_to_a_private_ticket_is_mirrored(
    counter: Counter,
) -> None:
    alice = counter.person("alice")
    question = await alice.says("ask-it", UNKNOWN)
    card = await counter.sends_form(
        alice, await counter.workplace.reply_to(question), UNKNOWN, visibility="private"
    )
    await counter.claims("tia", card)

    await counter.person("tia").replies(question, "try the other cable")
    await counter.person("bram").replies(question, "not for the helpdesk")

    await counter.in_thread(card, "try the other cable")
    await counter.sandbox.settled()
    assert not [one for one in counter.notes(card) if "not for the helpdesk" in one.text]


async def test_an_agent_of_a_tier_the_ticket_has_not_reached_is_mirrored(counter: Counter) -> None:
    question, card = await in_public(counter)

    await counter.person("tess").replies(question, "looks like a certificate")

    await counter.in_thread(card, "looks like a certificate")


async def closed_in_public(counter: Counter) -> tuple[Message, Message]:
    question, card = await in_public(counter)
    status = await counter.in_thread(question, "#1 ·")
    await counter.presses("alice", status, "No longer needed")
    await counter.shows(card, lambda one: "closed since" in one.text)
    return question, card


async def test_thanks_after_closing_do_not_reopen(counter: Counter) -> None:
    question, card = await closed_in_public(counter)
    before = len(counter.notes(question))

    await counter.person("alice").replies(question, "thanks a lot!")
    await counter.sandbox.settled()

    assert "closed since" in counter.now(card).text
    assert before == len(counter.notes(question))


async def test_another_question_in_the_thread_after_closing_goes_to_the_faq(
    counter: Counter,
) -> None:
    question, card = await closed_in_public(counter)

    await counter.person("alice").replies(question, "how do I enroll my iPhone?")

    await counter.in_thread(question, "Enroll an iPhone or iPad")
    assert "closed since" in counter.now(card).text


async def test_a_deleted_status_message_is_posted_anew(counter: Counter) -> None:
    card = await counter.asks("alice")
    status = await counter.told("alice", "#1 ·")
    direct = counter.sandbox.channel(status.channel)

    counter.sandbox.core.workspace.delete(counter.now(status))
    await counter.sandbox.until(
        lambda: [one for one in direct.messages() if "#1 ·" in one.text and one.ts != status.ts]
    )
    again = next(one for one in direct.messages() if "#1 ·" in one.text and one.ts != status.ts)
    await counter.claims("tia", card)

    await counter.shows(again, lambda one: counter.person("tia").mention in one.text)
    await counter.fills_in("tia", card, "Reply to user", text="which build is it?")
    reply = await counter.told("alice", "which build is it?")
    assert again.ts == reply.thread_ts


async def test_a_word_on_the_help_is_kept_and_shown_to_the_helpdesk_as_a_count(
    counter: Counter,
) -> None:
    card = await claimed(counter)
    await counter.resolves("tia", card, "an old profile", "remove the profile")
    solution = await counter.delivers("tia", card)
    await counter.presses("alice", solution, "Solved")
    await counter.shows(solution, lambda one: "How was the help" in one.text)
    await counter.presses("alice", solution, "Not so good")
    await counter.shows(solution, lambda one: "Thank you for your word" in one.text)

    await counter.fills_in("alice", solution, "Add a word", text="it took very long")

    await counter.shows(solution, lambda one: "Add a word" not in str(one.blocks))
    ada = counter.person("ada")
    await ada.opens_home()
    await counter.sandbox.until(lambda: ada.home and "Not so good: 1" in str(ada.home.body))
    assert "very long" in await counter.workplace.everything_stored()
    for place in ("tier-1", "rollout-admins"):
        said = counter.sandbox.channel(place).messages()
        assert "very long" not in str([(one.text, one.blocks) for one in said])


async def test_nobody_but_the_asker_adds_a_word(counter: Counter) -> None:
    question, card = await in_public(counter)
    await counter.resolves("tia", card, "an old profile", "remove the profile")
    await counter.fills_in("tia", card, "Deliver")
    solution = await counter.in_thread(question, "has a solution")
    await counter.presses("alice", solution, "Solved")
    await counter.shows(solution, lambda one: "How was the help" in one.text)
    await counter.presses("alice", solution, "Good")
    await counter.shows(solution, lambda one: "Add a word" in str(one.blocks))

    await counter.presses("bram", solution, "Add a word")

    await counter.refused("bram", "Only the person who asked")
