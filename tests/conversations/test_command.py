"""`/signpost`: answers that only the person who asked sees."""

import pytest

from tests.workplace import Workplace, labels

IPHONE = "how do I enroll my iPhone?"


async def test_a_question_after_the_command_is_answered_privately(workplace: Workplace) -> None:
    alice = workplace.person("alice")

    await alice.commands("/signpost", IPHONE, channel="general")

    answer = await workplace.whisper_to(alice)
    assert answer.text.startswith("Enroll an iPhone or iPad")
    assert "1. " in answer.text
    assert ["Solved", "Not my question", "Ask the helpdesk"] == labels(answer)
    assert [] == [one for one in workplace.sandbox.messages_in("general") if one.bot_id]


async def test_solved_on_a_private_answer_changes_it_in_place(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    await alice.commands("/signpost", IPHONE, channel="general")
    answer = await workplace.whisper_to(alice)

    await alice.presses(answer, "Solved")

    await workplace.sandbox.until(lambda: "Glad it helped" in alice.ephemerals()[-1].text)
    assert 1 == len(alice.ephemerals())
    assert [] == labels(alice.ephemerals()[-1])


@pytest.mark.parametrize("text", ["", "help", "HELP", "  help  ", "?"])
async def test_help_names_every_subcommand(workplace: Workplace, text: str) -> None:
    alice = workplace.person("alice")

    await alice.commands("/signpost", text)

    told = await workplace.whisper_to(alice)
    for name in ("help:", "language:", "topics:"):
        assert name in told.text


@pytest.mark.parametrize(
    ("name", "expected"),
    [("alice", "Type after"), ("sven", "Skriv efter"), ("mei", "在指令後面")],
)
async def test_help_speaks_the_language_of_the_persons_slack(
    workplace: Workplace, name: str, expected: str
) -> None:
    person = workplace.person(name)

    await person.commands("/signpost", "help")

    assert expected in (await workplace.whisper_to(person)).text


async def test_a_chosen_language_goes_before_the_language_of_the_question(
    workplace: Workplace,
) -> None:
    alice = workplace.person("alice")
    await alice.commands("/signpost", "language")
    offered = await workplace.whisper_to(alice)
    assert ["English", "Dutch", "Swedish", "Traditional Chinese", "As I write"] == labels(offered)

    await alice.presses(offered, "Swedish")
    await workplace.sandbox.until(lambda: "svenska" in alice.ephemerals()[-1].text)
    answer = await workplace.reply_to(await alice.direct_messages(IPHONE))

    assert "Löst" == labels(answer)[0]


@pytest.mark.parametrize(
    ("word", "confirmed"),
    [
        ("nl", "Nederlands"),
        ("Dutch", "Nederlands"),
        ("svenska", "svenska"),
        ("zh-hant", "繁體中文"),
        ("繁體中文", "繁體中文"),
        ("auto", "the language you write in"),
    ],
)
async def test_a_language_is_chosen_by_its_code_or_name(
    workplace: Workplace, word: str, confirmed: str
) -> None:
    alice = workplace.person("alice")

    await alice.commands("/signpost", f"language {word}")

    assert confirmed in (await workplace.whisper_to(alice)).text


async def test_language_as_written_undoes_a_choice(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    await alice.commands("/signpost", "language nl")
    await workplace.whisper_to(alice)

    await alice.commands("/signpost", "language auto")
    await workplace.sandbox.until(lambda: len(alice.ephemerals()) == 2)
    answer = await workplace.reply_to(await alice.direct_messages(IPHONE))

    assert "Solved" == labels(answer)[0]


async def test_a_question_that_begins_like_a_subcommand_stays_a_question(
    workplace: Workplace,
) -> None:
    alice = workplace.person("alice")

    await alice.commands("/signpost", "help me enroll my iPhone")

    assert (await workplace.whisper_to(alice)).text.startswith("Enroll an iPhone or iPad")


async def test_topics_are_listed_by_device_and_read_in_a_modal(workplace: Workplace) -> None:
    bram = workplace.person("bram")
    await bram.commands("/signpost", "language nl")
    await workplace.whisper_to(bram)
    await bram.commands("/signpost", "topics")
    await workplace.sandbox.until(lambda: len(bram.ephemerals()) == 2)
    told = await workplace.whisper_to(bram)
    assert "Alle toestellen" in told.text

    await bram.chooses(told, "topic.read", "ios enroll-ios")

    modal = await bram.opens_modal()
    assert "Onderwerp" == modal.body["title"]["text"]
    assert "iPhone" in str(modal.body["blocks"])


async def test_a_runbook_for_agents_is_no_topic(workplace: Workplace) -> None:
    alice = workplace.person("alice")

    await alice.commands("/signpost", "topics")

    assert "unbook" not in str((await workplace.whisper_to(alice)).blocks)


async def test_what_nothing_matches_is_said_privately_with_the_way_to_the_helpdesk(
    workplace: Workplace,
) -> None:
    alice = workplace.person("alice")
    await alice.commands("/signpost", "what is the capital of Australia?", channel="general")
    answer = await workplace.whisper_to(alice)

    assert ["Ask the helpdesk"] == labels(answer)


@pytest.mark.parametrize(
    ("name", "mine", "not_mine"),
    [
        ("alice", ("forget:", "plan:"), ("gaps:", "new @", "announce:", "bridge on")),
        ("gus", ("forget:", "my data:"), ("gaps:", "new @", "announce:", "bridge on")),
        ("tia", ("forget:", "gaps:", "known:", "new @"), ("announce:", "bridge on")),
        ("ada", ("forget:", "gaps:", "announce:", "bridge on", "plan replace:"), ()),
    ],
)
async def test_help_lists_what_the_person_may_do_and_nothing_else(
    workplace: Workplace, name: str, mine: tuple[str, ...], not_mine: tuple[str, ...]
) -> None:
    person = workplace.person(name)

    await person.commands("/signpost", "help", channel="general")

    told = (await workplace.whisper_to(person)).text
    assert list(mine) == [one for one in mine if f"- {one}" in told]
    assert [] == [one for one in not_mine if one in told]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("langauge", "/signpost language"),
        ("language klingon", "/signpost language"),
        ("mydata", "/signpost my data"),
        ("topisc", "/signpost topics"),
        ("ticket abc", "/signpost ticket"),
    ],
)
async def test_a_slip_in_a_command_is_answered_with_the_command(
    workplace: Workplace, text: str, meant: str
) -> None:
    alice = workplace.person("alice")

    await alice.commands("/signpost", text, channel="general")

    told = await workplace.whisper_to(alice)
    assert f'I do not know "{text}". Did you mean {meant}?' in told.text


async def test_a_slip_in_a_command_of_others_is_a_question(workplace: Workplace) -> None:
    alice = workplace.person("alice")

    await alice.commands("/signpost", "brigde", channel="general")

    assert "bridge" not in (await workplace.whisper_to(alice)).text


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("bram", "Bedoel je /signpost language?"),
        ("sven", "Menade du /signpost language?"),
        ("mei", "您是要用 /signpost language 嗎？"),
    ],
)
async def test_the_command_is_named_in_the_persons_language(
    workplace: Workplace, name: str, told: str
) -> None:
    person = workplace.person(name)
    await person.commands("/signpost", f"language {person.person.language}", channel="general")
    await workplace.sandbox.until(person.ephemerals)

    await person.commands("/signpost", "langauge", channel="general")

    await workplace.sandbox.until(lambda: told in person.ephemerals()[-1].text)
    assert "langauge" in person.ephemerals()[-1].text
