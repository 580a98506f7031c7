"""Words from the survey in later announcements: only with consent, and never so that anybody could
tell who said them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from knowledge.article import Language
from rollout.announcement import Change, State
from rollout.survey import SurveyQuestion, SurveyResponse, response_id
from storage.forgetting import Forgetting, forget
from storage.kinds import SURVEY_RESPONSE
from storage.port import Commit, Put
from tests.handlers.bureau import ADA, ALICE, AXEL, TEAM, Bureau, Message, open_bureau
from tests.rollout.plans import sample

NOW = datetime(2027, 8, 1, 8, 0, tzinfo=UTC)
LATER = "pre-enrollment-1-sales-and-marketing"
WORDS = "It took *ten* minutes, see [this](https://trap.example) @channel"


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with open_bureau(tmp_path, sample(), NOW) as opened:
        yield opened


async def answer_the_survey(bureau: Bureau, people: int = 5, words: str = WORDS) -> SurveyResponse:
    """So many of IT answer; the first lets herself be quoted."""
    every = [
        SurveyResponse(
            response_id(TEAM, "it", f"U{number}"),
            TEAM,
            f"U{number}",
            "it",
            "",
            {SurveyQuestion.EASE: 5},
            Language.EN,
            NOW,
            words=words if number == 1 else "not to be quoted",
            quotable=number == 1,
        )
        for number in range(1, people + 1)
    ]
    puts = tuple(Put(SURVEY_RESPONSE, one) for one in every)
    await bureau.store.commit(Commit(at=NOW, puts=puts))
    return every[0]


async def quotes(bureau: Bureau, card: Message, which: int = 1) -> Any:
    """Ada chooses that line of the offer; 0 is none."""
    await bureau.presses(ADA, card, "Quote")
    form = bureau.screen.views[-1]
    menu = form["blocks"][-1]["element"]
    return await bureau.submits(ADA, form, {"quoted": menu["options"][which]["value"]})


async def approved_and_read(bureau: Bureau) -> Message:
    await bureau.presses(AXEL, bureau.card(LATER), "Approve")
    await bureau.passes(until=(await bureau.announcement(LATER)).sends_at)
    return bureau.in_channel("C0SALES")[-1]


async def test_the_words_of_a_colleague_stand_in_a_later_announcement(bureau: Bureau) -> None:
    await answer_the_survey(bureau)
    card = await bureau.drafts(LATER)

    await quotes(bureau, card)

    assert "It quotes a colleague in IT." in bureau.card(LATER).text
    message = await approved_and_read(bureau)
    said = "“It took *ten* minutes, see [this](https://trap.example) channel” – een collega van IT"
    assert said in message.text
    blocks = str(message.content.blocks)
    assert said in blocks
    assert "'link'" not in blocks
    assert "broadcast" not in blocks


async def test_choosing_a_quote_asks_for_approval_again_and_stands_in_the_log(
    bureau: Bureau,
) -> None:
    await answer_the_survey(bureau)
    card = await bureau.drafts(LATER)
    stale = replace(card)
    await quotes(bureau, card)

    await bureau.presses(AXEL, stale, "Approve")

    announcement = await bureau.announcement(LATER)
    assert State.DRAFT is announcement.state
    assert [Change.DRAFTED, Change.QUOTED] == [line.change for line in announcement.log]


async def test_who_takes_the_consent_back_is_not_quoted(bureau: Bureau) -> None:
    response = await answer_the_survey(bureau)
    await quotes(bureau, await bureau.drafts(LATER))
    await bureau.presses(AXEL, bureau.card(LATER), "Approve")
    taken_back = Put(SURVEY_RESPONSE, replace(response, quotable=False), 1)
    await bureau.store.commit(Commit(at=NOW, puts=(taken_back,)))

    await bureau.passes(until=(await bureau.announcement(LATER)).sends_at)

    message = bureau.in_channel("C0SALES")[-1]
    assert "ten" not in message.text
    assert "{{" not in message.text
    assert "jullie toestellen" in message.text


async def test_a_quote_can_be_taken_out_again(bureau: Bureau) -> None:
    await answer_the_survey(bureau)
    await quotes(bureau, await bureau.drafts(LATER))

    await quotes(bureau, bureau.card(LATER), which=0)

    announcement = await bureau.announcement(LATER)
    assert "" == announcement.quote
    assert "{{quote}}" not in str(announcement.messages)
    assert "minutes" not in (await approved_and_read(bureau)).text


@pytest.mark.parametrize(("people", "offered"), [(4, False), (5, True)])
async def test_words_are_offered_when_five_have_answered(
    bureau: Bureau, people: int, offered: bool
) -> None:
    await answer_the_survey(bureau, people)
    card = await bureau.drafts(LATER)

    await bureau.presses(ADA, card, "Quote")

    assert offered == ("ten* minutes" in str(bureau.screen.views[-1]))
    assert offered != ("There are no words to quote yet" in str(bureau.screen.views[-1]))
    assert "not to be quoted" not in str(bureau.screen.views[-1])


async def test_the_form_does_not_tell_who_said_it(bureau: Bureau) -> None:
    response = await answer_the_survey(bureau)
    card = await bureau.drafts(LATER)

    await bureau.presses(ADA, card, "Quote")

    assert response.user not in str(bureau.screen.views[-1]).replace("UTF", "")


async def test_what_may_be_quoted_no_longer_when_the_form_comes_keeps_it_open(
    bureau: Bureau,
) -> None:
    response = await answer_the_survey(bureau)
    await bureau.presses(ADA, await bureau.drafts(LATER), "Quote")
    form = bureau.screen.views[-1]
    taken_back = Put(SURVEY_RESPONSE, replace(response, quotable=False), 1)
    await bureau.store.commit(Commit(at=NOW, puts=(taken_back,)))

    menu = form["blocks"][-1]["element"]
    told = await bureau.submits(ADA, form, {"quoted": menu["options"][1]["value"]})

    assert "These words may no longer be quoted" in told["errors"]["quoted"]
    assert "" == (await bureau.announcement(LATER)).quote


async def test_only_admins_choose_a_quote(bureau: Bureau) -> None:
    await answer_the_survey(bureau)
    card = await bureau.drafts(LATER)
    shown = len(bureau.screen.views)

    await bureau.presses(ALICE, card, "Quote")

    assert shown == len(bureau.screen.views)
    assert "Only members of the admin channel" in bureau.whispers[-1][1]


async def test_who_is_forgotten_is_quoted_no_longer_not_even_where_it_was_read(
    bureau: Bureau,
) -> None:
    response = await answer_the_survey(bureau)
    await quotes(bureau, await bureau.drafts(LATER))
    message = await approved_and_read(bureau)
    assert "ten* minutes" in message.text

    def note(language: Language) -> str:
        return "(erased)"

    whom = Forgetting(TEAM, response.user, note, Language.EN)
    await forget(bureau.store, whom, bureau.clock.now())
    await bureau.settled()

    assert "minutes" not in str(message.content)
    assert "jullie toestellen" in message.text
    assert "" == (await bureau.announcement(LATER)).quote
    rows = [str(row) async for row in bureau.store.export_rows()]
    assert [] == [row for row in rows if "ten* minutes" in row]
