"""A ticket becomes an article, once a second person has read it."""

import shutil
from collections.abc import AsyncIterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from knowledge.watching import Knowledge
from sandbox.conversation import Message
from storage.kinds import DRAFT
from storage.opening import open_copy
from tests.conversations.counter import Counter
from tests.workplace import labels, open_workplace

ROOT = Path(__file__).parents[2]
WORDS = "purple quux walrus wobbles"
TITLE = "Calm a wobbling walrus"
ARTICLE: dict[str, Any] = {
    "title": TITLE,
    "phrasings": f"{WORDS}\nwhy does the walrus wobble",
    "body": "Hold the **walrus** until it is calm.",
    "language": "en",
    "audience": "everyone",
}


def loaded(folder: Path) -> Knowledge:
    """A few articles, apart from those of other tests: the bot adds to what it knows."""
    for name in ("enroll-ios", "enroll-android", "runbook-portal-checks"):
        (folder / "en").mkdir(exist_ok=True)
        shutil.copy(ROOT / "knowledge" / "faq" / "en" / f"{name}.md", folder / "en")
    return Knowledge(folder, ROOT / "sandbox" / "company.yaml")


@pytest.fixture
async def counter(store_url: str, tmp_path: Path) -> AsyncIterator[Counter]:
    async with open_workplace(store_url, loaded(tmp_path)) as workplace:
        yield Counter(workplace)


async def opens_form(counter: Counter, name: str = "tia") -> None:
    """Resolves a question of Alice, and opens the form for an article from it."""
    card = await counter.asks("alice", f"{WORDS}?")
    await counter.claims("tia", card)
    await counter.resolves("tia", card, "x", "Hold it until it is calm.")
    await counter.presses(name, card, "Add to the knowledge base")
    await counter.person(name).opens_modal()


async def drafted_by_tia(counter: Counter, **changes: Any) -> Message:
    """The card in the knowledge channel."""
    await opens_form(counter)
    result = await counter.person("tia").submits({**ARTICLE, **changes})
    assert result.ok, result.errors
    return await counter.workplace.posted_in("rollout-admins", TITLE)


async def answer_to(counter: Counter, words: str) -> str:
    asked = await counter.person("adam").direct_messages(words)
    return (await counter.workplace.reply_to(asked)).text


async def test_the_form_has_the_askers_words_and_the_solution(counter: Counter) -> None:
    await opens_form(counter)

    view = await counter.person("tia").opens_modal()

    inputs = {block["block_id"]: block["element"] for block in view.body["blocks"]}
    assert f"{WORDS}?" == inputs["phrasings"]["initial_value"]
    assert "Hold it until it is calm." == inputs["body"]["initial_value"]
    assert "en" == inputs["language"]["initial_option"]["value"]
    assert "everyone" == inputs["audience"]["initial_option"]["value"]


async def test_published_by_another_person_it_answers_the_next_question(counter: Counter) -> None:
    card = await drafted_by_tia(counter)
    assert TITLE not in await answer_to(counter, "the walrus wobbles, why")

    await counter.presses("ada", card, "Publish")
    await counter.shows(card, lambda one: "published the article" in one.text and not labels(one))

    assert (await answer_to(counter, "why does the walrus wobble?")).startswith(TITLE)


async def test_who_and_when_and_from_which_ticket_is_kept(counter: Counter) -> None:
    card = await drafted_by_tia(counter)
    await counter.presses("ada", card, "Publish")
    await counter.shows(card, lambda one: not labels(one))

    store = await open_copy(counter.workplace.environment["STORE_URL"])
    team = counter.sandbox.workspace.team_id
    draft = (await store.find(DRAFT, "state", f"{team}/published"))[0].record
    await store.close()

    people = (counter.person("tia").id, counter.person("ada").id)
    assert people == (draft.author, draft.decided_by)
    assert ("#1", True) == (
        draft.source,
        draft.drafted_at <= (draft.decided_at or draft.drafted_at),
    )


async def test_it_is_still_known_after_a_restart(counter: Counter, tmp_path: Path) -> None:
    card = await drafted_by_tia(counter)
    await counter.presses("ada", card, "Publish")
    await counter.shows(card, lambda one: not labels(one))
    await counter.workplace.stop_bot()
    counter.workplace.knowledge = loaded(tmp_path)

    await counter.workplace.start_bot()

    assert (await answer_to(counter, WORDS)).startswith(TITLE)


