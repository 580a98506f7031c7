"""Other words, other channels, second thoughts: what admins change, before and after it is out."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rollout.announcement import Change, State
from rollout.plan import Plan
from tests.handlers.bureau import ADA, ADMINS, ALICE, AXEL, SPONSOR, Bureau, open_bureau
from tests.rollout.plans import sample

NOW = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)
FIRST, ENROLLMENT = "pre-enrollment-1-it", "enrollment-it"
WORDS = {"title": "Other words", "body": "Read on.", "action": "Read", "help": "Ask us."}


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with open_bureau(tmp_path, sample(), NOW) as opened:
        yield opened


def with_channels(plan: Plan, group: str, *channels: str) -> Plan:
    groups = tuple(
        replace(one, channels=channels) if one.id == group else one for one in plan.groups
    )
    return replace(plan, groups=groups)


async def test_other_channels_are_chosen_and_must_be_approved_again(bureau: Bureau) -> None:
    card = await bureau.drafts(FIRST)
    await bureau.presses(AXEL, card, "Approve")

    await bureau.presses(ADA, card, "Channels")
    form = bureau.screen.views[-1]
    await bureau.submits(ADA, form, {"channels": "C0IT,C0DESK", "language": "sv"})

    announcement = await bureau.announcement(FIRST)
    assert [("C0IT", "en"), ("C0DESK", "sv")] == [
        (one.channel, one.language) for one in announcement.audience
    ]
    assert State.DRAFT is announcement.state
    assert "channels changed by" in card.text


async def test_no_channels_keep_the_form_open_and_the_same_ones_change_nothing(
    bureau: Bureau,
) -> None:
    card = await bureau.drafts(FIRST)
    await bureau.presses(AXEL, card, "Approve")
    await bureau.presses(ADA, card, "Channels")
    form = bureau.screen.views[-1]

    none = await bureau.submits(ADA, form, {"channels": ""})
    same = await bureau.submits(ADA, form)

    assert ["channels"] == list(none["errors"])
    assert {} == same
    assert State.SCHEDULED is (await bureau.announcement(FIRST)).state


async def test_the_card_counts_each_person_once(tmp_path: Path) -> None:
    plan = with_channels(sample(), "it", "C0IT", "C0DESK")
    async with open_bureau(tmp_path, plan, NOW) as bureau:
        bureau.roles.channels["C0DESK"] = frozenset({ALICE, "U0ADAM"})

        card = await bureau.drafts(FIRST)

        assert "<#C0IT> (English, people: 3), <#C0DESK> (English, people: 2)" in card.text
        assert "People in these channels, each counted once: 4" in card.text


async def test_what_was_changed_since_it_was_read_is_not_approved(bureau: Bureau) -> None:
    """The sponsor presses beneath the words they read; those are no longer the ones."""
    plan = bureau.desk.plan
    bureau.desk.plans.plan = replace(plan, sponsor=replace(plan.sponsor, user=SPONSOR))
    card = await bureau.drafts(FIRST)
    await bureau.presses(AXEL, card, "Ask the sponsor")
    (asked,) = bureau.in_channel(f"D{SPONSOR}")
    await bureau.chooses(ADA, card, "Edit in English")
    await bureau.submits(ADA, bureau.screen.views[-1], WORDS)

    await bureau.presses(SPONSOR, asked, "Approve")

    assert State.DRAFT is (await bureau.announcement(FIRST)).state
    told = bureau.in_channel(f"D{SPONSOR}")[-1]
    assert told.text.startswith("It was changed since you read it.")


async def test_the_sponsor_is_told_that_it_is_approved(bureau: Bureau) -> None:
    plan = bureau.desk.plan
    bureau.desk.plans.plan = replace(plan, sponsor=replace(plan.sponsor, user=SPONSOR))
    await bureau.presses(AXEL, await bureau.drafts(FIRST), "Ask the sponsor")
    (asked,) = bureau.in_channel(f"D{SPONSOR}")

    await bureau.presses(SPONSOR, asked, "Approve")

    assert SPONSOR == (await bureau.announcement(FIRST)).approved_by
    assert bureau.in_channel(f"D{SPONSOR}")[-1].text.startswith("Thank you, approved.")


async def test_two_admins_who_edit_at_once_overwrite_nothing(bureau: Bureau) -> None:
    card = await bureau.drafts(FIRST)
    await bureau.chooses(ADA, card, "Edit in English")
    hers = bureau.screen.views[-1]
    await bureau.chooses(AXEL, card, "Edit in English")
    await bureau.submits(AXEL, bureau.screen.views[-1], WORDS)

    answer = await bureau.submits(ADA, hers, {**WORDS, "title": "Mine"})

    assert "errors" == answer["response_action"]
    messages = (await bureau.announcement(FIRST)).messages
    assert "Other words" == messages[bureau.desk.default_language].title


async def test_editing_takes_back_that_everyone_may_be_mentioned(bureau: Bureau) -> None:
    card = await bureau.drafts(FIRST)
    await bureau.chooses(ADA, card, "Edit in English")
    await bureau.submits(ADA, bureau.screen.views[-1], {**WORDS, "body": "@channel read"})
    await bureau.presses(ADA, card, "Mention everyone")
    confirmed = (await bureau.announcement(FIRST)).everyone_confirmed

    await bureau.chooses(ADA, card, "Edit in English")
    await bureau.submits(ADA, bureau.screen.views[-1], {**WORDS, "body": "@here and now"})

    assert confirmed
    assert not (await bureau.announcement(FIRST)).everyone_confirmed
    assert "Mention everyone" in card.labels()


async def test_a_flawed_correction_is_refused_beside_its_field(bureau: Bureau) -> None:
    card = await bureau.announced(FIRST)
    await bureau.chooses(ADA, card, "Edit in English")

    answer = await bureau.submits(ADA, bureau.screen.views[-1], {**WORDS, "body": "a" * 1_300})

    assert "characters, at most 1200" in answer["errors"]["body"]
    (message,) = bureau.in_channel("C0IT")
    assert 0 == message.edits


async def test_the_card_shows_how_far_a_correction_is(tmp_path: Path) -> None:
    plan = with_channels(sample(), "it", "C0IT", "C0DESK")
    async with open_bureau(tmp_path, plan, NOW) as bureau:
        card = await bureau.announced(FIRST)
        await bureau.chooses(ADA, card, "Edit in English")
        await bureau.submits(ADA, bureau.screen.views[-1], WORDS)

        await bureau.passes(timedelta(seconds=4))

        assert "Corrected: 2, failed: 0, left: 0" in card.text
        assert [1, 1] == [bureau.in_channel(one)[0].edits for one in ("C0IT", "C0DESK")]


@pytest.mark.parametrize(
    ("note", "left"),
    [("", []), ("Sorry, <!channel> all", ["Sorry, &lt;!channel&gt; all"])],
)
async def test_a_recall_leaves_the_note_that_the_admin_wrote(
    bureau: Bureau, note: str, left: list[str]
) -> None:
    card = await bureau.announced(FIRST)
    await bureau.presses(ADA, card, "Recall")

    await bureau.submits(ADA, bureau.screen.views[-1], {"note": note})

    assert left == [one.text for one in bureau.in_channel("C0IT")]


async def test_the_note_of_a_recall_speaks_the_language_of_each_channel(tmp_path: Path) -> None:
    async with open_bureau(tmp_path, sample(), NOW) as bureau:
        planned = "pre-enrollment-1-sales-and-marketing"
        card = await bureau.announced(planned)
        channel = (await bureau.announcement(planned)).audience[0].channel
        await bureau.presses(ADA, card, "Recall")

        await bureau.confirms(ADA)

        (note,) = bureau.in_channel(channel)
        assert note.text.startswith("Een aankondiging die hier stond, is ingetrokken.")


@pytest.mark.parametrize(("label", "state"), [("Hold", State.HELD), ("Cancel it", State.CANCELLED)])
async def test_a_group_that_was_told_is_offered_a_notice_when_its_date_falls(
    bureau: Bureau, label: str, state: State
) -> None:
    await bureau.announced(FIRST)
    card = await bureau.drafts(ENROLLMENT)
    await bureau.presses(AXEL, card, "Approve")

    await bureau.presses(ADA, card, label)
    shown = str(bureau.screen.views[-1])
    await bureau.confirms(ADA)

    assert "A notice that it no longer holds is drafted for you." in shown
    assert state is (await bureau.announcement(ENROLLMENT)).state
    assert "no longer holds" in bureau.cards()[-1].text
    assert ADMINS == bureau.cards()[-1].channel


async def test_a_group_that_was_told_nothing_gets_no_notice(bureau: Bureau) -> None:
    card = await bureau.drafts(ENROLLMENT)
    await bureau.presses(AXEL, card, "Approve")

    await bureau.presses(ADA, card, "Hold")
    await bureau.confirms(ADA)

    assert 1 == len(await bureau.all_announcements())


async def test_a_copy_must_confirm_the_mention_of_everyone_anew(bureau: Bureau) -> None:
    card = await bureau.drafts(FIRST)
    await bureau.chooses(ADA, card, "Edit in English")
    await bureau.submits(ADA, bureau.screen.views[-1], {**WORDS, "body": "@channel read"})
    await bureau.presses(ADA, card, "Mention everyone")

    await bureau.presses(ADA, card, "Duplicate")

    copies = [one for one in await bureau.all_announcements() if not one.planned]
    assert [False] == [one.everyone_confirmed for one in copies]


async def test_a_plan_of_more_messages_than_a_menu_takes_is_offered_whole(tmp_path: Path) -> None:
    plan = sample()
    weekly = tuple(replace(one, people=150, batch_size=1) for one in plan.groups)
    async with open_bureau(tmp_path, replace(plan, groups=weekly), NOW) as bureau:
        await bureau.commands(ADA, "announce")

        element = bureau.screen.views[-1]["blocks"][0]["element"]
        offered = [one for page in element["option_groups"] for one in page["options"]]
        assert 1 + len(bureau.desk.planned.announcements) == len(offered)


async def test_every_change_stands_in_the_log(bureau: Bureau) -> None:
    card = await bureau.drafts(FIRST)
    for number in range(30):
        await bureau.chooses(ADA, card, "Edit in English")
        await bureau.submits(ADA, bureau.screen.views[-1], {**WORDS, "title": f"Try {number}"})
    await bureau.presses(AXEL, card, "Approve")

    await bureau.presses(ADA, card, "Log")

    shown = str(bureau.screen.views[-1])
    log = (await bureau.announcement(FIRST)).log
    assert [Change.DRAFTED, *[Change.EDITED] * 30, Change.APPROVED] == [one.change for one in log]
    assert 30 == shown.count("edited by")
