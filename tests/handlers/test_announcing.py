"""Announcing from the plan to the channels: Ada prepares, Axel approves, Alice reads."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rollout.announcement import Change, State
from rollout.plan import Plan
from storage.kinds import ENROLLED
from tests.handlers.bureau import ADA, ADMINS, ALICE, AXEL, TEAM, Bureau, Message, open_bureau
from tests.rollout.plans import sample

NOW = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)
KICKOFF, FIRST, SECOND, ENROLLMENT = (
    "kickoff-all",
    "pre-enrollment-1-it",
    "pre-enrollment-2-it",
    "enrollment-it",
)


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with open_bureau(tmp_path, sample(), NOW) as opened:
        yield opened


def with_channels(plan: Plan, group: str, *channels: str) -> Plan:
    groups = tuple(
        replace(one, channels=channels) if one.id == group else one for one in plan.groups
    )
    return replace(plan, groups=groups)


async def test_a_planned_message_is_prepared_as_a_draft_with_a_card(bureau: Bureau) -> None:
    card = await bureau.drafts(FIRST)

    assert ADMINS == card.channel
    assert "Draft, planned for" in card.text
    assert "<#C0IT> (English, people: 3)" in card.text
    assert "Checked: ready to be approved." in card.text
    assert [
        *("Preview", "Approve", "Ask the sponsor", "Channels"),
        *("Quote", "Move", "Duplicate", "Delete", "Log"),
    ] == card.labels()


async def test_a_message_is_prepared_once_and_its_card_shown_again(bureau: Bureau) -> None:
    first, second = await bureau.drafts(FIRST), await bureau.drafts(FIRST)

    assert 1 == len(await bureau.all_announcements())
    assert first is not second


async def test_an_approved_announcement_goes_out_at_its_time_and_not_before(
    bureau: Bureau,
) -> None:
    await bureau.presses(AXEL, await bureau.drafts(FIRST), "Approve")
    sends_at = (await bureau.announcement(FIRST)).sends_at

    await bureau.passes(until=sends_at - timedelta(seconds=1))
    before = bureau.in_channel("C0IT")
    await bureau.passes(until=sends_at)

    assert [] == before
    assert 1 == len(bureau.in_channel("C0IT"))
    assert State.SENDING is (await bureau.announcement(FIRST)).state


async def test_the_card_says_from_the_beginning_how_many_channels_are_left(
    bureau: Bureau,
) -> None:
    await bureau.presses(AXEL, await bureau.drafts(FIRST), "Approve")
    await bureau.passes(until=(await bureau.announcement(FIRST)).sends_at)

    assert "Being sent" in bureau.card(FIRST).text
    assert "░░░░░░░░░░░░░░░░░░░░ Sent: 0, failed: 0, left: 1" in bureau.card(FIRST).text


async def test_a_sent_announcement_says_so_on_its_card(bureau: Bureau) -> None:
    card = await bureau.announced(FIRST)

    assert "Sent, planned for" in card.text
    assert "Sent: 1, failed: 0, left: 0" in card.text
    assert State.SENT is (await bureau.announcement(FIRST)).state


async def test_it_is_shown_as_sent_by_the_sponsor_with_dates_and_buttons(bureau: Bureau) -> None:
    await bureau.announced(ENROLLMENT)

    (message,) = bureau.in_channel("C0IT")
    assert message.persona is not None
    assert "Ada Ashby via Signpost" == message.persona.name
    assert "<!date^" in message.text
    assert ["How to enroll", "Ask a question", "I have enrolled", "I need help"] == message.labels()


async def test_a_channel_is_told_in_its_language(bureau: Bureau) -> None:
    await bureau.announced("enrollment-sales-and-marketing")

    (message,) = bureau.in_channel("C0SALES")
    assert message.text.startswith("Verkoop en Marketing: je account staat klaar")
    assert "Zo registreer je" in message.labels()


async def test_another_language_is_shown_to_the_one_who_asks(bureau: Bureau) -> None:
    await bureau.announced(ENROLLMENT)
    (message,) = bureau.in_channel("C0IT")

    await bureau.chooses(ALICE, message, "Show in Swedish")

    user, text = bureau.whispers[-1]
    assert ALICE == user
    assert text.startswith("IT: ditt konto är klart")


async def test_nobody_approves_their_own_draft(bureau: Bureau) -> None:
    card = await bureau.drafts(FIRST, ADA)

    await bureau.presses(ADA, card, "Approve")

    assert "Somebody else must approve" in bureau.whispers[-1][1]
    assert State.DRAFT is (await bureau.announcement(FIRST)).state


async def test_who_edited_last_may_not_approve_either(bureau: Bureau) -> None:
    card = await bureau.drafts(FIRST, ADA)
    await bureau.chooses(AXEL, card, "Edit in English")
    await bureau.submits(AXEL, bureau.screen.views[-1], {"title": "Another title"})

    await bureau.presses(AXEL, card, "Approve")

    assert "Somebody else must approve" in bureau.whispers[-1][1]


async def test_approval_can_be_switched_off(tmp_path: Path) -> None:
    plan = sample()
    alone = replace(plan, settings=replace(plan.settings, approval=False))
    async with open_bureau(tmp_path, alone, NOW) as bureau:
        await bureau.presses(ADA, await bureau.drafts(FIRST, ADA), "Approve")

        assert State.SCHEDULED is (await bureau.announcement(FIRST)).state


async def test_the_sponsor_approves_in_a_direct_message(tmp_path: Path) -> None:
    plan = sample()
    sponsored = replace(plan, sponsor=replace(plan.sponsor, user="U0BOSS"))
    async with open_bureau(tmp_path, sponsored, NOW) as bureau:
        await bureau.presses(ADA, await bureau.drafts(FIRST), "Ask the sponsor")
        (asked,) = bureau.in_channel("DU0BOSS")

        await bureau.presses("U0BOSS", asked, "Approve")

        assert "U0BOSS" == (await bureau.announcement(FIRST)).approved_by


@pytest.mark.parametrize(
    "label", ["Preview", "Approve", "Ask the sponsor", "Move", "Duplicate", "Delete", "Log"]
)
async def test_presses_of_people_who_are_not_admins_change_nothing(
    bureau: Bureau, label: str
) -> None:
    card = await bureau.drafts(FIRST)
    before = await bureau.all_announcements()
    opened = len(bureau.screen.views)

    await bureau.presses(ALICE, card, label)

    assert (ALICE, "Only members of the admin channel can do this.") == bureau.whispers[-1]
    assert before == await bureau.all_announcements()
    assert opened == len(bureau.screen.views)


async def test_nobody_is_an_admin_while_slack_does_not_tell(bureau: Bureau) -> None:
    card = await bureau.drafts(FIRST)
    bureau.roles.away = True

    await bureau.presses(AXEL, card, "Approve")

    assert State.DRAFT is (await bureau.announcement(FIRST)).state


async def test_a_form_of_somebody_who_left_the_admins_is_refused(bureau: Bureau) -> None:
    await bureau.commands(ADA, "announce")
    bureau.roles.left(ADMINS, ADA)

    answer = await bureau.submits(ADA, bureau.screen.views[-1], {"planned": FIRST})

    assert "update" == answer["response_action"]
    assert [] == await bureau.all_announcements()


async def test_people_who_are_not_admins_are_told_so_when_they_announce(bureau: Bureau) -> None:
    await bureau.commands(ALICE, "announce")

    assert ["Only members of the admin channel can do this."] == bureau.replies


async def test_the_plan_shows_admins_the_timeline_and_others_the_dates(bureau: Bureau) -> None:
    await bureau.drafts(FIRST)
    await bureau.commands(ADA, "plan")
    await bureau.commands(ALICE, "plan")

    timeline, dates = bureau.replies
    assert 1 + 17 == len(timeline.split("\n"))
    assert "IT · Pre-enrollment 1 · draft" in timeline
    assert 1 + 4 == len(dates.split("\n"))


async def test_the_preview_shows_each_language_as_it_will_look(bureau: Bureau) -> None:
    await bureau.presses(AXEL, await bureau.drafts(ENROLLMENT), "Preview")
    (preview,) = bureau.in_channel(f"D{AXEL}")
    previewed = preview.content

    await bureau.announced(ENROLLMENT)

    assert previewed == bureau.in_channel("C0IT")[0].content


async def test_the_buttons_of_a_preview_only_say_what_they_are(bureau: Bureau) -> None:
    await bureau.presses(AXEL, await bureau.drafts(ENROLLMENT), "Preview")
    (preview,) = bureau.in_channel(f"D{AXEL}")

    await bureau.presses(AXEL, preview, "I have enrolled")

    assert "This is a preview." in bureau.in_channel(f"D{AXEL}")[-1].text
    assert 0 == await bureau.store.count(ENROLLED, "group", f"{TEAM}/it")


async def test_a_flawed_draft_cannot_be_approved_and_the_card_says_why(bureau: Bureau) -> None:
    card = await bureau.drafts(FIRST)
    await bureau.chooses(ADA, card, "Edit in English")
    await bureau.submits(
        ADA, bureau.screen.views[-1], {"body": "See {{unknown_field}}", "help": ""}
    )

    await bureau.presses(AXEL, card, "Approve")

    assert "English: say where help is." in card.text
    assert "{{unknown_field}}" in card.text
    assert "The check still finds something" in bureau.whispers[-1][1]


async def test_a_mention_of_everyone_must_be_confirmed(bureau: Bureau) -> None:
    card = await bureau.drafts(FIRST)
    await bureau.chooses(ADA, card, "Edit in English")
    await bureau.submits(ADA, bureau.screen.views[-1], {"body": "Hello @channel, read this."})
    unconfirmed = card.text

    await bureau.presses(ADA, card, "Mention everyone")

    assert "everyone in the channel is mentioned" in unconfirmed
    assert "Checked: ready to be approved." in card.text


async def test_editing_what_was_approved_asks_for_approval_again(bureau: Bureau) -> None:
    card = await bureau.drafts(FIRST)
    await bureau.presses(AXEL, card, "Approve")
    await bureau.chooses(ADA, card, "Edit in English")
    await bureau.submits(ADA, bureau.screen.views[-1], {"title": "Other words"})

    await bureau.passes(until=(await bureau.announcement(FIRST)).sends_at)

    assert State.DRAFT is (await bureau.announcement(FIRST)).state
    assert [] == bureau.in_channel("C0IT")


async def test_editing_while_it_is_being_sent_is_refused(bureau: Bureau) -> None:
    card = await bureau.drafts(FIRST)
    await bureau.presses(AXEL, card, "Approve")
    await bureau.chooses(ADA, card, "Edit in English")
    await bureau.passes(until=(await bureau.announcement(FIRST)).sends_at)

    answer = await bureau.submits(ADA, bureau.screen.views[-1], {"title": "Too late"})

    assert "It is too late" in str(answer["view"])
    assert "Too late" not in bureau.in_channel("C0IT")[0].text


async def test_hold_shows_before_and_after_and_keeps_it_from_going_out(bureau: Bureau) -> None:
    card = await bureau.drafts(FIRST)
    await bureau.presses(AXEL, card, "Approve")
    await bureau.presses(ADA, card, "Hold")
    shown = str(bureau.screen.views[-1])
    held_before_confirming = (await bureau.announcement(FIRST)).state

    await bureau.confirms(ADA)
    await bureau.passes(until=(await bureau.announcement(FIRST)).sends_at)

    assert "Before: approved" in shown
    assert "After: on hold." in shown
    assert State.SCHEDULED is held_before_confirming
    assert [] == bureau.in_channel("C0IT")


async def test_a_resumed_announcement_goes_out_at_its_time(bureau: Bureau) -> None:
    card = await bureau.drafts(FIRST)
    await bureau.presses(AXEL, card, "Approve")
    for label in ("Hold", "Resume"):
        await bureau.presses(ADA, card, label)
        await bureau.confirms(ADA)

    await bureau.passes(until=(await bureau.announcement(FIRST)).sends_at)

    assert 1 == len(bureau.in_channel("C0IT"))


async def test_what_was_held_beyond_its_time_is_sent_now_or_moved(bureau: Bureau) -> None:
    card = await bureau.drafts(FIRST)
    await bureau.presses(AXEL, card, "Approve")
    await bureau.presses(ADA, card, "Hold")
    await bureau.confirms(ADA)
    await bureau.passes(until=(await bureau.announcement(FIRST)).sends_at)
    views = len(bureau.screen.views)

    await bureau.presses(ADA, bureau.card(FIRST), "Resume")

    assert views == len(bureau.screen.views)
    assert "Its card now offers “Send now”" in bureau.whispers[-1][1]
    assert {"Send now", "Move"} <= set(bureau.card(FIRST).labels())
    await bureau.presses(ADA, bureau.card(FIRST), "Send now")
    await bureau.confirms(ADA)
    assert 1 == len(bureau.in_channel("C0IT"))


async def test_a_cancelled_announcement_does_not_go_out(bureau: Bureau) -> None:
    card = await bureau.drafts(FIRST)
    await bureau.presses(AXEL, card, "Approve")
    await bureau.presses(ADA, card, "Cancel it")
    await bureau.confirms(ADA)

    await bureau.passes(until=(await bureau.announcement(FIRST)).sends_at)

    assert [] == bureau.in_channel("C0IT")
    assert "Cancelled" in card.text


async def test_cancelling_at_the_second_it_is_due_ends_one_way_or_the_other(
    bureau: Bureau,
) -> None:
    card = await bureau.drafts(FIRST)
    await bureau.presses(AXEL, card, "Approve")
    await bureau.presses(ADA, card, "Cancel it")
    bureau.clock.at = (await bureau.announcement(FIRST)).sends_at

    answer = await bureau.confirms(ADA)

    cancelled = (await bureau.announcement(FIRST)).state is State.CANCELLED
    assert cancelled == (not bureau.in_channel("C0IT"))
    assert cancelled == (not answer)


async def test_a_deleted_draft_takes_its_card_along_and_leaves_its_log(bureau: Bureau) -> None:
    await bureau.presses(ADA, await bureau.drafts(FIRST), "Delete")
    await bureau.confirms(ADA)
    cards = bureau.cards()

    again = await bureau.drafts(FIRST, user=AXEL)

    assert [] == cards
    assert "Draft, planned for" in again.text
    assert [(Change.DRAFTED, ADA), (Change.DELETED, ADA), (Change.DRAFTED, AXEL)] == [
        (line.change, line.by) for line in (await bureau.announcement(FIRST)).log
    ]


async def test_within_the_grace_a_late_announcement_is_sent(bureau: Bureau) -> None:
    await bureau.presses(AXEL, await bureau.drafts(FIRST), "Approve")

    await bureau.passes(until=(await bureau.announcement(FIRST)).sends_at + timedelta(hours=4))

    assert 1 == len(bureau.in_channel("C0IT"))


async def test_beyond_the_grace_the_admins_are_asked(bureau: Bureau) -> None:
    await bureau.presses(AXEL, await bureau.drafts(FIRST), "Approve")
    late = (await bureau.announcement(FIRST)).sends_at + timedelta(hours=4, seconds=1)

    await bureau.passes(until=late)
    asked = list(bureau.in_channel("C0IT"))
    await bureau.presses(ADA, bureau.card(FIRST), "Send now")
    await bureau.confirms(ADA)

    assert [] == asked
    assert any("passed while I could not send" in one.text for one in bureau.in_channel(ADMINS))
    assert 1 == len(bureau.in_channel("C0IT"))


@pytest.mark.parametrize(
    "code", ["is_archived", "channel_not_found", "not_in_channel", "restricted_action"]
)
async def test_a_broken_channel_is_reported_and_stops_nothing(tmp_path: Path, code: str) -> None:
    plan = with_channels(sample(), "it", "C0IT", "C0ITARCHIVE", "C0ITLAB")
    async with open_bureau(tmp_path, plan, NOW) as bureau:
        bureau.broken["C0ITARCHIVE"] = code

        card = await bureau.announced(FIRST)

        assert "Sent: 2, failed: 1, left: 0" in card.text
        assert f"Failed in <#C0ITARCHIVE> ({code})" in card.text
        assert "Resend failed only" in card.labels()


async def test_resending_reaches_only_what_failed(tmp_path: Path) -> None:
    plan = with_channels(sample(), "it", "C0IT", "C0ITARCHIVE")
    async with open_bureau(tmp_path, plan, NOW) as bureau:
        bureau.broken["C0ITARCHIVE"] = "is_archived"
        card = await bureau.announced(FIRST)
        bureau.broken.clear()

        await bureau.presses(ADA, card, "Resend failed only")
        await bureau.passes(timedelta(seconds=4))

        assert 1 == len(bureau.in_channel("C0IT"))
        assert 1 == len(bureau.in_channel("C0ITARCHIVE"))
        assert "Sent: 2, failed: 0, left: 0" in card.text


async def test_a_redelivered_press_counts_once(bureau: Bureau) -> None:
    card = await bureau.drafts(FIRST)
    await bureau.presses(AXEL, card, "Approve")
    await bureau.passes(until=(await bureau.announcement(FIRST)).sends_at)
    for _ in range(3):
        await bureau.passes(timedelta(seconds=4))

    assert 1 == len(bureau.in_channel("C0IT"))
    assert [Change.DRAFTED, Change.APPROVED, Change.STARTED, Change.FINISHED] == [
        line.change for line in (await bureau.announcement(FIRST)).log
    ]


async def test_a_correction_changes_what_was_sent_and_says_so(bureau: Bureau) -> None:
    card = await bureau.announced(FIRST)
    await bureau.chooses(ADA, card, "Edit in English")

    await bureau.submits(ADA, bureau.screen.views[-1], {"title": "Corrected title"})

    (message,) = bureau.in_channel("C0IT")
    assert message.text.startswith("Corrected title")
    assert "This message was corrected." in message.text


async def test_a_recalled_announcement_is_gone_from_its_channels(bureau: Bureau) -> None:
    card = await bureau.announced(FIRST)
    await bureau.presses(ADA, card, "Recall")

    await bureau.confirms(ADA)

    (note,) = bureau.in_channel("C0IT")
    assert "An announcement that stood here was taken back." in note.text
    assert "Recalled" in card.text
    assert "Taken back: 1, failed: 0, left: 0" not in card.text
    await bureau.passes(timedelta(seconds=4))
    assert "Taken back: 1, failed: 0, left: 0" in card.text


async def moves(bureau: Bureau, planned: str, day: str, scope: str) -> str:
    """Moves a drafted announcement; gives what was shown before it was confirmed."""
    await bureau.presses(ADA, await bureau.drafts(planned), "Move")
    answer = await bureau.submits(
        ADA, bureau.screen.views[-1], {"day": day, "hour": "09:00", "scope": scope}
    )
    await bureau.submits(ADA, answer["view"])
    return str(answer["view"])


async def test_moving_one_announcement_leaves_the_others(bureau: Bureau) -> None:
    shown = await moves(bureau, SECOND, "2027-07-14", "one")

    assert "Announcements that move: 1" in shown
    assert 14 == (await bureau.announcement(SECOND)).sends_at.day
    assert 1 == len(await bureau.all_announcements())


async def test_moving_a_group_takes_what_follows_along(bureau: Bureau) -> None:
    shown = await moves(bureau, SECOND, "2027-07-20", "group")

    assert "Announcements that move: 3" in shown
    assert [20, 27, 3] == [
        (await bureau.announcement(one)).sends_at.day
        for one in (SECOND, ENROLLMENT, "post-enrollment-it")
    ]


async def test_moving_everything_after_takes_later_groups_along(bureau: Bureau) -> None:
    shown = await moves(bureau, SECOND, "2027-07-20", "following")

    assert "Announcements that move: 15" in shown
    await bureau.commands(ADA, "plan")
    assert "1 November" not in bureau.replies[-1]
    assert 15 == len(await bureau.all_announcements())


async def test_what_moves_over_a_change_of_the_clocks_keeps_its_hour(bureau: Bureau) -> None:
    zone = ZoneInfo(bureau.desk.zone)

    await moves(bureau, SECOND, "2027-10-26", "group")

    assert ["26 Oct 09:00", "02 Nov 09:00", "09 Nov 09:00"] == [
        f"{(await bureau.announcement(one)).sends_at.astimezone(zone):%d %b %H:%M}"
        for one in (SECOND, ENROLLMENT, "post-enrollment-it")
    ]


async def test_moving_into_disorder_or_the_past_is_shown(bureau: Bureau) -> None:
    shown = await moves(bureau, SECOND, "2027-07-21", "one")
    await bureau.presses(ADA, bureau.card(SECOND), "Move")
    past = await bureau.submits(ADA, bureau.screen.views[-1], {"day": "2027-05-01"})

    assert "Mind the order: “IT · Pre-enrollment 2” then comes after “IT · Enrollment”." in shown
    assert "• IT · Pre-enrollment 2: '}, {'type': 'date'" in shown
    assert {"day": "This time has passed. Choose one that is still to come."} == past["errors"]


async def test_a_moved_enrollment_moves_the_date_in_earlier_drafts(bureau: Bureau) -> None:
    await moves(bureau, ENROLLMENT, "2027-08-03", "one")

    await bureau.announced(FIRST)

    assert "3 August 2027" in bureau.in_channel("C0IT")[0].text


async def test_a_group_that_was_told_is_offered_a_notice_of_its_new_date(bureau: Bureau) -> None:
    await bureau.announced(FIRST)

    shown = await moves(bureau, ENROLLMENT, "2027-08-03", "one")

    assert "IT was told the earlier date" in shown
    assert any("IT: a new date, 3 August 2027" in card.text for card in bureau.cards())


async def test_a_moved_announcement_that_was_approved_goes_out_at_the_new_time(
    bureau: Bureau,
) -> None:
    await bureau.presses(AXEL, await bureau.drafts(FIRST), "Approve")
    old = (await bureau.announcement(FIRST)).sends_at
    await moves(bureau, FIRST, "2027-07-08", "one")

    await bureau.passes(until=old)
    at_the_old_time = bureau.in_channel("C0IT")
    await bureau.passes(until=(await bureau.announcement(FIRST)).sends_at)

    assert [] == at_the_old_time
    assert 1 == len(bureau.in_channel("C0IT"))


async def writes_freely(bureau: Bureau, **values: str) -> dict[str, object]:
    await bureau.commands(ADA, "announce")
    answer = await bureau.submits(ADA, bureau.screen.views[-1], {"planned": "free"})
    parts = {"title": "Wi-Fi", "body": "It works again.", "action": "Try it.", "help": "Ask me."}
    return dict(await bureau.submits(ADA, answer["view"], {**parts, **values}))


async def test_a_free_message_goes_to_the_chosen_groups_and_channel(bureau: Bureau) -> None:
    await writes_freely(bureau, groups="it", channel="C0RANDOM")

    (announcement,) = await bureau.all_announcements()
    assert ["C0IT", "C0RANDOM"] == [one.channel for one in announcement.audience]


async def test_a_free_message_needs_words_in_the_languages_of_its_channels(
    bureau: Bureau,
) -> None:
    await writes_freely(bureau, groups="retail")

    (card,) = bureau.cards()
    assert "Swedish: a channel is told in this language" in card.text


async def test_a_free_message_to_nobody_or_in_the_past_stays_in_its_form(bureau: Bureau) -> None:
    nobody = await writes_freely(bureau)
    past = await writes_freely(bureau, groups="it", day="2027-05-01")

    assert "errors" == nobody["response_action"] == past["response_action"]
    assert [] == await bureau.all_announcements()


async def test_approving_after_the_time_has_passed_is_refused(bureau: Bureau) -> None:
    card = await bureau.drafts(FIRST)
    await bureau.passes(until=datetime(2027, 7, 7, 7, 0, tzinfo=UTC))

    await bureau.presses(AXEL, card, "Approve")

    assert "This time has passed." in bureau.whispers[-1][1]


async def test_a_duplicate_is_a_draft_of_its_own(bureau: Bureau) -> None:
    card = await bureau.announced(FIRST)

    await bureau.presses(ADA, card, "Duplicate")

    states = sorted(one.state for one in await bureau.all_announcements())
    assert [State.DRAFT, State.SENT] == states


async def test_the_log_names_who_did_what(bureau: Bureau) -> None:
    card = await bureau.announced(FIRST)

    await bureau.presses(ADA, card, "Log")

    shown = str(bureau.screen.views[-1])
    assert f"approved by '}}, {{'type': 'user', 'user_id': '{AXEL}'" in shown
    assert f"drafted by '}}, {{'type': 'user', 'user_id': '{ADA}'" in shown


async def test_i_have_enrolled_counts_once_and_only_the_presser_is_told(bureau: Bureau) -> None:
    await bureau.announced(ENROLLMENT)
    (message,) = bureau.in_channel("C0IT")

    for _ in range(2):
        await bureau.presses(ALICE, message, "I have enrolled")

    assert 1 == await bureau.store.count(ENROLLED, "group", f"{TEAM}/it")
    assert [ALICE, ALICE] == [user for user, _ in bureau.whispers[-2:]]
    assert "You told me already" in bureau.whispers[-1][1]


async def test_how_to_enroll_asks_the_platform_and_shows_its_guide(bureau: Bureau) -> None:
    await bureau.announced("enrollment-sales-and-marketing")
    (message,) = bureau.in_channel("C0SALES")
    await bureau.presses(ALICE, message, "Zo registreer je")

    answer = await bureau.submits(ALICE, bureau.screen.views[-1], {"platform": "ios"})

    assert "Enroll ios nl" in str(answer["view"])


async def test_a_question_is_asked_in_a_form_that_knows_its_announcement(bureau: Bureau) -> None:
    await bureau.announced(ENROLLMENT)
    (message,) = bureau.in_channel("C0IT")

    await bureau.presses(ALICE, message, "Ask a question")

    form = bureau.screen.views[-1]
    assert ("ask.form", bureau.record_id(ENROLLMENT)) == (
        form["callback_id"],
        form["private_metadata"],
    )


async def test_the_helpdesk_is_briefed_a_day_ahead_with_what_to_expect(tmp_path: Path) -> None:
    async with open_bureau(tmp_path, sample(), NOW) as bureau:
        await bureau.presses(AXEL, await bureau.drafts(ENROLLMENT), "Approve")
        a_day_before = (await bureau.announcement(ENROLLMENT)).sends_at - timedelta(days=1)

        await bureau.passes(until=a_day_before - timedelta(seconds=1))
        before = bureau.in_channel("C0TIER1")
        await bureau.passes(until=a_day_before)

        assert [] == before
        for tier in ("C0TIER1", "C0TIER2", "C0TIER3"):
            (briefing,) = bureau.in_channel(tier)
            assert briefing.text.startswith("Coming up: IT: your account is ready")
            assert "Enroll windows en" in briefing.text


async def test_no_briefing_for_what_was_put_on_hold(bureau: Bureau) -> None:
    card = await bureau.drafts(ENROLLMENT)
    await bureau.presses(AXEL, card, "Approve")
    await bureau.presses(ADA, card, "Hold")
    await bureau.confirms(ADA)

    await bureau.passes(until=(await bureau.announcement(ENROLLMENT)).sends_at)

    assert [] == bureau.in_channel("C0TIER1")


async def test_what_goes_ahead_goes_at_once_when_the_approval_comes_late_and_only_once(
    bureau: Bureau,
) -> None:
    card = await bureau.drafts(ENROLLMENT)
    sends_at = (await bureau.announcement(ENROLLMENT)).sends_at
    await bureau.passes(until=sends_at - timedelta(hours=2))

    await bureau.presses(AXEL, card, "Approve")
    await bureau.passes()
    await bureau.presses(ADA, card, "Hold")
    await bureau.confirms(ADA)
    await bureau.presses(ADA, card, "Resume")
    await bureau.confirms(ADA)
    await bureau.passes(until=sends_at - timedelta(hours=1))

    assert 1 == len(bureau.in_channel("C0TIER1"))
    assert 1 == sum("Go or hold?" in one.text for one in bureau.in_channel(ADMINS))


async def test_nothing_goes_ahead_of_what_is_sent_at_once(bureau: Bureau) -> None:
    card = await bureau.drafts(ENROLLMENT)
    await bureau.presses(AXEL, card, "Approve")
    await bureau.presses(ADA, card, "Hold")
    await bureau.confirms(ADA)
    await bureau.passes(until=(await bureau.announcement(ENROLLMENT)).sends_at)
    await bureau.presses(ADA, card, "Resume")

    await bureau.presses(ADA, card, "Send now")
    await bureau.confirms(ADA)
    await bureau.passes()

    assert [] == bureau.in_channel("C0TIER1")
    assert not any("Go or hold?" in one.text for one in bureau.in_channel(ADMINS))


async def asked_to_go(bureau: Bureau, planned: str) -> Message:
    await bureau.presses(AXEL, await bureau.drafts(planned), "Approve")
    sends_at = (await bureau.announcement(planned)).sends_at
    await bureau.passes(until=sends_at - timedelta(days=2))
    (asked,) = [one for one in bureau.in_channel(ADMINS) if "Go or hold?" in one.text]
    return asked


async def test_before_an_enrollment_the_admins_go_on_or_hold(bureau: Bureau) -> None:
    asked = await asked_to_go(bureau, ENROLLMENT)

    await bureau.presses(ADA, asked, "Go")
    await bureau.presses(ADA, asked, "Hold")
    await bureau.confirms(ADA)

    held = await bureau.announcement(ENROLLMENT)
    assert [Change.GO, Change.HELD] == [line.change for line in held.log[-2:]]


@pytest.mark.parametrize(("people", "shown"), [(4, False), (5, True)])
async def test_a_small_group_is_not_broken_down(tmp_path: Path, people: int, shown: bool) -> None:
    plan = sample()
    groups = tuple(replace(one, people=people) if one.id == "it" else one for one in plan.groups)
    async with open_bureau(tmp_path, replace(plan, groups=groups), NOW) as bureau:
        asked = await asked_to_go(bureau, "enrollment-retail")

        assert shown == ("IT: 0 of 5 enrolled, the target is 5" in asked.text)


async def test_the_report_counts_large_groups_and_puts_small_ones_together(
    tmp_path: Path,
) -> None:
    plan = sample()
    sizes = {"it": 4, "retail": 200}
    groups = tuple(replace(one, people=sizes.get(one.id, 0)) for one in plan.groups)
    async with open_bureau(tmp_path, replace(plan, groups=groups), NOW) as bureau:
        for planned, channel in ((ENROLLMENT, "C0IT"), ("enrollment-retail", "C0RETAIL")):
            await bureau.announced(planned)
            (message,) = bureau.in_channel(channel)
            enrolled = message.elements()[2]
            for user in (f"U0{channel}A", f"U0{channel}B"):
                value = {"value": enrolled["value"]}
                await bureau.presses_element(user, message, enrolled["action_id"], value)

        await bureau.commands(ADA, "report")
        await bureau.commands(ALICE, "report")

        report, refused = bureau.replies
        assert "Retail: 2 of 200, the target is 180" in report
        assert "All other groups together: 2" in report
        assert "IT" not in report
        assert "Only members of the admin channel can do this." == refused


async def test_a_long_timeline_is_shown_whole_and_no_date_is_cut(tmp_path: Path) -> None:
    plan = sample()
    repeated = replace(plan.waves[0], repeats=60)
    longer = replace(plan, waves=(repeated, *plan.waves[1:]))
    async with open_bureau(tmp_path, longer, NOW) as bureau:
        await bureau.commands(ADA, "plan")

        (timeline,) = bureau.replies
        assert 1 + 17 + 60 == len(timeline.split("\n"))


async def test_a_sentence_that_begins_with_a_known_word_is_a_question(bureau: Bureau) -> None:
    await bureau.commands(ALICE, "plan for my iPhone")

    assert ["a question"] == bureau.replies
