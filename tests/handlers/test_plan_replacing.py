"""A new plan in the place of an old one."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from handlers.announcing_plans import PlanInForce
from handlers.announcing_replacing import take_up_plan
from rollout.announcement import State
from rollout.exporting import as_yaml
from rollout.plan import Plan
from storage.kinds import PLAN_TAKEN_UP
from tests.handlers.bureau import ADA, ADMINS, ALICE, AXEL, TEAM, Bureau, open_bureau
from tests.rollout.plans import sample

NOW = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)
KICKOFF, FIRST = "kickoff-all", "pre-enrollment-1-it"


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with open_bureau(tmp_path, sample(), NOW) as opened:
        await take_up_plan(opened.desk, NOW)
        yield opened


def later(plan: Plan) -> Plan:
    """The plan an hour later each day."""
    hour = plan.settings.hour.replace(hour=plan.settings.hour.hour + 1)
    return replace(plan, settings=replace(plan.settings, hour=hour))


def elsewhere(plan: Plan) -> Plan:
    """The plan with another channel for IT."""
    return replace(
        plan,
        groups=tuple(
            replace(one, channels=("C0DESK",)) if one.id == "it" else one for one in plan.groups
        ),
    )


def without_it(plan: Plan) -> Plan:
    """The plan without the messages to IT."""
    waves = tuple(
        replace(one, dates={group: when for group, when in one.dates.items() if group != "it"})
        for one in plan.waves
    )
    return replace(plan, waves=waves)


def writes(bureau: Bureau, plan: Plan) -> None:
    file = bureau.desk.plans.file
    assert file is not None
    file.write_text(as_yaml(plan), "utf-8")


async def starts_with(bureau: Bureau, plan: Plan) -> None:
    """The bot stops, and starts with another plan in its file."""
    started = vars(bureau.desk.plans)
    file = bureau.desk.plans.file
    started.clear()
    started.update(vars(PlanInForce(plan, file)))
    await take_up_plan(bureau.desk, bureau.clock.at)
    await bureau.settled()


async def test_at_the_first_start_the_plan_of_the_file_comes_into_force(bureau: Bureau) -> None:
    stored = await bureau.store.get(PLAN_TAKEN_UP, TEAM)

    assert stored is not None
    assert as_yaml(sample()) == stored.record.text


async def test_a_plan_of_which_nothing_was_sent_is_replaced_at_the_start(bureau: Bureau) -> None:
    await bureau.presses(AXEL, await bureau.drafts(FIRST), "Approve")
    before = (await bureau.announcement(FIRST)).sends_at

    await starts_with(bureau, later(sample()))

    announcement = await bureau.announcement(FIRST)
    assert before + timedelta(hours=1) == announcement.sends_at
    assert State.SCHEDULED is announcement.state
    assert 10 == bureau.desk.plan.settings.hour.hour


async def test_a_plan_of_which_something_was_sent_stays_until_admins_compare(
    bureau: Bureau,
) -> None:
    await bureau.announced(KICKOFF)

    for _ in range(2):
        await starts_with(bureau, later(sample()))

    assert 9 == bureau.desk.plan.settings.hour.hour
    notices = [one for one in bureau.in_channel(ADMINS) if "/signpost plan replace" in one.text]
    assert 1 == len(notices)


async def test_admins_see_what_changes_and_take_the_new_plan_up(bureau: Bureau) -> None:
    await bureau.announced(KICKOFF)
    card = await bureau.drafts(FIRST)
    await bureau.presses(AXEL, card, "Approve")
    writes(bureau, elsewhere(later(sample())))

    await bureau.commands(ADA, "plan replace")
    shown = str(bureau.screen.views[-1])
    await bureau.confirms(ADA)

    announcement = await bureau.announcement(FIRST)
    assert "What the new plan changes: 21" in shown
    assert "Other channels: IT" in shown
    assert "Moved: IT" in shown
    assert ["C0DESK"] == [one.channel for one in announcement.audience]
    assert State.DRAFT is announcement.state
    assert "The new plan is in force." in bureau.in_channel(ADMINS)[-1].text
    assert State.SENT is (await bureau.announcement(KICKOFF)).state


async def test_what_admins_moved_by_hand_stays_where_they_put_it(bureau: Bureau) -> None:
    card = await bureau.drafts(FIRST)
    await bureau.presses(ADA, card, "Move")
    answer = await bureau.submits(
        ADA, bureau.screen.views[-1], {"day": "2027-07-09", "hour": "15:00", "scope": "one"}
    )
    await bureau.submits(ADA, answer["view"])
    moved = (await bureau.announcement(FIRST)).sends_at
    writes(bureau, later(sample()))

    await bureau.commands(ADA, "plan replace")
    await bureau.confirms(ADA)

    assert moved == (await bureau.announcement(FIRST)).sends_at


async def test_what_the_new_plan_lacks_is_cancelled_and_a_draft_of_it_put_away(
    bureau: Bureau,
) -> None:
    await bureau.presses(AXEL, await bureau.drafts(FIRST), "Approve")
    await bureau.drafts("enrollment-it")
    writes(bureau, without_it(sample()))

    await bureau.commands(ADA, "plan replace")
    await bureau.confirms(ADA)

    assert State.CANCELLED is (await bureau.announcement(FIRST)).state
    assert State.DELETED is (await bureau.announcement("enrollment-it")).state
    assert 1 == len(bureau.cards())


async def test_a_plan_file_that_cannot_be_used_is_refused_and_the_plan_stays(
    bureau: Bureau,
) -> None:
    file = bureau.desk.plans.file
    assert file is not None
    file.write_text("title: [", "utf-8")

    await bureau.commands(ADA, "plan replace")

    assert bureau.replies[-1].startswith("The plan file cannot be used")
    assert 17 == len(bureau.desk.planned.announcements)


async def test_the_same_plan_with_other_comments_replaces_nothing(bureau: Bureau) -> None:
    writes(bureau, sample())
    file = bureau.desk.plans.file
    assert file is not None
    file.write_text("# a comment\n" + file.read_text("utf-8"), "utf-8")

    await bureau.commands(ADA, "plan replace")

    assert bureau.replies[-1].startswith("The plan file says what the plan in force says.")


async def test_a_file_that_changed_after_the_comparison_is_compared_again(bureau: Bureau) -> None:
    writes(bureau, later(sample()))
    await bureau.commands(ADA, "plan replace")
    writes(bureau, later(later(sample())))

    answer = await bureau.confirms(ADA)

    assert "It was changed since you read it." in str(answer["view"])
    assert 9 == bureau.desk.plan.settings.hour.hour


async def test_only_admins_replace_the_plan(bureau: Bureau) -> None:
    writes(bureau, later(sample()))

    await bureau.commands(ALICE, "plan replace")

    assert ["Only members of the admin channel can do this."] == bureau.replies
    assert [] == bureau.screen.views


async def test_the_timeline_says_who_took_the_plan_up(bureau: Bureau) -> None:
    writes(bureau, later(sample()))
    await bureau.commands(ADA, "plan replace")
    await bureau.confirms(ADA)

    await bureau.commands(ADA, "plan")

    assert bureau.replies[-1].endswith(f"plan taken up by <@{ADA}>")


async def test_another_process_follows_the_plan_that_was_taken_up(bureau: Bureau) -> None:
    other = PlanInForce(sample(), bureau.desk.plans.file)
    await other.refresh(bureau.store, TEAM)
    writes(bureau, later(sample()))
    await bureau.commands(ADA, "plan replace")
    await bureau.confirms(ADA)

    await other.refresh(bureau.store, TEAM)

    assert 10 == other.plan.settings.hour.hour
    assert later(sample()).settings == other.plan.settings
