"""A spike is what many more people ask about than the days before make usual."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from knowledge.article import Language
from knowledge.matching import Outcome
from knowledge.question import Place, Question, State
from knowledge.spikes import (
    MOST_ASKERS,
    Kind,
    SpikeRule,
    Subject,
    Watch,
    next_day,
    seen,
    spikes_in,
    subjects_of,
    untold,
)

TODAY = date(2026, 3, 9)
RULE = SpikeRule()
ARTICLE = "article wifi-vpn"


def question(number: int, asker: str = "", text: str = "no wifi", **changes: object) -> Question:
    asked = Question(
        id=f"T/{number:06d}/D1",
        team="T",
        asker=asker or f"asker{number}",
        place=Place.DIRECT,
        channel="D1",
        ts=f"{number}.0",
        thread_ts=None,
        text=text,
        language=Language.EN,
        asked_at=datetime(2026, 3, 9, 9, tzinfo=UTC) + timedelta(seconds=number),
        state=State.ANSWERED,
        outcome=Outcome.ANSWER,
        shown="wifi-vpn",
    )
    return replace(asked, **changes)  # type: ignore[arg-type]


def watch(*usual: int, subject: str = ARTICLE) -> Watch:
    """A watch whose days before had so many people each."""
    return Watch("T", "T", TODAY, before=tuple({subject: count} for count in usual))


def asked_by(people: int, before: Watch) -> Watch:
    return seen(before, [question(number) for number in range(people)])


@pytest.mark.parametrize(
    ("usual", "people", "is_spike"),
    [
        # Mean 4: the limit is 4 + 3 * 2 = 10.
        ((4, 4, 4), 10, False),
        ((4, 4, 4), 11, True),
        # Mean 9: the limit is 9 + 3 * 3 = 18.
        ((8, 10, 9), 18, False),
        ((8, 10, 9), 19, True),
        # Nothing usual: the least number alone counts.
        ((0, 0, 0), 4, False),
        ((0, 0, 0), 5, True),
        # Too few days are known for an article.
        ((0, 0), 50, False),
    ],
)
def test_beyond_what_chance_brings_it_is_a_spike(
    usual: tuple[int, ...], people: int, is_spike: bool
) -> None:
    found = spikes_in(asked_by(people, watch(*usual)), RULE)

    assert is_spike == bool(found)


def test_a_spike_says_how_many_ask_and_how_many_usually_do() -> None:
    (spike,) = spikes_in(asked_by(12, watch(1, 2, 3)), RULE)

    assert (Subject(Kind.ARTICLE, "wifi-vpn"), 12, 2.0) == (
        spike.subject,
        spike.people,
        spike.usual,
    )


def test_an_error_code_needs_no_history() -> None:
    asked = [question(n, text="it says 8018 0014", shown=None) for n in range(5)]

    found = spikes_in(seen(watch(), asked), RULE)

    assert [Subject(Kind.CODE, "0x80180014")] == [one.subject for one in found]


def test_one_person_counts_once() -> None:
    asked = [question(number, asker="alice") for number in range(50)]

    assert () == spikes_in(seen(watch(0, 0, 0), asked), RULE)


def test_who_asked_is_not_kept() -> None:
    assert "alice" not in repr(seen(watch(), [question(1, asker="alice")]))


def test_no_more_marks_are_kept_than_matter() -> None:
    counted = asked_by(MOST_ASKERS + 5, watch())

    assert MOST_ASKERS == len(counted.today[ARTICLE])


def test_it_is_told_once_while_it_lasts() -> None:
    told, first = untold(asked_by(5, watch(0, 0, 0)), RULE)
    grown = seen(told, [question(number) for number in range(100, 120)])

    again, second = untold(grown, RULE)

    assert (1, 0) == (len(first), len(second))
    assert grown == again


def test_one_that_lasts_over_midnight_is_not_told_again() -> None:
    told, _ = untold(asked_by(30, watch(0, 0, 0)), RULE)
    tomorrow = next_day(told, TODAY + timedelta(days=1), RULE)

    _, fresh = untold(asked_by(40, tomorrow), RULE)

    assert () == fresh
    assert spikes_in(asked_by(60, tomorrow), RULE)


def test_after_a_usual_day_it_is_told_anew() -> None:
    told, _ = untold(asked_by(30, watch(0, 0, 0)), RULE)
    usual = asked_by(2, next_day(told, TODAY + timedelta(days=1), RULE))
    third = next_day(usual, TODAY + timedelta(days=2), RULE)

    _, fresh = untold(asked_by(90, third), RULE)

    assert 1 == len(fresh)


def test_a_day_without_questions_says_nothing_of_what_is_usual() -> None:
    quiet = next_day(watch(4, 4, 4), TODAY + timedelta(days=1), RULE)
    busy = next_day(asked_by(3, quiet), TODAY + timedelta(days=2), RULE)

    assert 3 == len(quiet.before)
    assert {ARTICLE: 3} == busy.before[-1]


def test_only_the_days_of_the_rule_are_kept() -> None:
    following = next_day(asked_by(1, watch(*range(7))), TODAY + timedelta(days=1), RULE)

    assert [1, 2, 3, 4, 5, 6, 1] == [day[ARTICLE] for day in following.before]


def test_a_withdrawn_question_and_one_without_an_answer_are_about_no_article() -> None:
    assert () == subjects_of(question(1, state=State.WITHDRAWN, text=""))
    assert () == subjects_of(question(1, shown=None))
