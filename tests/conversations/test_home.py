"""App Home: ask, see what became of it, browse, choose a language."""

from typing import Any

import pytest

from sandbox.people import Actor
from tests.workplace import Workplace, labels

IPHONE = "how do I enroll my iPhone?"


async def home_of(workplace: Workplace, person: Actor, containing: str = "") -> str:
    def shown() -> str:
        words = str(person.home.body["blocks"]) if person.home else ""
        return words if containing in words else ""

    return str(await workplace.sandbox.until(shown, explain=f"home shows {containing!r}"))


async def test_home_offers_asking_topics_languages_and_the_way_to_help(
    workplace: Workplace,
) -> None:
    alice = workplace.person("alice")

    await alice.opens_home()

    shown = await home_of(workplace, alice)
    for words in ("Ask a question", "My questions", "Choose a topic", "Language", "C0ASKIT"):
        assert words in shown
    assert "You have not asked anything yet" in shown


async def test_a_question_asked_at_home_is_answered_in_the_direct_message_and_listed(
    workplace: Workplace,
) -> None:
    alice = workplace.person("alice")
    await alice.opens_home()
    await home_of(workplace, alice)
    assert alice.home is not None
    await alice.presses(alice.home, "Ask a question")
    await alice.opens_modal()

    sent = await alice.submits({"What would you like to know?": IPHONE})

    assert sent.ok
    answer = await workplace.posted_in(alice.direct_message, "Enroll an iPhone")
    assert IPHONE in answer.text
    assert ["Solved", "Not my question", "Ask the helpdesk"] == labels(answer)
    await home_of(workplace, alice, "Answered: Enroll an iPhone or iPad")


async def test_the_outcome_at_home_follows_the_press_in_the_message(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    answer = await workplace.reply_to(await alice.direct_messages(IPHONE))
    await alice.presses(answer, "Solved")
    await workplace.becomes(answer, lambda message: not labels(message))

    await alice.opens_home()

    await home_of(workplace, alice, "Solved: Enroll an iPhone or iPad")


@pytest.mark.parametrize("text", [":tada:", "!!!"])
async def test_a_form_without_words_is_refused_beside_the_input(
    workplace: Workplace, text: str
) -> None:
    alice = workplace.person("alice")
    await alice.shortcut("ask.form")
    await alice.opens_modal()

    sent = await alice.submits({"What would you like to know?": text})

    assert "I can only read words" in sent.errors["question"]


async def test_the_language_chosen_at_home_changes_home_at_once(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    await alice.opens_home()
    await home_of(workplace, alice)
    assert alice.home is not None

    await alice.chooses(alice.home, "language.choose", "sv")

    shown = await home_of(workplace, alice, "Mina frågor")
    assert "'initial_option'" in shown


async def test_home_speaks_the_language_the_person_asks_in(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    await alice.opens_home()
    await home_of(workplace, alice, "My questions")

    await workplace.reply_to(await alice.direct_messages("hoe meld ik mijn iPhone aan?"))
    await alice.opens_home()

    await home_of(workplace, alice, "Mijn vragen")


async def test_who_chose_a_language_reads_home_in_it_whatever_they_ask_in(
    workplace: Workplace,
) -> None:
    alice = workplace.person("alice")
    await alice.commands("/signpost", "language sv")
    await workplace.reply_to(await alice.direct_messages("hoe meld ik mijn iPhone aan?"))

    await alice.opens_home()

    await home_of(workplace, alice, "Mina frågor")


@pytest.mark.parametrize(
    ("locale", "words"),
    [("nl-NL", "Mijn vragen"), ("zh-TW", "我的問題"), ("de-DE", "My questions")],
)
async def test_home_speaks_slacks_language_before_anything_was_asked(
    workplace: Workplace, locale: str, words: str
) -> None:
    workplace.sandbox.change_person("alice", locale=locale)
    alice = workplace.person("alice")

    await alice.opens_home()

    await home_of(workplace, alice, words)


async def test_a_topic_is_read_from_home(workplace: Workplace) -> None:
    mei = workplace.person("mei")
    await mei.opens_home()
    await home_of(workplace, mei)
    assert mei.home is not None

    await mei.chooses(mei.home, "topic.read", "android enroll-android")

    modal: dict[str, Any] = (await mei.opens_modal()).body
    assert "主題" == modal["title"]["text"]


async def test_the_messages_tab_publishes_nothing(workplace: Workplace) -> None:
    alice = workplace.person("alice")

    await alice.opens_messages_tab()
    await workplace.sandbox.settled()

    assert alice.home is None


async def test_nobody_sees_the_questions_of_somebody_else_at_home(workplace: Workplace) -> None:
    alice, bram = workplace.person("alice"), workplace.person("bram")
    await workplace.reply_to(await alice.direct_messages("is enrolling my phone mandatory?"))

    await bram.opens_home()

    assert "You have not asked anything yet" in await home_of(workplace, bram)


async def test_a_guide_is_ticked_off_step_by_step_and_kept(workplace: Workplace) -> None:
    alice = workplace.person("alice")
    await alice.opens_home()
    await home_of(workplace, alice, "iPhone or iPad: 0 of 10 steps done")
    assert alice.home is not None
    await alice.chooses(alice.home, "checklist.open.2", None)
    modal = await alice.opens_modal()

    await alice.chooses(modal, "checklist.tick.1", ["done"])
    await home_of(workplace, alice, "iPhone or iPad: 1 of 10 steps done")
    await alice.chooses(modal, "checklist.tick.3", ["done"])
    await home_of(workplace, alice, "iPhone or iPad: 2 of 10 steps done")
    await alice.chooses(modal, "checklist.tick.1", [])
    await home_of(workplace, alice, "iPhone or iPad: 1 of 10 steps done")

    await alice.closes_modal()
    await alice.chooses(alice.home, "checklist.open.2", None)
    again = await alice.opens_modal()
    kept = [
        element["action_id"]
        for block in again.body["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
        if element.get("initial_options")
    ]
    assert ["checklist.tick.3"] == kept
