"""People ask, the bot answers."""

import pytest

from knowledge.watching import Knowledge
from tests.workplace import Workplace, labels, open_workplace

NO_QUESTION = "lunch is at twelve today, see you there"
UNKNOWN = "what is the capital of Australia?"


async def test_alice_asks_in_the_question_channel_and_is_answered_in_the_thread(
    workplace: Workplace,
) -> None:
    question = await workplace.person("alice").says("ask-it", "how do I enroll my iPhone?")

    answer = await workplace.reply_to(question)

    assert question.ts == answer.thread_ts
    assert answer.text.startswith("Enroll an iPhone or iPad")
    assert ["Solved", "Not my question", "Ask the helpdesk", "Continue privately"] == labels(answer)


@pytest.mark.parametrize(
    ("name", "asks", "solved"),
    [
        ("alice", "how do I enroll my iPhone?", "Solved"),
        ("bram", "hoe registreer ik mijn iPhone?", "Opgelost"),
        ("sven", "hur registrerar jag min iPhone?", "Löst"),
        ("mei", "我的 iPhone 要怎麼註冊？", "已解決"),
    ],
)
async def test_everybody_is_answered_in_the_language_of_the_question(
    workplace: Workplace, name: str, asks: str, solved: str
) -> None:
    question = await workplace.person(name).direct_messages(asks)

    answer = await workplace.reply_to(question)

    assert solved == labels(answer)[0]


async def test_a_direct_message_gets_the_whole_article_at_once(workplace: Workplace) -> None:
    question = await workplace.person("alice").direct_messages("how do I enroll my iPhone?")

    answer = await workplace.reply_to(question)

    assert answer.thread_ts is None
    assert "1. " in answer.text
    assert ["Solved", "Not my question", "Ask the helpdesk"] == labels(answer)


@pytest.mark.parametrize("mention_first", [True, False])
async def test_a_mention_is_answered_once_whichever_of_its_twins_comes_first(
    store_url: str, knowledge: Knowledge, mention_first: bool
) -> None:
    async with open_workplace(store_url, knowledge, mention_first=mention_first) as workplace:
        alice = workplace.person("alice")
        question = await alice.mentions_bot("general", "how do I enroll my iPhone?")

        await workplace.reply_to(question)
        await workplace.sandbox.settled()

        assert 1 == len(workplace.replies_to(question))


async def test_an_event_delivered_twice_is_answered_once(workplace: Workplace) -> None:
    workplace.sandbox.core.faults.add("event", "duplicate", times=1)
    question = await workplace.person("alice").says("ask-it", "how do I enroll my iPhone?")

    await workplace.reply_to(question)
    await workplace.sandbox.settled()

    assert 1 == len(workplace.replies_to(question))


async def test_chatter_in_the_question_channel_is_left_alone(workplace: Workplace) -> None:
    assert await workplace.quiet(await workplace.person("alice").says("ask-it", NO_QUESTION))


async def test_a_question_without_a_question_mark_that_nothing_matches_is_not_left_alone(
    workplace: Workplace,
) -> None:
    question = await workplace.person("sven").says(
        "ask-it", "företagsportalen säger fel 0x80180099 vad gör jag"
    )

    answer = await workplace.reply_to(question)

    assert "Fråga helpdesk" in labels(answer)


async def test_questions_in_other_channels_are_left_alone(workplace: Workplace) -> None:
    question = await workplace.person("alice").says("general", "how do I enroll my iPhone?")

    assert await workplace.quiet(question)


async def test_a_reply_among_colleagues_is_left_alone(workplace: Workplace) -> None:
    alice, bram = workplace.person("alice"), workplace.person("bram")
    root = await alice.says("ask-it", NO_QUESTION)

    reply = await bram.replies(root, "how do I enroll my iPhone?")

    assert await workplace.quiet(reply)


async def test_what_nothing_matches_is_said_plainly_with_the_way_to_the_helpdesk(
    workplace: Workplace,
) -> None:
    question = await workplace.person("alice").says("ask-it", UNKNOWN)

    answer = await workplace.reply_to(question)

    assert "I have no answer to this" in answer.text
    assert ["Ask the helpdesk"] == labels(answer)


