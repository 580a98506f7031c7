"""Working time: weekends, holidays, changes of the clocks."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.hours import Hours

AMSTERDAM = Hours(zone="Europe/Amsterdam", country="NL")
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23T07:59:59", False),
        ("2026-11-23T08:00:00", True),
        ("2026-11-23T15:59:59", True),
        ("2026-11-23T16:00:00", False),
        ("2026-11-22T10:00:00", False),
    ],
)
def test_open_from_nine_to_five_local_time_on_working_days(moment: str, is_open: bool) -> None:
    assert is_open is AMSTERDAM.is_open(at(moment))


def test_what_begins_on_friday_afternoon_ends_on_monday() -> None:
    assert at("2026-11-23T09:00") == AMSTERDAM.after(at("2026-11-20T15:00"), 2 * HOUR)


def test_what_ends_at_closing_time_ends_the_same_day() -> None:
    assert at("2026-11-20T16:00") == AMSTERDAM.after(at("2026-11-20T15:00"), HOUR)


def test_a_public_holiday_does_not_count() -> None:
    assert at("2026-12-28T09:00") == AMSTERDAM.after(at("2026-12-24T15:00"), 2 * HOUR)


def test_a_day_of_ones_own_does_not_count_either() -> None:
    hours = Hours(closed=(date(2026, 11, 23),))

    assert at("2026-11-24T10:00") == hours.after(at("2026-11-20T16:00"), 2 * HOUR)


def test_the_hour_that_the_clocks_skip_in_spring_is_not_worked() -> None:
    nights = Hours(zone="Europe/Amsterdam", days=(6,), opens=time(1), closes=time(5))

    assert at("2026-03-29T03:00") == nights.after(at("2026-03-29T00:00"), 3 * HOUR)


def test_the_next_opening_while_open_is_now() -> None:
    now = at("2026-11-23T12:00")

    assert now == AMSTERDAM.next_opening(now)
    assert at("2026-11-24T08:00") == AMSTERDAM.next_opening(at("2026-11-23T20:00"))


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001
    st.integers(1, 60 * 80),
)
def test_working_time_always_ends_later_and_within_working_hours(
    start: datetime, minutes: int
) -> None:
    begin, working = start.replace(tzinfo=UTC), timedelta(minutes=minutes)

    end = AMSTERDAM.after(begin, working)

    assert begin + working <= end
    assert AMSTERDAM.is_open(end - timedelta(microseconds=1))
