"""Another date: what may be asked and decided."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from knowledge.article import Language
from rollout.requests import (
    DateRequest,
    RequestRefusal,
    RequestRefused,
    RequestState,
    approve,
    asked,
    decline,
    wanted_date,
)

NOW = datetime(2027, 7, 1, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
REQUEST = DateRequest("T1/U1", "T1", "U1", "it", Language.EN, date(2027, 8, 2), "on leave", NOW)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", RequestRefusal.NO_DATE),
        ("2027-02-29", RequestRefusal.NO_DATE),
        ("2027-06-30", RequestRefusal.PAST),
        ("2027-07-01", RequestRefusal.PAST),
        ("2028-07-02", RequestRefusal.TOO_FAR),
    ],
)
def test_a_date_that_cannot_be_is_refused(text: str, refusal: RequestRefusal) -> None:
    with pytest.raises(RequestRefused) as refused:
        wanted_date(text, TODAY)

    assert refusal is refused.value.refusal


@pytest.mark.parametrize("text", ["2027-07-02", "2028-02-29", "2028-07-01"])
def test_a_date_within_a_year_is_taken(text: str) -> None:
    assert text == wanted_date(text, TODAY).isoformat()


def test_another_date_while_one_is_open_takes_its_place() -> None:
    first = asked(REQUEST, None)
    second = asked(replace(REQUEST, wanted=date(2027, 8, 9)), first)

    assert 1 == second.number
    assert ["2027-08-02", "2027-08-09"] == [line.detail for line in second.log]


def test_asking_again_after_a_decision_is_a_request_of_its_own() -> None:
    granted = approve(asked(REQUEST, None), "U0ADA", NOW)
    again = asked(replace(REQUEST, wanted=date(2027, 9, 1)), granted)

    assert 2 == again.number
    assert date(2027, 8, 2) == again.granted
    assert ["asked", "approved", "asked"] == [line.what for line in again.log]


def test_nobody_decides_on_their_own_request() -> None:
    with pytest.raises(RequestRefused, match="own"):
        approve(asked(REQUEST, None), "U1", NOW)


def test_what_was_decided_is_not_decided_again() -> None:
    declined = decline(asked(REQUEST, None), "U0ADA", "too busy then", NOW)

    assert RequestState.DECLINED is declined.state
    assert declined.granted is None
    with pytest.raises(RequestRefused, match="decided"):
        approve(declined, "U0AXEL", NOW)


def test_a_date_that_passed_while_it_lay_there_is_not_approved() -> None:
    request = asked(REQUEST, None)

    assert date(2027, 8, 2) == approve(request, "U0ADA", datetime(2027, 8, 2, tzinfo=UTC)).granted
    with pytest.raises(RequestRefused, match="past"):
        approve(request, "U0ADA", datetime(2027, 8, 3, tzinfo=UTC))