async def test_its_author_is_refused_and_somebody_else_decides(counter: Counter) -> None:
    await counter.person("ada").invites("rollout-admins", "tia")
    card = await drafted_by_tia(counter)

    await counter.presses("tia", card, "Publish")

    await counter.refused("tia", "Somebody else has to publish")
    assert ["Publish", "Discard"] == labels(counter.now(card))


async def test_a_guest_in_the_knowledge_channel_does_not_decide(counter: Counter) -> None:
    card = await drafted_by_tia(counter)
    await counter.person("ada").invites("rollout-admins", "gus")

    await counter.presses("gus", card, "Publish")

    await counter.refused("gus", "Only members of the knowledge channel")
    assert ["Publish", "Discard"] == labels(counter.now(card))


async def test_what_its_author_changed_meanwhile_is_read_anew_first(counter: Counter) -> None:
    card = await drafted_by_tia(counter)
    stale = deepcopy(card)
    copy = await counter.told("tia", TITLE)
    await counter.fills_in("tia", copy, "Edit", **{**ARTICLE, "body": "Sing to the walrus."})
    await counter.shows(card, lambda one: "Sing to the walrus" in one.text)

    await counter.person("ada").presses(stale, "Publish")

    await counter.refused("ada", "changed since you read it")
    await counter.presses("ada", card, "Publish")
    await counter.shows(card, lambda one: "published the article" in one.text)
    assert "Sing to the walrus" in await answer_to(counter, WORDS)


async def test_its_author_takes_it_back(counter: Counter) -> None:
    card = await drafted_by_tia(counter)
    copy = await counter.told("tia", TITLE)

    await counter.presses("tia", copy, "Take it back")

    await counter.shows(card, lambda one: "discarded the article" in one.text and not labels(one))
    await counter.shows(copy, lambda one: not labels(one))
    assert TITLE not in await answer_to(counter, WORDS)


async def test_what_cannot_be_an_article_stays_in_the_form(counter: Counter) -> None:
    await opens_form(counter)
    tia = counter.person("tia")

    blank = await tia.submits({**ARTICLE, "title": "<>"})
    value = await tia.submits({**ARTICLE, "body": "Call {{helpdesk_phone}}"})
    device = await tia.submits({**ARTICLE, "body": "x\n\n## Toaster {toaster}\n\ny"})

    assert {"title": blank.errors["title"]} == blank.errors
    assert ["body"] == list(value.errors)
    assert ["body"] == list(device.errors)


async def test_mentions_in_it_are_inert(counter: Counter) -> None:
    card = await drafted_by_tia(counter, body="Ask <!channel> and <@U1>.")

    assert "<!channel>" not in str((card.text, card.blocks))
    assert "Ask @channel and @U1." in card.text


async def test_an_article_for_a_tier_is_hidden_from_people(counter: Counter) -> None:
    card = await drafted_by_tia(counter, audience="tier2")
    await counter.presses("ada", card, "Publish")
    await counter.shows(card, lambda one: not labels(one))

    assert TITLE not in await answer_to(counter, WORDS)


async def test_a_text_in_another_language_than_marked_is_pointed_out(counter: Counter) -> None:
    card = await drafted_by_tia(counter, language="nl", body="Please hold the device until calm.")

    assert "seems to be in another language" in str(card.blocks)


async def test_one_person_does_both_where_the_settings_say_so(
    counter: Counter, tmp_path: Path
) -> None:
    settings = tmp_path / "helpdesk.yaml"
    settings.write_text("learning: {second_person: false}", "utf-8")
    workplace = counter.workplace
    await workplace.stop_bot()
    workplace.environment = {**workplace.environment, "HELPDESK_SETTINGS": str(settings)}
    await workplace.start_bot()
    await counter.person("ada").invites("rollout-admins", "tia")
    card = await drafted_by_tia(counter)

    await counter.presses("tia", card, "Publish")

    await counter.shows(card, lambda one: "published the article" in one.text)
    assert (await answer_to(counter, WORDS)).startswith(TITLE)
