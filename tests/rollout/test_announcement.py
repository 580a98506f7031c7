"""The announcement's rules: what may become of it, and who may do it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from knowledge.article import Language
from rollout.announcement import (
    Announcement,
    Approval,
    Audience,
    Scope,
    Standing,
    State,
    approve,
    cancel,
    come_due,
    correct,
    drafted,
    edit,
    finish,
    hold,
    move,
    moved_along,
    quote_words,
    recall,
    resend,
    resume,
    send_now,
)
from rollout.errors import AnnouncementRefused, Refusal
from rollout.messages import Message
from rollout.plan import Settings

NOW = datetime(2027, 7, 1, 9, tzinfo=UTC)
AT = NOW + timedelta(days=5)
GRACE = timedelta(hours=4)
WORDS = Message("Title", "Body", "Do it", "Ask me")
BY_AXEL = Approval("axel", needed=True, flawless=True, revision=1)


def draft() -> Announcement:
    return drafted(
        Announcement(
            id="T1/2027-enrollment-it",
            team="T1",
            state=State.DRAFT,
            planned="enrollment-it",
            group="it",
            phase=None,
            messages={Language.EN: WORDS},
            audience=(Audience("C1", Language.EN),),
            sends_at=AT,
            author="ada",
        ),
        NOW,
    )


def in_state(state: State) -> Announcement:
    return replace(draft(), state=state)


def refusal(act: Callable[[], object]) -> Refusal:
    with pytest.raises(AnnouncementRefused) as refused:
        act()
    return refused.value.refusal


def test_a_draft_is_approved_sent_and_finished() -> None:
    scheduled = approve(draft(), BY_AXEL, NOW)
    sending = come_due(scheduled, AT, GRACE)
    assert sending is not None
    sent = finish(sending, 1, 0, AT)

    assert [State.SCHEDULED, State.SENDING, State.SENT] == [
        scheduled.state,
        sending.state,
        sent.state,
    ]
    assert ["drafted", "approved", "started", "finished"] == [line.change for line in sent.log]


def test_its_time_has_come_on_the_second() -> None:
    scheduled = approve(draft(), BY_AXEL, NOW)

    assert come_due(scheduled, AT - timedelta(seconds=1), GRACE) is None
    assert come_due(scheduled, AT, GRACE) is not None


def test_the_grace_ends_on_the_second() -> None:
    scheduled = approve(draft(), BY_AXEL, NOW)

    within = come_due(scheduled, AT + GRACE, GRACE)
    beyond = come_due(scheduled, AT + GRACE + timedelta(seconds=1), GRACE)

    assert within is not None
    assert beyond is not None
    assert (State.SENDING, State.HELD) == (within.state, beyond.state)


@pytest.mark.parametrize("state", [one for one in State if one is not State.SCHEDULED])
def test_what_is_not_scheduled_does_not_come_due(state: State) -> None:
    assert come_due(in_state(state), AT, GRACE) is None


def test_only_somebody_else_approves() -> None:
    own = Approval("ada", needed=True, flawless=True, revision=1)

    assert Refusal.OWN_DRAFT is refusal(lambda: approve(draft(), own, NOW))
    assert State.SCHEDULED is approve(draft(), replace(own, needed=False), NOW).state


def test_a_flawed_or_unaddressed_draft_is_not_approved() -> None:
    flawed = replace(BY_AXEL, flawless=False)
    unaddressed = replace(draft(), audience=())

    assert Refusal.UNCHECKED is refusal(lambda: approve(draft(), flawed, NOW))
    assert Refusal.NO_AUDIENCE is refusal(lambda: approve(unaddressed, BY_AXEL, NOW))


def test_a_past_time_is_refused_on_the_second() -> None:
    late = AT - timedelta(seconds=1)

    assert State.SCHEDULED is approve(draft(), BY_AXEL, late).state
    assert Refusal.PAST_DATE is refusal(lambda: approve(draft(), BY_AXEL, AT))
    assert Refusal.PAST_DATE is refusal(lambda: move(draft(), NOW, "ada", NOW))
    assert Refusal.PAST_DATE is refusal(lambda: resume(in_state(State.HELD), "ada", AT))


def test_editing_takes_the_approval_back() -> None:
    scheduled = approve(draft(), BY_AXEL, NOW)

    edited = edit(scheduled, Language.NL, WORDS, "ada", NOW)

    assert (State.DRAFT, "") == (edited.state, edited.approved_by)
    assert {Language.EN, Language.NL} == set(edited.messages)


def test_hold_and_resume_leave_the_time_as_it_is() -> None:
    held = hold(approve(draft(), BY_AXEL, NOW), "ada", NOW)
    resumed = resume(held, "ada", NOW)

    assert (State.HELD, State.SCHEDULED) == (held.state, resumed.state)
    assert AT == resumed.sends_at


def test_sending_now_sets_the_time_to_now() -> None:
    assert AT + GRACE == send_now(in_state(State.HELD), "ada", AT + GRACE).sends_at


@pytest.mark.parametrize("state", [State.SENDING, State.SENT, State.RECALLED])
def test_what_went_out_is_neither_edited_moved_held_nor_cancelled(state: State) -> None:
    out = in_state(state)

    for act in (
        lambda: edit(out, Language.EN, WORDS, "ada", NOW),
        lambda: move(out, AT, "ada", NOW),
        lambda: hold(out, "ada", NOW),
        lambda: cancel(out, "ada", NOW),
        lambda: approve(out, BY_AXEL, NOW),
    ):
        assert Refusal.TOO_LATE is refusal(act)


def _recalls(announcement: Announcement) -> Announcement:
    return recall(announcement, "ada", NOW)


def _resends(announcement: Announcement) -> Announcement:
    return resend(announcement, "ada", NOW)


def _corrects(announcement: Announcement) -> Announcement:
    return correct(announcement, Language.EN, WORDS, "ada", NOW)


def test_only_what_was_sent_is_corrected_recalled_or_sent_again() -> None:
    for act in (_recalls, _resends, _corrects):
        for state in (State.DRAFT, State.SCHEDULED, State.HELD, State.CANCELLED):
            with pytest.raises(AnnouncementRefused) as refused:
                act(in_state(state))
            assert Refusal.NOT_NOW is refused.value.refusal
    assert State.RECALLED is recall(in_state(State.SENT), "ada", NOW).state
    assert 1 == resend(in_state(State.SENT), "ada", NOW).resends


TIMELINE = tuple(
    Standing(name, group, NOW + timedelta(days=day), movable)
    for name, group, day, movable in (
        ("a", "it", 0, False),
        ("b", "it", 7, True),
        ("c", "hr", 8, True),
        ("d", "it", 14, True),
    )
)


@pytest.mark.parametrize(
    ("scope", "moved"),
    [(Scope.ONE, {"b"}), (Scope.GROUP, {"b", "d"}), (Scope.FOLLOWING, {"b", "c", "d"})],
)
def test_what_follows_keeps_its_distance(scope: Scope, moved: set[str]) -> None:
    to = NOW + timedelta(days=9)

    moves = moved_along(TIMELINE, TIMELINE[1], to, scope, Settings(2027))

    assert moved == set(moves)
    assert all(
        moves[one.id] - one.sends_at == timedelta(days=2) for one in TIMELINE if one.id in moves
    )


@pytest.mark.parametrize("state", [State.DRAFT, State.SCHEDULED, State.HELD])
def test_a_quote_makes_a_draft_again_which_its_chooser_may_not_approve(state: State) -> None:
    quoting = quote_words(in_state(state), "T1/it/U1", "axel", NOW)

    assert State.DRAFT is quoting.state
    assert "Body\n\n{{quote}}" == quoting.messages[Language.EN].body
    with pytest.raises(AnnouncementRefused) as refused:
        approve(quoting, replace(BY_AXEL, revision=quoting.revision), NOW)
    assert Refusal.OWN_DRAFT is refused.value.refusal


def test_a_quote_stands_where_its_place_is_and_leaves_no_trace_when_it_is_taken_out() -> None:
    placed = replace(WORDS, body="First\n\n{{quote}}\n\nLast")
    announcement = replace(draft(), messages={Language.EN: placed})

    quoting = quote_words(announcement, "T1/it/U1", "ada", NOW)
    without = quote_words(quoting, "", "ada", NOW)

    assert placed == quoting.messages[Language.EN]
    assert "First\n\nLast" == without.messages[Language.EN].body
    assert "" == without.quote


@pytest.mark.parametrize("state", [State.SENDING, State.SENT, State.RECALLED])
def test_what_went_out_quotes_nobody_else(state: State) -> None:
    with pytest.raises(AnnouncementRefused) as refused:
        quote_words(in_state(state), "T1/it/U1", "ada", NOW)

    assert Refusal.TOO_LATE is refused.value.refusal
