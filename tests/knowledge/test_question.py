"""The question's rules: who may do what, and what becomes of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from knowledge.article import Language
from knowledge.matching import Candidate, Match, Outcome
from knowledge.question import (
    AskingRefused,
    Place,
    Question,
    Refusal,
    State,
    ask_helpdesk,
    choose,
    question_id,
    reject,
    solve,
    with_match,
)

NOW = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)


def question(state: State = State.UNMATCHED) -> Question:
    return Question(
        id=question_id("T1", "C1", "100.000001"),
        team="T1",
        asker="alice",
        place=Place.QUESTION_CHANNEL,
        channel="C1",
        ts="100.000001",
        thread_ts="100.000001",
        text="how do I enroll?",
        language=Language.EN,
        asked_at=NOW,
        state=state,
        outcome=Outcome.NONE,
    )


def match(outcome: Outcome, *ids: str) -> Match:
    return Match(outcome, tuple(Candidate(one, Language.EN, 0.9, one) for one in ids))


def answered(*ids: str) -> Question:
    return with_match(question(), match(Outcome.ANSWER, *ids))


def test_an_answer_shows_the_best_article() -> None:
    asked = answered("enroll-ios", "enroll-macos")

    assert State.ANSWERED is asked.state
    assert asked.shown == "enroll-ios"


def test_suggestions_are_at_most_three() -> None:
    asked = with_match(question(), match(Outcome.SUGGESTIONS, "a", "b", "c", "d"))

    assert asked.suggested == ("a", "b", "c")


def test_solved_closes_the_question() -> None:
    solved = solve(answered("a"), "alice", NOW)

    assert (solved.state, solved.closed_at) == (State.SOLVED, NOW)


def test_not_my_question_suggests_the_next_best() -> None:
    rejected = reject(answered("a", "b", "c"), "alice")

    assert State.SUGGESTED is rejected.state
    assert rejected.suggested == ("b", "c")
    assert rejected.shown is None


def test_not_my_question_twice_stops_guessing() -> None:
    once = reject(answered("a", "b", "c", "d", "e"), "alice")

    assert State.UNMATCHED is reject(once, "alice").state


def test_not_my_question_with_nothing_left_stops_guessing() -> None:
    assert State.UNMATCHED is reject(answered("a"), "alice").state


def test_choosing_a_suggestion_shows_it() -> None:
    asked = with_match(question(), match(Outcome.SUGGESTIONS, "a", "b"))

    chosen = choose(asked, "alice", "b")

    assert (chosen.state, chosen.shown) == (State.ANSWERED, "b")


def test_what_was_not_suggested_cannot_be_chosen() -> None:
    asked = with_match(question(), match(Outcome.SUGGESTIONS, "a", "b"))

    with pytest.raises(AskingRefused) as refused:
        choose(asked, "alice", "runbook-portal-checks")

    assert Refusal.NOT_OFFERED is refused.value.refusal


def test_only_the_asker_may_press() -> None:
    presses: tuple[Callable[[], Question], ...] = (
        lambda: solve(answered("a"), "bram", NOW),
        lambda: reject(answered("a"), "bram"),
        lambda: ask_helpdesk(answered("a"), "bram", NOW),
    )
    for press in presses:
        with pytest.raises(AskingRefused) as refused:
            press()

        assert Refusal.NOT_YOURS is refused.value.refusal


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        (State.SOLVED, Refusal.ALREADY_SOLVED),
        (State.HELPDESK, Refusal.ALREADY_WITH_HELPDESK),
    ],
)
def test_a_closed_question_takes_no_more_presses(state: State, refusal: Refusal) -> None:
    closed = replace(answered("a"), state=state)

    presses: tuple[Callable[[], Question], ...] = (
        lambda: solve(closed, "alice", NOW),
        lambda: reject(closed, "alice"),
        lambda: ask_helpdesk(closed, "alice", NOW),
    )
    for press in presses:
        with pytest.raises(AskingRefused) as refused:
            press()

        assert refusal is refused.value.refusal


def test_the_helpdesk_can_be_asked_whatever_was_offered() -> None:
    for asked in (answered("a"), question(), reject(answered("a", "b"), "alice")):
        assert State.HELPDESK is ask_helpdesk(asked, "alice", NOW).state


def test_ids_of_a_team_sort_by_time() -> None:
    earlier, later = question_id("T1", "C9", "100.000001"), question_id("T1", "C1", "100.000002")

    assert earlier < later
