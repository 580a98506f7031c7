"""Reminders and requests for another date, decided at their moment."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from handlers.date_requests import another_date
from handlers.reminding import AT_ONCE
from knowledge.article import Language
from knowledge.preference import Preference, preference_id
from rollout.plan import no_plan
from storage.kinds import DATE_REQUEST, PREFERENCE
from storage.port import Commit, Put
from tests.handlers.bureau import ADA, ADMINS, ALICE, AXEL, TEAM, Bureau, Message, open_bureau
from tests.rollout.plans import sample

NOW = datetime(2027, 7, 19, 8, 0, tzinfo=UTC)
ENROLLMENT = "enrollment-it"
FIRST = datetime(2027, 7, 23, 7, 0, 1, tzinfo=UTC)
LAST = datetime(2027, 7, 27, 7, 0, 1, tzinfo=UTC)


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with open_bureau(tmp_path, sample(), NOW) as opened:
        yield opened


def reminders(bureau: Bureau, user: str = ALICE) -> list[Message]:
    return [one for one in bureau.in_channel(f"D{user}") if "20 July 2027" in one.text]


async def time_comes(bureau: Bureau, at: datetime) -> None:
    """The group's reminder is due, and a few seconds later everybody's has had its turn."""
    await bureau.passes(until=at)
    await bureau.passes(timedelta(seconds=5))


async def asks_for(bureau: Bureau, user: str, wanted: str) -> Message:
    """A request for another date; gives its card."""
    content = await another_date(user, Language.EN, bureau.desk)
    assert content is not None
    offer = Message(f"D{user}", "1.0", content)
    await bureau.presses(user, offer, "Ask for another date")
    values = {"wanted": wanted, "reason": "on leave", "group": "it"}
    await bureau.submits(user, bureau.screen.views[-1], values)
    return [one for one in bureau.in_channel(ADMINS) if "asks for another date" in one.text][-1]


async def test_the_first_reminder_comes_after_three_days_and_the_last_after_seven(
    bureau: Bureau,
) -> None:
    await bureau.announced(ENROLLMENT)

    await bureau.passes(until=FIRST - timedelta(seconds=2))
    before = len(reminders(bureau))
    await time_comes(bureau, FIRST)
    first = len(reminders(bureau))
    await time_comes(bureau, LAST)
    await bureau.passes(until=LAST + timedelta(days=20))

    assert (0, 1, 2) == (before, first, len(reminders(bureau)))


async def test_everybody_is_reminded_in_their_own_morning(bureau: Bureau) -> None:
    bureau.people.zones[ALICE] = "America/New_York"
    await bureau.announced(ENROLLMENT)

    await bureau.passes(until=datetime(2027, 7, 23, 12, 59, 59, tzinfo=UTC))
    asleep = reminders(bureau)
    await bureau.passes(until=datetime(2027, 7, 23, 13, 0, 0, tzinfo=UTC))

    assert [] == asleep
    assert 1 == len(reminders(bureau))


async def test_who_is_in_the_user_group_of_a_group_is_reminded(tmp_path: Path) -> None:
    plan = sample()
    groups = tuple(
        replace(one, user_group="S0ITPEOPLE") if one.id == "it" else one for one in plan.groups
    )
    async with open_bureau(tmp_path, replace(plan, groups=groups), NOW) as bureau:
        bureau.roles.joined("S0ITPEOPLE", "U0MEI")
        await bureau.announced(ENROLLMENT)

        await time_comes(bureau, FIRST)

        assert 1 == len(reminders(bureau, "U0MEI"))
        assert [] == reminders(bureau, ALICE)


async def test_a_large_group_is_reminded_page_by_page(bureau: Bureau) -> None:
    people = frozenset(f"U{number:05}" for number in range(AT_ONCE + 1))
    bureau.roles.channels["C0IT"] = people | {ADA, AXEL}
    await bureau.announced(ENROLLMENT)

    for minutes in range(1, 10):
        await bureau.passes(until=FIRST + timedelta(minutes=minutes))

    assert all(1 == len(reminders(bureau, user)) for user in people)


async def test_while_slack_does_not_tell_who_is_in_the_group_reminders_wait(
    bureau: Bureau,
) -> None:
    await bureau.announced(ENROLLMENT)
    bureau.roles.away = True
    await time_comes(bureau, FIRST)
    waited = reminders(bureau)

    bureau.roles.away = False
    await time_comes(bureau, FIRST + timedelta(minutes=11))

    assert [] == waited
    assert 1 == len(reminders(bureau))


async def test_guests_are_not_reminded(bureau: Bureau) -> None:
    bureau.people.guests = frozenset({ALICE})
    await bureau.announced(ENROLLMENT)

    await time_comes(bureau, LAST)

    assert [] == reminders(bureau)


async def test_a_reminder_speaks_the_language_the_person_chose(bureau: Bureau) -> None:
    chosen = Preference(preference_id(TEAM, ALICE), TEAM, ALICE, Language.SV)
    await bureau.store.commit(Commit(at=NOW, puts=(Put(PREFERENCE, chosen),)))
    await bureau.announced(ENROLLMENT)

    await time_comes(bureau, FIRST)

    assert "IT registrerar sig sedan" in bureau.in_channel(f"D{ALICE}")[-1].text


async def test_nobody_is_reminded_before_a_date_they_were_granted(bureau: Bureau) -> None:
    card = await asks_for(bureau, ALICE, "2027-08-02")
    await bureau.presses(AXEL, card, "Approve")
    await bureau.announced(ENROLLMENT)

    await bureau.passes(until=datetime(2027, 8, 5, 6, 59, 59, tzinfo=UTC))
    before = reminders(bureau)
    await bureau.passes(until=datetime(2027, 8, 5, 7, 0, 0, tzinfo=UTC))

    assert [] == before
    assert 1 == len(reminders(bureau))


async def test_who_says_that_they_have_enrolled_is_left_alone(bureau: Bureau) -> None:
    await bureau.announced(ENROLLMENT)
    await time_comes(bureau, FIRST)
    (first,) = reminders(bureau)

    await bureau.presses(ALICE, first, "I have enrolled")
    await time_comes(bureau, LAST)

    assert 1 == len(reminders(bureau))
    assert "Thank you, noted. Only you see this." == bureau.in_channel(f"D{ALICE}")[-1].text


# Another date ------------------------------------------------------------------------------------


async def test_a_second_wish_takes_the_place_of_an_open_one(bureau: Bureau) -> None:
    first = await asks_for(bureau, ALICE, "2027-08-02")
    second = await asks_for(bureau, ALICE, "2027-08-09")

    assert first is second
    assert "9 August 2027" in second.text
    assert 1 == len(bureau.in_channel(ADMINS))


@pytest.mark.parametrize("label", ["Approve", "Decline"])
async def test_only_admins_decide_on_a_date(bureau: Bureau, label: str) -> None:
    card = await asks_for(bureau, ALICE, "2027-08-02")
    views = len(bureau.screen.views)

    await bureau.presses("U0MEI", card, label)

    assert "Only members of the admin channel can do this." == bureau.whispers[-1][1]
    assert views == len(bureau.screen.views)


async def test_a_form_to_decline_is_refused_to_who_is_no_longer_an_admin(bureau: Bureau) -> None:
    card = await asks_for(bureau, ALICE, "2027-08-02")
    await bureau.presses(AXEL, card, "Decline")
    bureau.roles.left(ADMINS, AXEL)

    answer = await bureau.submits(AXEL, bureau.screen.views[-1], {"answer": "no"})

    assert "Only members of the admin channel can do this." == answer["errors"]["answer"]


async def test_two_admins_who_decide_at_once_decide_once(bureau: Bureau) -> None:
    card = await asks_for(bureau, ALICE, "2027-08-02")
    seen = Message(card.channel, card.ts, card.content)

    await bureau.presses(ADA, seen, "Approve")
    await bureau.presses(AXEL, seen, "Approve")

    stored = await bureau.store.get(DATE_REQUEST, f"{TEAM}/{ALICE}")
    assert stored is not None
    assert ADA == stored.record.decided_by
    assert date(2027, 8, 2) == stored.record.granted
    assert ["asked", "approved"] == [line.what for line in stored.record.log]
    assert bureau.whispers[-1][1].startswith("This request was decided already")


async def test_a_reason_is_needed(bureau: Bureau) -> None:
    content = await another_date(ALICE, Language.NL, bureau.desk)
    assert content is not None
    await bureau.presses(ALICE, Message("D1", "1.0", content), "Andere datum vragen")

    values = {"wanted": "2027-08-02", "reason": "   ", "group": "it"}
    answer = await bureau.submits(ALICE, bureau.screen.views[-1], values)

    assert "Zeg in een paar woorden waarom" in json.dumps(answer)


async def test_without_a_plan_there_is_no_date_to_move(tmp_path: Path) -> None:
    async with open_bureau(tmp_path, no_plan(2027, "UTC"), NOW) as bureau:
        assert await another_date(ALICE, Language.EN, bureau.desk) is None