async def test_solved_closes_the_answer(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    answer = await workplace.reply_to(await alice.says("ask-it", "how do I enroll my iPhone?"))

    await alice.presses(answer, "Solved")

    solved = await workplace.becomes(answer, lambda message: "Glad it helped" in message.text)
    assert [] == labels(solved)
    assert solved.text.startswith("Enroll an iPhone or iPad")


async def test_not_my_question_offers_the_next_best_and_choosing_one_shows_it(
    workplace: Workplace,
) -> None:
    alice = workplace.person("alice")
    answer = await workplace.reply_to(await alice.says("ask-it", "how do I enroll my iPhone?"))

    await alice.presses(answer, "Not my question")
    offered = await workplace.becomes(
        answer, lambda message: "perhaps one of these" in message.text
    )
    choice = labels(offered)[0]
    await alice.presses(offered, choice)

    shown = await workplace.becomes(answer, lambda message: "Solved" in labels(message))
    assert shown.text.startswith(choice)


async def test_not_my_question_twice_leads_to_the_helpdesk(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    answer = await workplace.reply_to(await alice.says("ask-it", "how do I enroll my iPhone?"))

    await alice.presses(answer, "Not my question")
    offered = await workplace.becomes(answer, lambda message: "None of these" in labels(message))
    await alice.presses(offered, "None of these")

    last = await workplace.becomes(answer, lambda message: labels(message) == ["Ask the helpdesk"])
    assert "nothing better to offer" in last.text


async def test_ask_the_helpdesk_puts_the_question_before_tier_1_in_the_askers_words(
    workplace: Workplace,
) -> None:
    alice = workplace.person("alice")
    answer = await workplace.reply_to(await alice.says("ask-it", UNKNOWN))

    await alice.presses(answer, "Ask the helpdesk")
    await alice.opens_modal()
    await alice.submits()

    card = await workplace.posted_in("tier-1", UNKNOWN)
    assert alice.mention in card.text
    passed = await workplace.becomes(answer, lambda message: not labels(message))
    assert "Passed on to the helpdesk" in passed.text


async def test_asking_the_helpdesk_twice_from_an_old_screen_asks_once(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    answer = await workplace.reply_to(await alice.says("ask-it", UNKNOWN))
    old_screen = workplace.sandbox.snapshot(answer)

    await alice.presses(old_screen, "Ask the helpdesk")
    await alice.opens_modal()
    await alice.submits()
    await workplace.posted_in("tier-1", UNKNOWN)
    await alice.presses(old_screen, "Ask the helpdesk")

    told = await workplace.whisper_to(alice)
    assert "already with the helpdesk" in told.text
    assert 1 == len([one for one in workplace.sandbox.messages_in("tier-1") if one.bot_id])


async def test_only_the_asker_can_press(workplace: Workplace) -> None:
    answer = await workplace.reply_to(
        await workplace.person("alice").says("ask-it", "how do I enroll my iPhone?")
    )
    bram = workplace.person("bram")

    await bram.presses(answer, "Solved")

    told = await workplace.whisper_to(bram)
    assert "Only the person who asked" in told.text
    assert "Solved" in labels(answer)


async def test_continue_privately_sends_all_the_steps_directly(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    answer = await workplace.reply_to(await alice.says("ask-it", "how do I enroll my iPhone?"))

    await alice.presses(answer, "Continue privately")

    direct = await workplace.posted_in(alice.direct_message, "1. ")
    assert direct.text.startswith("Enroll an iPhone or iPad")


async def test_a_press_on_an_answer_that_was_deleted_meanwhile_still_counts(
    workplace: Workplace,
) -> None:
    alice = workplace.person("alice")
    answer = await workplace.reply_to(await alice.says("ask-it", UNKNOWN))
    old_screen = workplace.sandbox.snapshot(answer)
    workplace.sandbox.channel("ask-it").remove(answer)

    await alice.presses(old_screen, "Ask the helpdesk")
    await alice.opens_modal()
    await alice.submits()

    assert await workplace.posted_in("tier-1", UNKNOWN)


async def test_another_bots_message_is_left_alone(workplace: Workplace) -> None:
    bot_message = workplace.sandbox.acts.say(
        workplace.sandbox.workspace.bot,
        workplace.sandbox.channel("ask-it"),
        "how do I enroll my iPhone?",
    )

    assert await workplace.quiet(bot_message)


@pytest.mark.parametrize("text", ["", "   ", ":tada:", "🎉", "?"])
async def test_a_mention_without_words_is_asked_for_words(workplace: Workplace, text: str) -> None:
    question = await workplace.person("alice").mentions_bot("general", text or " ")

    answer = await workplace.reply_to(question)

    assert answer.text.startswith(("Ask me about", "I can only read words"))


@pytest.mark.parametrize("text", [":tada: :tada:", "🎉"])
async def test_emoji_in_the_question_channel_are_left_alone(
    workplace: Workplace, text: str
) -> None:
    assert await workplace.quiet(await workplace.person("alice").says("ask-it", text))


async def test_a_question_of_40000_characters_is_answered(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    long = ("how do I enroll my iPhone? " * 1_500)[:39_000]

    assert await workplace.reply_to(await alice.direct_messages(long))


async def test_live_mentions_and_labelled_links_are_harmless_on_the_helpdesks_card(
    workplace: Workplace,
) -> None:
    alice = workplace.person("alice")
    question = await alice.direct_messages(
        "<!channel> zebra quux <https://evil.example|https://bank.example> \u202ereversed\x00?"
    )
    answer = await workplace.reply_to(question)

    await alice.presses(answer, "Ask the helpdesk")
    await alice.opens_modal()
    await alice.submits()

    card = await workplace.posted_in("tier-1", "zebra quux")
    shown = card.text + str(card.blocks)
    assert "<!channel>" not in shown
    assert "bank.example" not in shown
    assert "\u202e" not in shown
    assert "\x00" not in shown


async def test_small_talk_gets_a_short_reply_and_never_an_article(workplace: Workplace) -> None:
    answer = await workplace.reply_to(await workplace.person("alice").direct_messages("hello"))

    assert [] == labels(answer)
    assert answer.text.startswith("Hello!")


@pytest.mark.parametrize(
    ("name", "says", "button"),
    [
        ("alice", "I want to talk to a human", "Ask the helpdesk"),
        ("bram", "ik wil een medewerker spreken", "Vraag de helpdesk"),
        ("sven", "jag vill prata med en människa", "Fråga helpdesk"),
        ("mei", "我要找真人", "詢問服務台"),
    ],
)
async def test_asking_for_a_person_leads_straight_to_the_helpdesk(
    workplace: Workplace, name: str, says: str, button: str
) -> None:
    answer = await workplace.reply_to(await workplace.person(name).direct_messages(says))

    assert [button] == labels(answer)


async def test_a_fifth_language_is_recognised_kindly(workplace: Workplace) -> None:
    question = await workplace.person("alice").direct_messages(
        "Wie kann ich mein Handy bei der Firma registrieren und was muss ich vorher machen?"
    )

    answer = await workplace.reply_to(question)

    assert answer.text.startswith("I read English, Dutch, Swedish and Traditional Chinese")
    assert ["Ask the helpdesk"] == labels(answer)
