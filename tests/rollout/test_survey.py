"""The survey's rules."""

from datetime import UTC, datetime, timedelta

from rollout.survey import OPEN_FOR, SurveyQuestion, SurveyResult, is_open

SENT = datetime(2027, 7, 27, 7, 0, tzinfo=UTC)


def result(*counts: int) -> SurveyResult:
    scores = dict(enumerate(counts, 1))
    return SurveyResult("it", "IT", sum(counts), {SurveyQuestion.EASE: scores})


def test_the_survey_is_open_for_two_weeks() -> None:
    assert not is_open(SENT, SENT - timedelta(seconds=1))
    assert is_open(SENT, SENT)
    assert is_open(SENT, SENT + OPEN_FOR - timedelta(seconds=1))
    assert not is_open(SENT, SENT + OPEN_FOR)


def test_fewer_than_five_answers_are_not_shown() -> None:
    assert not result(0, 0, 0, 0, 4).shown
    assert result(0, 0, 0, 0, 5).shown


def test_the_mean_is_that_of_who_answered_and_of_five_at_least() -> None:
    assert 3.0 == result(1, 1, 1, 1, 1).average(SurveyQuestion.EASE)
    assert result(0, 0, 0, 0, 4).average(SurveyQuestion.EASE) is None
    assert result(1, 1, 1, 1, 1).average(SurveyQuestion.HELP) is None
