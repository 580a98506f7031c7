"""Every turn of the conversation after the first."""

import pytest

from handlers.answering import REMEMBERED_TURNS
from sandbox.conversation import Message
from tests.workplace import Workplace, labels

IPHONE = "how do I enroll my iPhone?"
UNKNOWN = "what is the capital of Australia?"


@pytest.mark.parametrize(
    ("name", "asks", "goes_on", "title"),
    [
        ("alice", IPHONE, "and on Android?", "Android"),
        ("bram", "hoe registreer ik mijn iPhone?", "en op Android?", "Android"),
        ("sven", "hur registrerar jag min iPhone?", "och på Android?", "Android"),
        ("mei", "我的 iPhone 要怎麼註冊？", "那 Android 呢？", "Android"),
    ],
)
async def test_a_follow_up_in_the_thread_is_read_with_what_went_before(
    workplace: Workplace, name: str, asks: str, goes_on: str, title: str
) -> None:
    person = workplace.person(name)
    question = await person.says("ask-it", asks)
    await workplace.reply_to(question)

    follow_up = await person.replies(question, goes_on)
    await workplace.sandbox.until(lambda: len(workplace.replies_to(question)) == 2)

    assert title in workplace.replies_to(question)[1].text.split("\n")[0]
    assert follow_up.thread_ts == question.ts


async def test_a_follow_up_keeps_the_subject_when_only_the_device_changes(
    workplace: Workplace,
) -> None:
    alice = workplace.person("alice")
    await workplace.reply_to(await alice.direct_messages("how do I set up Outlook on my iPhone?"))

    second = await workplace.reply_to(await alice.direct_messages("and on Android?"))

    assert "Outlook" in second.text.split("\n")[0]


async def test_the_asker_is_heard_in_a_thread_in_which_many_others_asked(
    workplace: Workplace,
) -> None:
    alice, bram = workplace.person("alice"), workplace.person("bram")
    question = await alice.says("ask-it", IPHONE)
    await workplace.reply_to(question)
    for _ in range(REMEMBERED_TURNS):
        await bram.mentions_bot("ask-it", "how do I enroll my laptop?", question)
    await workplace.sandbox.until(
        lambda: len(workplace.replies_to(question)) == 1 + REMEMBERED_TURNS
    )

    await alice.replies(question, "and on Android?")

    await workplace.sandbox.until(
        lambda: "Android" in workplace.replies_to(question)[-1].text.split("\n")[0]
    )


async def test_what_the_asker_says_in_the_thread_that_asks_nothing_is_left_alone(
    workplace: Workplace,
) -> None:
    alice = workplace.person("alice")
    question = await alice.says("ask-it", IPHONE)
    await workplace.reply_to(question)

    await alice.replies(question, "trying this after my lunch break")
    await workplace.sandbox.settled()

    assert 1 == len(workplace.replies_to(question))


async def test_colleagues_beneath_an_answer_are_left_alone(workplace: Workplace) -> None:
    alice, bram = workplace.person("alice"), workplace.person("bram")
    question = await alice.says("ask-it", IPHONE)
    await workplace.reply_to(question)

    await bram.replies(question, "how long does enrolling take?")
    await workplace.sandbox.settled()

    assert 1 == len(workplace.replies_to(question))


