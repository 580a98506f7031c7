"""What is written in announcements, in answers to the survey and in drafts of articles stays words,
wherever it is shown again."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from knowledge.watching import Knowledge
from tests.conversations.counter import Counter
from tests.conversations.test_new_articles import loaded, opens_form
from tests.conversations.test_taking_part import (
    POST,
    THANKS,
    announced,
    commands,
    enrollment,
    rollout,
)
from tests.security.injection import (
    BLOCKS,
    CORPUS,
    FORMULA,
    HIDDEN,
    MARKUP,
    ONE_LINE,
    PINGS,
    PLACEABLES,
    Watcher,
)
from tests.security.test_injection import failed
from tests.workplace import Workplace, open_workplace

BODY = f"{FORMULA} zqmark {PINGS} {MARKUP} {PLACEABLES} {HIDDEN} {BLOCKS}"
"""Admins write Markdown: of all fields this one may have links and bold letters."""
FIVE = ("linnea", "tia", "tom", "tess", "ted")


def watched(workplace: Workplace) -> Watcher:
    return Watcher(workplace.sandbox.core.traffic)


async def test_every_field_of_an_announcement(store_url: str, knowledge: Knowledge) -> None:
    async with rollout(store_url, knowledge) as workplace:
        watcher = watched(workplace)
        ada, axel = workplace.person("ada"), workplace.person("axel")
        await ada.commands("/signpost", "announce")
        await ada.opens_modal()
        await ada.submits({"planned": "free"})
        await ada.opens_modal()
        written = {"title": f"zqtitle {ONE_LINE[:140]}", "body": BODY[:1_000]}
        written |= {"action": ONE_LINE[:110], "help": ONE_LINE[30:140]}
        sent = await ada.submits(
            {**written, "groups": ["it"], "day": "2027-07-19", "hour": "12:00"}
        )
        assert sent.ok, sent.errors
        card = await workplace.posted_in("rollout-admins", "zqtitle")
        await ada.presses(card, "Preview")
        await workplace.posted_in(ada.direct_message, "zqtitle")
        await ada.presses(card, "Mention everyone")
        shown = await workplace.becomes(card, lambda one: "ready to be approved" in one.text)
        await axel.presses(shown, "Approve")
        await workplace.becomes(card, lambda one: "Approved, goes out" in one.text)
        workplace.sandbox.core.clock.jump_to(POST - timedelta(days=7, hours=20))
        await workplace.posted_in("it", "zqtitle")
        done = await workplace.becomes(card, lambda one: "Recall" in str(one.blocks))
        await ada.presses(done, "Recall")
        await ada.opens_modal()
        await ada.submits({"note": CORPUS[:900]})
        await workplace.posted_in("it", "zqmark")
        await commands(workplace, "ada", "plan")
        await workplace.sandbox.settled()

        assert [] == watcher.harm
        assert [] == await failed(workplace)


async def test_an_answer_to_the_survey_and_a_quote_of_it(
    store_url: str, knowledge: Knowledge
) -> None:
    async with rollout(store_url, knowledge) as workplace:
        watcher = watched(workplace)
        ada, axel = workplace.person("ada"), workplace.person("axel")
        people = [workplace.person(name) for name in FIVE]
        asked = await enrollment(workplace)
        for person in people:
            await person.presses(asked, "I have enrolled")
            await workplace.whisper_to(person)
        survey = await announced(workplace, "post-enrollment-it", THANKS, POST)
        for person in people:
            await person.presses(survey, "Answer three questions")
            await person.opens_modal()
            answers = {"ease": "4", "messages": "3", "help": "0", "quote": ["yes"]}
            assert (await person.submits({**answers, "words": CORPUS})).ok
            await person.closes_modal()
        await commands(workplace, "ada", "survey")
        await ada.commands("/signpost", "announce")
        await ada.opens_modal()
        await ada.submits({"planned": "pre-enrollment-1-retail"})
        card = await workplace.posted_in("rollout-admins", "Draft, planned for")
        await ada.presses(card, "Quote")
        form = await ada.opens_modal()
        menu = form.body["blocks"][-1]["element"]
        assert (await ada.submits({"quoted": menu["options"][1]["value"]})).ok
        quoting = await workplace.becomes(card, lambda one: "It quotes" in one.text)
        await ada.presses(quoting, "Preview")
        await workplace.posted_in(ada.direct_message, "zqmark")
        await axel.presses(quoting, "Approve")
        await workplace.becomes(card, lambda one: "Approved, goes out" in one.text)
        await workplace.sandbox.settled()

        assert [] == watcher.harm
        assert [] == await failed(workplace)


@pytest.fixture
async def counter(store_url: str, tmp_path: Path) -> AsyncIterator[Counter]:
    async with open_workplace(store_url, loaded(tmp_path)) as workplace:
        yield Counter(workplace)


async def test_the_draft_of_an_article(counter: Counter) -> None:
    """Its body is Markdown, which the second person reads as it will be shown."""
    watcher = watched(counter.workplace)
    await opens_form(counter)
    phrasings = f"zqphrase {ONE_LINE[:120]}\nzqsecond quux"
    written = {"title": f"zqtitle {ONE_LINE[:65]}", "phrasings": phrasings, "body": BODY}
    fields = {**written, "language": "en", "audience": "everyone"}
    drafted = await counter.person("tia").submits(fields)
    assert drafted.ok, drafted.errors
    card = await counter.workplace.posted_in("rollout-admins", "zqtitle")
    await counter.presses("ada", card, "Publish")
    await counter.shows(card, lambda one: "published the article" in one.text)
    alice = counter.person("alice")
    await counter.workplace.reply_to(await alice.mentions_bot("ask-it", "zqsecond quux"))
    await counter.sandbox.settled()

    assert watcher.showed("zqmark")
    assert [] == watcher.harm
    assert [] == await failed(counter.workplace)
