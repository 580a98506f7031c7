"""The message shortcut "Ask Signpost": an answer about somebody's message."""

from tests.workplace import Workplace, labels

IPHONE = "how do I enroll my iPhone?"


async def test_the_answer_stands_beneath_the_message_and_its_author_is_told(
    workplace: Workplace,
) -> None:
    alice, ada = workplace.person("alice"), workplace.person("ada")
    message = await alice.says("general", IPHONE)

    await ada.shortcut("ask.message", message)

    answer = await workplace.reply_to(message)
    assert answer.text.startswith(f"{alice.mention}, {ada.mention} asked me about your message")
    assert "Enroll an iPhone or iPad" in answer.text
    assert "beneath the message" in (await workplace.whisper_to(ada)).text


async def test_the_author_closes_the_answer_and_who_asked_cannot(workplace: Workplace) -> None:
    alice, ada = workplace.person("alice"), workplace.person("ada")
    message = await alice.says("general", IPHONE)
    await ada.shortcut("ask.message", message)
    answer = await workplace.reply_to(message)
    await workplace.whisper_to(ada)

    await ada.presses(answer, "Solved")
    await workplace.sandbox.until(lambda: "Only the person who asked" in ada.ephemerals()[-1].text)
    await alice.presses(answer, "Solved")

    await workplace.becomes(answer, lambda shown: not labels(shown))


async def test_what_has_no_answer_is_told_to_who_asked_and_nothing_is_posted(
    workplace: Workplace,
) -> None:
    alice, ada = workplace.person("alice"), workplace.person("ada")
    message = await alice.says("general", "what is the capital of Australia?")

    await ada.shortcut("ask.message", message)

    assert "no answer to that message" in (await workplace.whisper_to(ada)).text
    assert [] == workplace.replies_to(message)


async def test_a_message_answered_before_is_not_answered_again(workplace: Workplace) -> None:
    alice, ada = workplace.person("alice"), workplace.person("ada")
    message = await alice.says("ask-it", IPHONE)
    await workplace.reply_to(message)

    await ada.shortcut("ask.message", message)

    assert "answered that message already" in (await workplace.whisper_to(ada)).text
    assert 1 == len(workplace.replies_to(message))


async def test_a_message_of_a_bot_is_left_alone(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    answer = await workplace.reply_to(await alice.says("ask-it", IPHONE))

    await alice.shortcut("ask.message", answer)

    assert "not by a person" in (await workplace.whisper_to(alice)).text


async def test_where_the_bot_is_not_the_answer_is_private(workplace: Workplace) -> None:
    tess, ted = workplace.person("tess"), workplace.person("ted")
    await tess.removes("tier-2", "signpost")
    message = await tess.says("tier-2", IPHONE)

    await ted.shortcut("ask.message", message)

    answer = await workplace.whisper_to(ted)
    assert "Enroll an iPhone or iPad" in answer.text
    assert [] == workplace.replies_to(message)


async def test_where_the_bot_is_not_everybody_who_asks_is_answered(workplace: Workplace) -> None:
    tess, ted = workplace.person("tess"), workplace.person("ted")
    await tess.removes("tier-2", "signpost")
    message = await tess.says("tier-2", IPHONE)
    await ted.shortcut("ask.message", message)
    await workplace.whisper_to(ted)

    await tess.shortcut("ask.message", message)

    answer = await workplace.whisper_to(tess)
    assert "Enroll an iPhone or iPad" in answer.text
    await tess.presses(answer, "Solved")
    await workplace.sandbox.until(lambda: "Glad it helped" in tess.ephemerals()[-1].text)
    await ted.shortcut("ask.message", message)
    await workplace.sandbox.until(lambda: len(ted.ephemerals()) == 2)
    assert ["Enroll an iPhone or iPad"] * 2 == [one.text.split("\n")[0] for one in ted.ephemerals()]


async def test_a_message_whose_second_question_was_answered_is_not_answered_again(
    workplace: Workplace,
) -> None:
    alice, ada = workplace.person("alice"), workplace.person("ada")
    message = await alice.says("general", f"what is the capital of Australia? {IPHONE}")
    await ada.shortcut("ask.message", message)
    await workplace.reply_to(message)
    told_so_far = len(ada.ephemerals())

    await ada.shortcut("ask.message", message)

    await workplace.sandbox.until(lambda: len(ada.ephemerals()) > told_so_far)
    await workplace.sandbox.until(lambda: "answered that message" in ada.ephemerals()[-1].text)
    assert 1 == len(workplace.replies_to(message))


async def test_after_an_edit_the_answer_still_says_who_asked(workplace: Workplace) -> None:
    alice, ada = workplace.person("alice"), workplace.person("ada")
    message = await alice.says("general", IPHONE)
    await ada.shortcut("ask.message", message)
    answer = await workplace.reply_to(message)

    await alice.edits(message, "how do I enroll my Android phone?")

    changed = await workplace.becomes(answer, lambda one: "Android" in one.text)
    assert f"{alice.mention}, {ada.mention} asked me about your message" in changed.text