async def test_the_same_article_is_not_offered_twice_in_a_thread(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    question = await alice.says("ask-it", IPHONE)
    await workplace.reply_to(question)

    await alice.replies(question, "how do I register my iPhone?")
    await workplace.sandbox.until(lambda: len(workplace.replies_to(question)) == 2)

    second = workplace.replies_to(question)[1]
    assert second.text.startswith("I have no other answer than the one above")
    assert ["Ask the helpdesk"] == labels(second)


@pytest.mark.parametrize("place", ["thread", "direct"])
async def test_thanks_offers_solved_and_pressing_it_closes_the_answer(
    workplace: Workplace, place: str
) -> None:
    alice = workplace.person("alice")
    if place == "thread":
        question = await alice.says("ask-it", IPHONE)
    else:
        question = await alice.direct_messages(IPHONE)
    answer = await workplace.reply_to(question)

    if place == "thread":
        await alice.replies(question, "thanks!")
    else:
        await alice.direct_messages("thanks!")
    await workplace.sandbox.until(lambda: len(workplace.replies_to(question)) == 2)
    thanked = workplace.replies_to(question)[1]
    assert ["Solved"] == labels(thanked)
    await alice.presses(thanked, "Solved")

    closed = await workplace.becomes(answer, lambda message: not labels(message))
    assert "Glad it helped" in closed.text
    await workplace.becomes(thanked, lambda message: not labels(message))


async def test_two_questions_in_one_message_get_two_answers(workplace: Workplace) -> None:
    question = await workplace.person("alice").says(
        "ask-it", "How do I enroll my iPhone? And how long does it take?"
    )

    await workplace.sandbox.until(lambda: len(workplace.replies_to(question)) == 2)

    titles = {one.text.split("\n")[0] for one in workplace.replies_to(question)}
    assert 2 == len(titles)
    assert "Enroll an iPhone or iPad" in titles


async def test_a_question_without_an_answer_beside_answered_ones_is_offered_the_helpdesk(
    workplace: Workplace,
) -> None:
    alice = workplace.person("alice")
    question = await alice.says("ask-it", f"How do I enroll my iPhone? {UNKNOWN}")

    await workplace.sandbox.until(lambda: len(workplace.replies_to(question)) == 2)

    answer, other = workplace.replies_to(question)
    assert answer.text.startswith("Enroll an iPhone or iPad")
    assert ["Ask the helpdesk"] == labels(other)


async def test_a_screenshot_alone_is_answered_with_a_request_for_words(
    workplace: Workplace,
) -> None:
    alice = workplace.person("alice")
    picture = await alice.uploads("screen.png", b"\x89PNG")
    message = await alice.says("ask-it", "", files=(picture,))

    asked = await workplace.reply_to(message)
    assert asked.text.startswith("I cannot read pictures")

    await alice.replies(message, IPHONE)
    await workplace.sandbox.until(lambda: len(workplace.replies_to(message)) == 2)
    assert workplace.replies_to(message)[1].text.startswith("Enroll an iPhone")


async def test_an_answer_follows_an_edit_within_a_minute(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    question = await alice.says("ask-it", IPHONE)
    answer = await workplace.reply_to(question)

    await alice.edits(question, "how do I enroll my Android phone?")

    changed = await workplace.becomes(answer, lambda message: "Android" in message.text[:40])
    assert "Solved" in labels(changed)
    assert 1 == len(workplace.replies_to(question))


async def test_an_edit_that_makes_two_questions_of_one_adds_an_answer(
    workplace: Workplace,
) -> None:
    alice = workplace.person("alice")
    question = await alice.says("ask-it", IPHONE)
    await workplace.reply_to(question)

    await alice.edits(question, f"{IPHONE} And how long does it take?")
    await workplace.sandbox.until(lambda: len(workplace.replies_to(question)) == 2)

    await alice.edits(question, IPHONE)
    await workplace.sandbox.until(lambda: len(workplace.replies_to(question)) == 1)


async def test_an_edit_turns_chatter_into_a_question(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    message = await alice.direct_messages("hello")
    await workplace.reply_to(message)

    await alice.edits(message, IPHONE)

    await workplace.sandbox.until(
        lambda: any("Enroll an iPhone" in one.text for one in workplace.replies_to(message))
    )


async def test_a_solved_question_does_not_follow_an_edit(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    question = await alice.says("ask-it", IPHONE)
    answer = await workplace.reply_to(question)
    await alice.presses(answer, "Solved")
    await workplace.becomes(answer, lambda message: "Glad it helped" in message.text)

    await alice.edits(question, "how do I enroll my Android phone?")
    await workplace.sandbox.settled()

    assert workplace.replies_to(question)[0].text.startswith("Enroll an iPhone")


@pytest.mark.parametrize("place", ["thread", "direct"])
async def test_the_answer_to_a_deleted_question_is_withdrawn(
    workplace: Workplace, place: str
) -> None:
    alice = workplace.person("alice")
    channel = "ask-it" if place == "thread" else alice.direct_message
    question = await alice.says(channel, IPHONE)
    await workplace.reply_to(question)

    await alice.deletes(question)

    await workplace.sandbox.until(
        lambda: not [one for one in workplace.sandbox.messages_in(channel) if one.bot_id]
    )
    assert [] == workplace.sandbox.replies(question)


async def test_an_answer_is_shown_in_another_language_by_a_press(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    answer = await workplace.reply_to(await alice.says("ask-it", IPHONE))

    await alice.presses(answer, "Show in Dutch")

    dutch = await workplace.becomes(answer, lambda message: "Opgelost" in labels(message))
    await alice.presses(dutch, "Toon in het Engels")
    await workplace.becomes(answer, lambda message: "Solved" in labels(message))


async def test_only_the_asker_chooses_the_language_of_the_answer(workplace: Workplace) -> None:
    answer = await workplace.reply_to(await workplace.person("alice").says("ask-it", IPHONE))
    bram = workplace.person("bram")

    await bram.presses(answer, "Show in Dutch")

    assert (await workplace.whisper_to(bram)).text
    assert "Solved" in labels(answer)


async def test_an_article_with_parts_per_platform_asks_which_device(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    answer = await workplace.reply_to(
        await alice.direct_messages("how do I install the Company Portal?")
    )
    assert "Which device is it?" in str(answer.blocks)

    await alice.presses(answer, "Mac")

    shown = await workplace.becomes(answer, lambda message: "1. " in message.text)
    assert "Mac" not in labels(shown)
    assert "Windows computer" in labels(shown)


async def test_a_question_that_names_its_platform_gets_that_part_at_once(
    workplace: Workplace,
) -> None:
    alice = workplace.person("alice")

    answer = await workplace.reply_to(
        await alice.direct_messages("how do I install the Company Portal on my Mac?")
    )

    assert "CompanyPortal-Installer.pkg" in answer.text
    assert "Microsoft Store" not in answer.text.split("1. ")[1]


async def test_the_platform_is_chosen_in_the_private_copy_too(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    answer = await workplace.reply_to(
        await alice.says("ask-it", "how do I install the Company Portal?")
    )
    await alice.presses(answer, "Continue privately")
    private = await workplace.posted_in(alice.direct_message, "Company Portal")

    await alice.presses(private, "Android phone or tablet")

    shown = await workplace.becomes(private, lambda message: "1. " in message.text)
    assert "Android phone or tablet" not in labels(shown)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("alice", "my password is Hunter2! and my iPhone does not enroll, how do I enroll it?"),
        ("bram", "mijn wachtwoord is Hunter2! hoe registreer ik mijn iPhone?"),
        ("sven", "mitt lösenord är Hunter2! hur registrerar jag min iPhone?"),
        ("mei", "我的密碼是Hunter2! 我的 iPhone 要怎麼註冊？"),
    ],
)
async def test_a_password_is_neither_stored_nor_shown_and_the_person_is_told(
    workplace: Workplace, name: str, says: str
) -> None:
    person = workplace.person(name)
    answer = await workplace.reply_to(await person.direct_messages(says))

    assert any(word in answer.text for word in ("password", "wachtwoord", "lösenord", "密碼"))
    assert "Hunter2" not in await workplace.everything_stored()


@pytest.mark.parametrize(
    "says",
    ["thanks, my password is Hunter2! by the way", "password: Hunter2!", "xoxb-1234567-Hunter2abc"],
)
async def test_a_password_that_asks_nothing_is_remarked_on_in_a_question_channel(
    workplace: Workplace, says: str
) -> None:
    message = await workplace.person("alice").says("ask-it", says)

    assert "looks like a password" in (await workplace.reply_to(message)).text
    assert "Hunter2" not in await workplace.everything_stored()


async def test_a_password_in_the_thread_of_an_answer_is_remarked_on(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    question = await alice.says("ask-it", IPHONE)
    await workplace.reply_to(question)

    await alice.replies(question, "my password is Hunter2! trying this after lunch")
    await workplace.sandbox.until(lambda: len(workplace.replies_to(question)) == 2)

    assert "looks like a password" in workplace.replies_to(question)[1].text
    assert "Hunter2" not in await workplace.everything_stored()


async def private_copy(workplace: Workplace, question: Message) -> Message:
    """What "Continue privately" sends to alice."""
    answer = await workplace.reply_to(question)
    alice = workplace.person("alice")
    await alice.presses(answer, "Continue privately")
    return await workplace.posted_in(alice.direct_message, "Enroll an iPhone")


async def test_the_private_copy_of_a_deleted_question_is_withdrawn_too(
    workplace: Workplace,
) -> None:
    alice = workplace.person("alice")
    question = await alice.says("ask-it", IPHONE)
    await private_copy(workplace, question)

    await alice.deletes(question)

    await workplace.sandbox.until(
        lambda: (
            not [one for one in workplace.sandbox.messages_in(alice.direct_message) if one.bot_id]
        )
    )
    await workplace.sandbox.until(lambda: not workplace.sandbox.replies(question))


async def test_the_private_copy_follows_an_edit(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    question = await alice.says("ask-it", IPHONE)
    copy = await private_copy(workplace, question)

    await alice.edits(question, "how do I enroll my Android phone?")

    changed = await workplace.becomes(copy, lambda message: "Android" in message.text[:40])
    assert "1. " in changed.text


async def test_the_private_copy_goes_when_the_edited_question_has_no_answer(
    workplace: Workplace,
) -> None:
    alice = workplace.person("alice")
    question = await alice.says("ask-it", IPHONE)
    await private_copy(workplace, question)

    await alice.edits(question, UNKNOWN)

    await workplace.sandbox.until(
        lambda: (
            not [one for one in workplace.sandbox.messages_in(alice.direct_message) if one.bot_id]
        )
    )
    answer = workplace.replies_to(question)[0]
    await workplace.becomes(answer, lambda message: "I have no answer to this" in message.text)
