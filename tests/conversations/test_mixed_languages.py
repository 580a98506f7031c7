"""One channel, many languages: everybody is answered in their own."""

import pytest

from tests.workplace import Workplace, labels

CODE = "0x80180014"
"""Says nothing about the language it is asked in."""
SOLVED = {"en": "Solved", "nl": "Opgelost", "sv": "Löst", "zh-Hant": "已解決"}


def speaks(workplace: Workplace, name: str, locale: str) -> None:
    """The person's Slack is in that language."""
    workplace.person(name).person.locale = locale


@pytest.mark.parametrize(
    ("name", "asks", "goes_on", "language"),
    [
        ("alice", "how do I enroll my iPhone?", "and on Android?", "en"),
        ("bram", "hoe registreer ik mijn iPhone?", "en op Android?", "nl"),
        ("sven", "hur registrerar jag min iPhone?", "och på Android?", "sv"),
        ("mei", "我的 iPhone 要怎麼註冊？", "那 Android 呢？", "zh-Hant"),
    ],
)
async def test_everybody_is_answered_in_the_language_they_write_in_that_channel(
    workplace: Workplace, name: str, asks: str, goes_on: str, language: str
) -> None:
    await workplace.reply_to(await workplace.person("adam").says("ask-it", "what is Intune?"))
    person = workplace.person(name)
    question = await person.says("ask-it", asks)

    first = await workplace.reply_to(question)
    await person.replies(question, goes_on)
    await workplace.sandbox.until(lambda: len(workplace.replies_to(question)) == 2)

    assert SOLVED[language] == labels(first)[0]
    assert SOLVED[language] == labels(workplace.replies_to(question)[1])[0]


async def test_two_people_in_one_thread_are_answered_in_two_languages(
    workplace: Workplace,
) -> None:
    alice, bram = workplace.person("alice"), workplace.person("bram")
    question = await alice.says("ask-it", "how do I enroll my iPhone?")
    await workplace.reply_to(question)

    await bram.mentions_bot("ask-it", "hoe registreer ik mijn Mac?")
    await alice.replies(question, "and on Android?")
    await workplace.sandbox.until(lambda: len(workplace.replies_to(question)) == 2)

    assert "Solved" == labels(workplace.replies_to(question)[1])[0]


@pytest.mark.parametrize(
    ("locale", "channel", "language"),
    [
        ("sv-SE", "sales", "sv"),
        ("de-DE", "sales", "nl"),
        ("de-DE", "retail", "sv"),
        ("de-DE", "random", "en"),
    ],
)
async def test_where_the_words_do_not_tell_slacks_language_goes_before_the_channels(
    workplace: Workplace, locale: str, channel: str, language: str
) -> None:
    speaks(workplace, "ada", locale)
    ada = workplace.person("ada")
    await ada.joins(channel)
    await ada.invites(channel, "signpost")

    question = await ada.mentions_bot(channel, CODE)

    assert SOLVED[language] == labels(await workplace.reply_to(question))[0]


async def test_a_choice_goes_before_everything(workplace: Workplace) -> None:
    speaks(workplace, "ada", "sv-SE")
    ada = workplace.person("ada")
    await ada.commands("/signpost", "language 繁體中文", channel="general")
    await workplace.whisper_to(ada)

    question = await ada.mentions_bot("general", "hoe registreer ik mijn iPhone?")

    assert "已解決" == labels(await workplace.reply_to(question))[0]


async def test_in_a_conversation_what_says_no_language_goes_on_in_the_last(
    workplace: Workplace,
) -> None:
    femke = workplace.person("femke")
    await workplace.reply_to(await femke.direct_messages("hoe registreer ik mijn iPhone?"))

    answer = await workplace.reply_to(await femke.direct_messages(CODE))

    assert "Opgelost" == labels(answer)[0]
